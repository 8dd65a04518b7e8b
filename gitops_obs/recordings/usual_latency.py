"""How long requests usually take at this time of the week.

Nine of ten requests are answered within this. The median of half an hour, and of one, two and three weeks ago (of as
many as there are): neither one bad minute nor one bad week makes a norm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded, traffic
from gitops_obs.proof import Case, Number
from gitops_obs.recordings import _weeks, usual
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.model import Service

GROUP = "slo"
QUANTILE = "0.9"


def build(service: Service) -> list[Recording | Omitted]:
    """One series; it starts a week after the service does."""
    if not is_known(service):
        return [Omitted(service.signal.why_not("quantiles"), "quantiles")]
    weeks = (f"{half_hour(service)} offset {n}w)" for n in _weeks.AGO)
    return [Recording(recorded.USUAL_LATENCY, _weeks.median(service, weeks), (("service", service.name),))]


def is_known(service: Service) -> bool:
    """Whether the service's durations are known."""
    project = service.project
    return service.signal.quantile(QUANTILE, project.rate_window, recorded.level(project)) is not None


def half_hour(service: Service) -> str:
    """The median of half an hour, without the closing bracket: an offset may follow."""
    quantile = recorded.of(service, recorded.quantile(service.project, QUANTILE))
    return f"quantile_over_time(0.5, {quantile}[{usual.WINDOW}]"


def prove(service: Service) -> list[Case]:
    """100, 300 and 200 ms in three weeks: of one week, of two and of three the median."""
    if not is_known(service):
        return []
    labels = traffic.series_labels(service, f'service="{service.name}"')
    series = ((f"{recorded.quantile(service.project, QUANTILE)}{{{labels}}}", "0.1 0.3 0.2 0.9"),)
    known = f"{recorded.USUAL_LATENCY}{{{labels}}}"
    numbers = tuple(Number(at, recorded.USUAL_LATENCY, ((known, value),)) for at, value in ((1, "0.1"), (3, "0.2")))
    often = ((f"{recorded.quantile(service.project, QUANTILE)}{{{labels}}}", _weeks.moment(("9", "1", "2", "6"))),)
    then = tuple(Number(at, recorded.USUAL_LATENCY, ((known, "2"),)) for at in _weeks.LATER)
    return [
        Case("usual_latency", "how long requests usually take", "weeks", series, numbers=numbers),
        Case(
            "usual_latency span",
            "how long half an hour of requests usually takes",
            "weeks",
            often,
            numbers=then,
            every=_weeks.EVERY,
        ),
    ]
