"""What is checked in a finished dashboard, one rule a file, the file name being its id; the folder is the registry.

The rules are those of Grafana's dashboard-linter 0.2.0, so that our pages pass it by construction; where we depart
from it, the rule's page says so. A module's docstring is its page, `CODE` the finding's code, and `check(dashboard)`
gives an `Issue` for each fault.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from gitops_obs.checks._reading import Issue, panels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Issue", "Module", "ids", "module", "panels", "run"]


class Module(Protocol):
    """What a file in this folder offers."""

    CODE: str

    def check(self, dashboard: dict[str, Any]) -> Iterator[Issue]:
        """The faults of a finished dashboard."""


@cache
def ids() -> tuple[str, ...]:
    """Ids of all rules, in order."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def module(name: str) -> Module:
    """The module of an id. Raises KeyError where there is none."""
    if name not in ids():
        raise KeyError(name)
    return cast("Module", importlib.import_module(f"{__name__}.{name}"))


def run(dashboard: dict[str, Any], without: Collection[str] = ()) -> list[tuple[str, Issue]]:
    """Code and issue of every fault. `without` names rules that do not apply, for a reason the caller knows.

    Such as `template_instance` and `target_instance` for a service whose series carry no label `instance`.
    """
    rules = (module(name) for name in ids() if name not in without)
    return [(rule.CODE, issue) for rule in rules for issue in rule.check(dashboard)]
