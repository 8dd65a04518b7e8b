"""Error budgets: shares of bad requests over long windows, weighted by traffic, and what is left of the budget.

Rates are sampled every two minutes, so that a sum over 30 days reads a quarter of what the 30 s series hold. Ratios of
sums let every request weigh the same; an average of ratios would let a quiet night weigh as much as a busy day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Availability, Latency, Service

GROUP = "slo"
WINDOWS = ("1h", "6h", "3d")


def build(service: Service) -> list[Recording | Omitted]:
    """The rules of each objective of the whole service; routes have alerts, not budgets."""
    if not service.availability and not service.latency:
        return [Omitted("the service file sets no objective under `slos:`")]
    rules: list[Recording | Omitted] = []
    if service.availability:
        labels = _labels(service, "availability")
        rules += _budget(service, "availability", service.availability)
        rules.append(Recording(recorded.OBJECTIVE, f"vector({service.availability.ratio})", labels))
    if service.latency:
        labels = _labels(service, "latency")
        rules += _budget(service, "latency", service.latency)
        rules.append(Recording(recorded.OBJECTIVE, f"vector({service.latency.quantile})", labels))
        rules.append(Recording(recorded.LATENCY_THRESHOLD, f"vector({service.latency.seconds})", labels))
    return rules


def _budget(service: Service, slo: str, objective: Availability | Latency) -> Iterator[Recording]:
    project, labels, match = service.project, _labels(service, slo), f'slo="{slo}"'
    of_latency = (recorded.slow(project), recorded.timed(project))
    bad, counted = of_latency if slo == "latency" else (recorded.errors(project), recorded.requests(project))
    yield Recording(recorded.slo_bad(project), recorded.of(service, bad), labels)
    yield Recording(recorded.slo_requests(project), recorded.of(service, counted), labels)
    part, whole = (recorded.of(service, name(project), match) for name in (recorded.slo_bad, recorded.slo_requests))
    for window in (*WINDOWS, objective.window):
        ratio = f"sum_over_time({part}[{window}])\n/\n(sum_over_time({whole}[{window}]) > 0)"
        yield Recording(recorded.slo_ratio(window), ratio, labels)
    spent = recorded.of(service, recorded.slo_ratio(objective.window), match)
    yield Recording(recorded.BUDGET_REMAINING, f"1 - {spent} / {objective.budget}", labels)


def _labels(service: Service, slo: str) -> tuple[tuple[str, str], ...]:
    return (("service", service.name), ("slo", slo))
