"""Error budget that is left, and when it will be empty if things go on as in the last hour.

**Question:** how long can this go on?

**Good:** green, more than a quarter left, and no time until empty (nothing is burning) or a long one. With two
objectives the worse one counts.

**What to do:** under a quarter, or within days of empty: stop risky releases and spend the time on reliability. Below
0 the objective is missed for the period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded, units
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Availability, Latency, Service

TITLE = "Budget left"


def build(service: Service) -> object | Omitted:
    """Two numbers: the share that is left, and seconds until it is gone."""
    found = kit.objectives(service)
    if not found:
        return Omitted(kit.NO_OBJECTIVE)
    until = "\nor\n".join(_seconds_left(service, slo, objective) for slo, objective in found)
    left = f"min({kit.recorded_of(service, recorded.BUDGET_REMAINING)})"
    both = _named(left, "left") + "\nor\n" + _named(f"min(\n{until}\n)", "until empty")
    description = (
        f"Error budget left over {kit.period(service)}, the worse one of several, and when it is empty at the burn of "
        "the last hour. Under a quarter: hold risky releases. Below 0 the objective is missed."
    )
    return kit.stat(
        TITLE,
        description,
        "percentunit",
        [kit.instant(both, "{{what}}")],
        colours=[(0, kit.WARN), (0.25, kit.GOOD)],
        base=kit.BAD,
        lowest=-1e9,
        decimals=0,
        names=True,
        overrides=[kit.override("until empty", unit="s", decimals=1, thresholds=_DAYS)],
        nothing="No data yet",
    )


_DAYS = {"mode": "absolute", "steps": kit.steps((0, kit.BAD), (86400, kit.WARN), (604800, kit.GOOD), base=kit.MUTED)}


def _named(expr: str, name: str) -> str:
    return f'label_replace({expr}, "what", "{name}", "", "")'


def _seconds_left(service: Service, slo: str, objective: Availability | Latency) -> str:
    match = f'slo="{slo}"'
    left = kit.recorded_of(service, recorded.BUDGET_REMAINING, match)
    hour = kit.recorded_of(service, recorded.slo_ratio("1h"), match)
    seconds = units.plain(units.duration(objective.window))
    return f"  ({left} > 0) * {seconds} / ({hour} / {objective.budget} > 0)"
