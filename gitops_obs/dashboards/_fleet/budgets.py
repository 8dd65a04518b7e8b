"""Error budget of the ten services that have least left.

**Question:** where must risky releases wait, and which budget went in one incident?

**Good:** above a quarter. A cliff is an incident, a slope a fault that nobody pages for.

**What to do:** open the service's page; its row *Budget* shows the days that cost most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.dashboards._fleet._ranked import RANKED, least, only
from gitops_obs.dashboards._fleet._scope import by_service

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "Budget left"


def build(scope: Scope) -> object:
    """One line a service, the worst of its budgets."""
    chosen = least(scope, scope.of(recorded.BUDGET_REMAINING), scope.span)
    expr = by_service("min", only(scope.seldom(recorded.BUDGET_REMAINING), chosen))
    return kit.timeseries(
        f"{TITLE}, the {RANKED} emptiest",
        "Error budget left at each moment, of the services that have least now. Good: above a quarter. A cliff is an "
        "incident, a slope a fault that nobody pages for. Below 0 the objective is missed.",
        "percentunit",
        [kit.target(expr, "{{service}}")],
        lines=[(0, kit.BAD), (0.25, kit.WARN)],
        ceiling=1,
        below=True,
        many=True,
        overrides=[kit.override("/.*/", custom__fillOpacity=0)],
        nothing="No service has an objective, or its budget is not recorded yet",
    )
