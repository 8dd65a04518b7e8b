"""Panels of the service's page, one a file, the file name being its id and its key; the folder is the registry.

A module's docstring is its page: the question the panel answers, what good looks like, what to do. `TITLE` is its name
for people; `build(service)` gives the panel, or why the service does not get it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gitops_obs.folder import Folder

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.rules import Omitted


class Module(Protocol):
    """What a file in this folder offers."""

    TITLE: str

    def build(self, service: Service) -> object | Omitted:
        """The panel (a grafanalib object or a dictionary), or why there is none."""


_FOLDER: Folder[Module] = Folder(__name__, __path__)
ids, module = _FOLDER.ids, _FOLDER.module


def build(name: str, service: Service) -> object | Omitted:
    """The panel `name` of `service`, or why it does not get it."""
    return module(name).build(service)
