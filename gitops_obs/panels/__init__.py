"""Panels of the service's page, one a file, the file name being its id and its key; the folder is the registry.

A module's docstring is its page: the question the panel answers, what good looks like, what to do. `TITLE` is its name
for people; `build(service)` gives the panel, or why the service does not get it.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.rules import Omitted


class Module(Protocol):
    """What a file in this folder offers."""

    TITLE: str

    def build(self, service: Service) -> object | Omitted:
        """The panel (a grafanalib object or a dictionary), or why there is none."""


@cache
def ids() -> tuple[str, ...]:
    """Ids of all panels, in order."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def module(name: str) -> Module:
    """The module of an id. Raises KeyError where there is none."""
    if name not in ids():
        raise KeyError(name)
    return cast("Module", importlib.import_module(f"{__name__}.{name}"))


def build(name: str, service: Service) -> object | Omitted:
    """The panel `name` of `service`, or why it does not get it."""
    return module(name).build(service)
