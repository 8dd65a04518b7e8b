"""Requests of the ten services that get most of them, and of all others together.

**Question:** did traffic change, and everywhere or in one place?

**Good:** the usual shape of the day. A step down across all services points at what stands before them.

**What to do:** one service alone: open its page. All of them: look at the ingress, at DNS, at the last change there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.dashboards._fleet._ranked import RANKED, largest, only
from gitops_obs.dashboards._fleet._scope import by_service, named

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "Requests"


def build(scope: Scope) -> object:
    """A stack of areas; the others are grey."""
    requests = scope.of(recorded.requests(scope.project))
    chosen = largest(scope, "sum", requests)
    rest = f"sum(\n{requests}\nand on (service)\n{scope.info} @ end()\nunless on (service)\n{chosen}\n)"
    expr = f"{by_service('sum', only(requests, chosen))}\nor\n{named(rest, 'service', _REST)}"
    return kit.timeseries(
        f"{TITLE}, the {RANKED} largest",
        "Requests per second of the services that have most of them in this time range, and of all others together. "
        "Good: the usual shape of the day. A step across all points at what stands before them.",
        "reqps",
        [kit.target(expr, "{{service}}")],
        stacked=True,
        many=True,
        overrides=[kit.override(_REST, colour=kit.MUTED)],
        nothing="No requests are recorded",
    )


_REST = "all others"
