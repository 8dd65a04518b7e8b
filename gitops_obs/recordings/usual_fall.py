"""Whether traffic usually falls at this time of the week: offices close, and nightly work ends.

The least that was left of it in one of the last three weeks, half an hour earlier or later.
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
_AROUND = ("6d23h30m", "13d23h30m", "20d23h30m")


def build(service: Service) -> list[Recording | Omitted]:
    """One series; it starts a week after the service does."""
    if service.signal.preset.requests is None:
        return [Omitted(service.signal.why_not("requests"), "requests")]
    left = recorded.of(service, recorded.kept(service.project))
    weeks = (f"min_over_time({left}[1h] offset {around})" for around in _AROUND)
    return [Recording(recorded.USUAL_KEPT, _weeks.least(service, weeks), (("service", service.name),))]


def prove(service: Service) -> list[Case]:
    """40 %, 20 % and 30 % were left in three weeks: of one week, of two and of three the least."""
    if service.signal.preset.requests is None:
        return []
    labels = traffic.series_labels(service, f'service="{service.name}"')
    series = ((f"{recorded.kept(service.project)}{{{labels}}}", "0.4 0.2 0.3 0.9 0.9 0.9"),)
    known = f"{recorded.USUAL_KEPT}{{{labels}}}"
    numbers = tuple(
        Number(at, recorded.USUAL_KEPT, ((known, value),))
        for at, value in ((1, "0.4"), (2, "0.2"), (3, "0.2"), (4, "0.2"), (5, "0.3"))
    )
    often = ((f"{recorded.kept(service.project)}{{{labels}}}", _weeks.moment(("0.1", "0.2", "0.4", "0.6"))),)
    then = tuple(Number(at, recorded.USUAL_KEPT, ((known, "0.2"),)) for at in _weeks.LATER)
    return [
        Case("usual_fall", "how far traffic usually falls", "weeks", series, numbers=numbers),
        Case(
            "usual_fall span",
            "how far traffic usually falls within an hour",
            "weeks",
            often,
            numbers=then,
            absent=(recorded.requests(service.project),),
            every=_weeks.EVERY,
        ),
    ]
