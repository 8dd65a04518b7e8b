"""Alerts, one a file, the file name being its id; the folder is the registry.

A module's docstring is its page and its runbook. `NAME` is the alert's name in Prometheus, `TITLE` what people call
it, `GROUP` the rule group it stands in, `DEFAULTS` the settings that a service, a team or the project may change, with
their defaults as a person writes them. `prove` says what makes it fire and what does not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from gitops_obs.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Alert, Omitted


class Module(Protocol):
    """What a file in this folder offers."""

    NAME: str
    TITLE: str
    GROUP: str
    DEFAULTS: Mapping[str, str]

    def build(self, service: Service) -> list[Alert | Omitted]:
        """The alert's rules for `service`: none, one, or one for each route or source; and what it does not get."""

    def prove(self, service: Service, alerts: list[Alert]) -> list[Case]:
        """Cases in which `alerts`, which is what was built, fire and stay silent."""


_FOLDER: Folder[Module] = Folder(__name__, __path__)
ids, module = _FOLDER.ids, _FOLDER.module


@cache
def keys(name: str) -> frozenset[str]:
    """Settings that a service may give the alert `name`: threshold, for, severity and so on."""
    return frozenset(module(name).DEFAULTS)


def build(service: Service) -> list[tuple[str, Alert | Omitted]]:
    """Every alert of `service` that is not turned off, and what it does not get, each with its id."""
    return [(name, rule) for name in ids() for rule in rules_of(service, name)]


def rules_of(service: Service, name: str) -> list[Alert | Omitted]:
    """The rules of the alert `name`, none where it is turned off."""
    return [] if _off(service, name) else module(name).build(service)


def _off(service: Service, name: str) -> bool:
    setting = service.setting(name)
    return setting is not None and setting.off
