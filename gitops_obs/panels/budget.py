"""Error budget that is left, over the period of the objective.

**Question:** how did the budget get to where it is: in one incident, or bit by bit?

**Good:** above a quarter, and flat. A cliff is an incident; a steady slope is a fault that nobody pages for.

**What to do:** find the cliffs in the deploy lines. For a slope, look at which route burns (*By route*) and make it
somebody's task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Budget"


def build(service: Service) -> object | Omitted:
    """The recorded budget of each objective, over its whole period."""
    if not kit.objectives(service):
        return Omitted(kit.NO_OBJECTIVE)
    expr = kit.worst(service, "min", kit.recorded_of(service, recorded.BUDGET_REMAINING), ("slo",))
    period = kit.period(service)
    return kit.timeseries(
        f"{TITLE} over {period}",
        "Error budget left. Good: above a quarter, and flat. A cliff is an incident, a slope a fault nobody pages for.",
        "percentunit",
        [kit.target(expr, "{{slo}}")],
        lines=[(0, kit.BAD), (0.25, kit.WARN)],
        ceiling=1,
        below=True,
        overrides=[kit.override("availability", colour=kit.SERIES[0]), kit.override("latency", colour=kit.SERIES[1])],
        nothing="Nothing recorded yet; the rules need a period to fill it",
        period=period,
    )
