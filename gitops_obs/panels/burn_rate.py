"""How fast the error budget burns, over an hour, six hours and three days; 1 spends it all exactly within the period.

**Question:** is this a blaze or a smoulder?

**Good:** all lines below 1. The dashed lines are where the workbook's rows begin: an hour that spends 2 % of the
budget, six that spend 5 %, three days that spend 10 % (Google SRE workbook, chapter 5), worked out for the period of
this objective.

**What to do:** the hour above its line: act now. Only the three days above 1: plan the repair this week.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import kit, recorded, units
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Availability, Latency, Service

TITLE = "Burn rate"

_ROWS = (("3d", "0.1", kit.WARN), ("6h", "0.05", kit.BAD), ("1h", "0.02", kit.BAD))


def build(service: Service) -> object | Omitted:
    """One line a window and objective, a dashed line where each window's row begins."""
    found = kit.objectives(service)
    if not found:
        return Omitted(kit.NO_OBJECTIVE)
    targets = []
    for window, _, _ in reversed(_ROWS):
        rates = "\nor\n".join(_rate(service, window, slo, objective) for slo, objective in found)
        targets.append(kit.target(kit.worst(service, "max", rates, ("slo",)), f"{{{{slo}}}}, {window}"))
    period = units.duration(kit.period(service))
    factors = ((Decimal(share) * period / units.duration(window), colour) for window, share, colour in _ROWS)
    lines = [(round(float(factor), 2), colour) for factor, colour in factors]
    return kit.timeseries(
        TITLE,
        "How fast the error budget burns; 1 spends it within the period. Good: below 1. The hour above the highest "
        "line: act now. Three days above the lowest: repair it this week.",
        "short",
        targets,
        lines=lines,
        ceiling=lines[0][0],
        nothing="Nothing recorded yet",
    )


def _rate(service: Service, window: str, slo: str, objective: Availability | Latency) -> str:
    ratio = kit.recorded_of(service, recorded.slo_ratio(window), f'slo="{slo}"')
    return f"{ratio} / {objective.budget}"
