"""99th percentile of duration of the ten slowest services.

**Question:** who became slow, and did others follow?

**Good:** flat. What is slow by nature (reports, uploads) stays where it is; look for lines that moved.

**What to do:** click a line for the service's page; its row *Saturation* shows whether it is starved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.dashboards._fleet._ranked import RANKED, largest, only
from gitops_obs.dashboards._fleet._scope import by_service

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "p99"


def build(scope: Scope) -> object:
    """One line a service."""
    p99 = scope.of(recorded.quantile(scope.project, "0.99"))
    expr = by_service("max", only(p99, largest(scope, "max", p99)))
    return kit.timeseries(
        f"{TITLE}, the {RANKED} slowest",
        "99th percentile of duration, of the services slowest on average in this time range. Good: flat. Look for "
        "lines that moved rather than for high ones.",
        "s",
        [kit.target(expr, "{{service}}")],
        many=True,
        overrides=[kit.override("/.*/", custom__fillOpacity=0)],
        nothing="No durations are recorded",
    )
