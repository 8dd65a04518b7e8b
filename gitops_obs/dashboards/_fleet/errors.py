"""Share of requests that fail, of the ten services where it is largest.

**Question:** who is hurt, since when, and did it begin in one place?

**Good:** next to nothing, and no two services rising together. The line that rose first is where to look first; the
others mostly depend on it.

**What to do:** click a line for the service's page. *What changed* tells what came shortly before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.dashboards._fleet import _measures
from gitops_obs.dashboards._fleet._ranked import RANKED, largest, only

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "Error ratio"


def build(scope: Scope) -> object:
    """One line a service; a gap means no traffic."""
    chosen = largest(scope, "max", scope.of(recorded.error_ratio(scope.project)))
    expr = _measures.error_ratio(scope, lambda series: only(series, chosen))
    return kit.timeseries(
        f"{TITLE}, the {RANKED} worst",
        "Share of requests that fail, of the services with the largest in this time range. Good: next to nothing. The "
        "line that rose first is where to look first. A gap means no traffic.",
        "percentunit",
        [kit.target(expr, "{{service}}")],
        many=True,
        overrides=[kit.override("/.*/", custom__fillOpacity=0)],
        nothing="No error ratios are recorded",
    )
