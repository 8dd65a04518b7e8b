"""Minutes of each day in which the objective was missed.

**Question:** which days cost us, and is it getting better?

**Good:** few bars, low ones, fewer than last month. A day in which nobody called has none.

**What to do:** open the worst day (drag over it) and look at what else happened then. A bar every day at the same
height is a batch job or a probe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Availability, Latency, Service

TITLE = "Bad minutes per day"

_NAMES = {"availability": "too many errors", "latency": "too slow"}


def build(service: Service) -> object | Omitted:
    """One bar a day and objective, in minutes, over the period of the objective."""
    found = kit.objectives(service)
    if not found:
        return Omitted(kit.NO_OBJECTIVE)
    targets = [kit.target(_minutes(service, slo, objective), _NAMES[slo], interval="1d") for slo, objective in found]
    return kit.timeseries(
        TITLE,
        "Minutes in which the objective was missed, each bar the day before it. Good: few and low. Open the worst day "
        "and look at what else happened then.",
        "m",
        targets,
        bars=True,
        overrides=[
            kit.override(_NAMES["availability"], colour=kit.BAD),
            kit.override(_NAMES["latency"], colour=kit.WARN),
        ],
        nothing="Nothing recorded yet",
        period=kit.period(service),
    )


def _minutes(service: Service, slo: str, objective: Availability | Latency) -> str:
    names = (recorded.slow, recorded.timed) if slo == "latency" else (recorded.errors, recorded.requests)
    bad, counted = (kit.recorded_of(service, name(service.project)) for name in names)
    missed = f"{bad} / ({counted} > 0) > bool {objective.budget}"
    return kit.worst(service, "max", f"sum_over_time(({missed})[1d:1m])")
