"""What is checked in a finished dashboard, one rule a file, the file name being its id.

The rules are those of Grafana's dashboard-linter 0.2.0, so that our pages pass it by construction; where we depart
from it, the rule's page says so. A module's docstring is its page, `CODE` the finding's code, and `check(dashboard)`
gives an `Issue` for each fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gitops_obs.checks.dashboards._reading import Issue, panels
from gitops_obs.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Issue", "Module", "ids", "module", "panels", "run"]


class Module(Protocol):
    """What a file in this folder offers."""

    CODE: str

    def check(self, dashboard: dict[str, Any]) -> Iterator[Issue]:
        """The faults of a finished dashboard."""


_FOLDER: Folder[Module] = Folder(__name__, __path__)
ids, module = _FOLDER.ids, _FOLDER.module


def run(dashboard: dict[str, Any], without: Collection[str] = ()) -> list[tuple[str, Issue]]:
    """Code and issue of every fault. `without` names rules that do not apply, for a reason the caller knows.

    Such as `template_instance` and `target_instance` for a service whose series carry no label `instance`.
    """
    rules = (module(name) for name in ids() if name not in without)
    return [(rule.CODE, issue) for rule in rules for issue in rule.check(dashboard)]
