"""Requests of the ten services that get most of them, and of all others together.

**Question:** did traffic change, and everywhere or in one place?

**Good:** the usual shape of the day. A step down across all services points at what stands before them.

**What to do:** one service alone: open its page. All of them: look at the ingress, at DNS, at the last change there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.dashboards._fleet import _measures
from gitops_obs.dashboards._fleet._ranked import RANKED, first
from gitops_obs.dashboards._fleet._scope import named

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "Requests"


def build(scope: Scope) -> object:
    """A stack of areas; the others are grey."""
    every = scope.listed(_measures.requests(scope))
    rest = named(f"sum(\n({every})\nunless on (service)\n{first(every)}\n)", "service", _REST)
    return kit.timeseries(
        f"{TITLE}, the {RANKED} largest",
        "Requests per second of the services that have most of them in this time range, and of all others together. "
        "Good: the usual shape of the day. A step across all points at what stands before them.",
        "reqps",
        [kit.target(f"({every})\nand on (service)\n{first(every)}\nor\n{rest}", "{{service}}")],
        stacked=True,
        many=True,
        overrides=[kit.override(_REST, colour=kit.MUTED)],
        nothing="No requests are recorded",
    )


_REST = "all others"
