"""Recording rules, one group of series a file, the file name being its id; the folder is the registry.

Each module has `GROUP`, the rule group its rules stand in, `build(service)`, and `prove(service)`, which says what is
recorded of what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gitops_obs.folder import Folder

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Omitted, Recording


class Module(Protocol):
    """What a file in this folder offers."""

    GROUP: str

    def build(self, service: Service) -> list[Recording | Omitted]:
        """The rules, in the order in which they must be evaluated, and what the service does not get."""

    def prove(self, service: Service) -> list[Case]:
        """Cases in which what is recorded is known."""


_FOLDER: Folder[Module] = Folder(__name__, __path__)
ids, module = _FOLDER.ids, _FOLDER.module


def build(service: Service) -> list[tuple[str, Recording | Omitted]]:
    """Every recording of `service`, and what it does not get, each with the id it belongs to."""
    return [(name, rule) for name in ids() for rule in module(name).build(service)]
