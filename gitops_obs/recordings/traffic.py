"""Requests before and now: what is left of the traffic of the last hours.

Where request series vanish (no instance answers Prometheus any more) nothing is left: 0, for as long as the hours
before are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded, traffic
from gitops_obs.proof import Case, Number
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.model import Service

GROUP = "red"
BEFORE = "3h"
AGO = "10m"
"""Where the hours before end: what falls now is not among them until it has been told."""


def build(service: Service) -> list[Recording | Omitted]:
    """The hours before, and how much of them is left."""
    if service.signal.preset.requests is None:
        return [Omitted(service.signal.why_not("requests"), "requests")]
    labels, now = (("service", service.name),), recorded.of(service, recorded.requests(service.project))
    before = recorded.of(service, recorded.BEFORE)
    return [
        Recording(recorded.BEFORE, f"avg_over_time({now}[{BEFORE}] offset {AGO})", labels),
        Recording(
            recorded.kept(service.project), f"(\n  {now}\n  or\n  0 * {before}\n)\n/\n(\n  {before} > 0\n)", labels
        ),
    ]


def prove(service: Service) -> list[Case]:
    """No traffic, a request every two seconds, a quarter of it, no series, and nothing to compare with any more."""
    project = service.project
    if service.signal.preset.requests is None:
        return []
    labels = traffic.series_labels(service, f'service="{service.name}"')
    told: list[tuple[int, str, str]] = [(1, recorded.kept(project), ""), (5, recorded.BEFORE, "0.5")]
    told += [(at, recorded.kept(project), value) for at, value in ((5, "0.25"), (6, "0"), (9, ""))]
    numbers = tuple(Number(at, name, ((f"{name}{{{labels}}}", value),) if value else ()) for at, name, value in told)
    series = ((f"{recorded.requests(project)}{{{labels}}}", "0 0 0.75 0.5 0.25 0.125 _ _ _ _"),)
    return [Case("traffic", "how much traffic is left", "hours", series, numbers=numbers)]
