"""How often each group of rules is evaluated: expressions count with it, and so do tests and backtests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import units

if TYPE_CHECKING:
    from gitops_obs.model import Project

_BUDGETS = "2m"  # sums over 30 days read a quarter of what a series every 30 s holds
_SELDOM = "1m"  # drift checks and kube-state-metrics change every few minutes at most


def interval(project: Project, group: str) -> str:
    """Interval of the rule group `group`; budgets seldom, but well within the five minutes that a sample is seen."""
    seldom = min(project.rate_window, _BUDGETS, key=units.duration)
    least = {"slo": seldom, "drift": _SELDOM, "kubernetes": _SELDOM}.get(group, project.interval)
    return max(project.interval, least, key=units.duration)
