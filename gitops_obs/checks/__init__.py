"""What is checked in finished dashboards and rules: one check a file, named as its id; the folders are the registry.

`dashboards/` looks at a dashboard, `rules/` at rule groups. A module's docstring is its page, `CODE` the finding's
code.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gitops_obs.checks import dashboards, rules

if TYPE_CHECKING:
    from gitops_obs.checks.dashboards import Module as DashboardModule
    from gitops_obs.checks.rules import Module as RuleModule

__all__ = ["advice", "codes", "dashboards", "ids", "module", "rules"]


@cache
def ids() -> tuple[str, ...]:
    """Ids of all checks, in order, without importing any."""
    return tuple(sorted((*dashboards.ids(), *rules.ids())))


def module(name: str) -> DashboardModule | RuleModule:
    """The module of an id. Raises KeyError where there is none."""
    return rules.module(name) if name in rules.ids() else dashboards.module(name)


@cache
def advice(code: str) -> str:
    """What to do about the finding of a check, as its page says it, on one line."""
    page = next((module(name).__doc__ or "" for name in ids() if code == module(name).CODE), "")
    found = page.partition("**What to do:**")[2].split("\n\n")[0]
    return " ".join(found.split()).removesuffix(".")


@cache
def codes() -> frozenset[str]:
    """Codes of all checks."""
    return frozenset(module(name).CODE for name in ids())
