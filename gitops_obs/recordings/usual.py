"""What traffic is usual at this time of the week.

The median of one, two and three weeks ago, of as many as there are: one holiday does not make a norm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded, traffic
from gitops_obs.proof import Case, Number
from gitops_obs.recordings import _weeks
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.model import Service

GROUP = "slo"
WINDOW = "30m"


def build(service: Service) -> list[Recording | Omitted]:
    """One series; it starts a week after the service does."""
    if service.signal.preset.requests is None:
        return [Omitted(service.signal.why_not("requests"), "requests")]
    requests = recorded.of(service, recorded.requests(service.project))
    weeks = (f"avg_over_time({requests}[{WINDOW}] offset {n}w)" for n in _weeks.AGO)
    return [Recording(recorded.USUAL, _weeks.median(service, weeks), (("service", service.name),))]


def prove(service: Service) -> list[Case]:
    """100, 300 and 200 requests a second in three weeks: of one week, of two and of three the median."""
    if service.signal.preset.requests is None:
        return []
    labels = traffic.series_labels(service, f'service="{service.name}"')
    series = ((f"{recorded.requests(service.project)}{{{labels}}}", "100 300 200 900"),)
    usual = f"{recorded.USUAL}{{{labels}}}"
    numbers = (Number(at, recorded.USUAL, ((usual, value),)) for at, value in ((1, "100"), (3, "200")))
    often = ((f"{recorded.requests(service.project)}{{{labels}}}", _weeks.moment(("9", "1", "2", "6"))),)
    then = tuple(Number(at, recorded.USUAL, ((usual, "3"),)) for at in _weeks.LATER)
    return [
        Case("usual", "what is usual is the median of three weeks", "weeks", series, numbers=tuple(numbers)),
        Case("usual span", "what is usual of half an hour", "weeks", often, numbers=then, every=_weeks.EVERY),
    ]
