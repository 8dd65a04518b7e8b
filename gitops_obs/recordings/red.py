"""Requests, errors and durations of the whole service, at the project's rate window."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Latency, Service
    from gitops_obs.proof import Case

GROUP = "red"
QUANTILES = ("0.5", "0.9", "0.99")


def build(service: Service) -> list[Recording | Omitted]:
    """Rates and ratio, then quantiles, then what a latency objective counts."""
    return [*_rates(service), *_quantiles(service), *(_slow(service, service.latency) if service.latency else ())]


def _rates(service: Service) -> Iterator[Recording | Omitted]:
    signal, project = service.signal, service.project
    by, labels = recorded.level(project), (("service", service.name),)
    requests = signal.requests(project.rate_window, by)
    if requests is None:
        yield Omitted(signal.why_not("requests"), "requests")
        return
    yield Recording(recorded.requests(project), requests, labels)
    errors = signal.errors(project.rate_window, by)
    if errors is None:
        yield Omitted(signal.why_not("errors"), "errors")
        return
    yield Recording(recorded.errors(project), f"{errors}\nor\n0 * {requests}", labels)
    part, whole = (recorded.of(service, name(project)) for name in (recorded.errors, recorded.requests))
    yield Recording(recorded.error_ratio(project), f"{part}\n/\n({whole} > 0)", labels)


def _quantiles(service: Service) -> Iterator[Recording | Omitted]:
    signal, project = service.signal, service.project
    wanted = {*QUANTILES, service.latency.quantile} if service.latency else set(QUANTILES)
    found = [(q, signal.quantile(q, project.rate_window, recorded.level(project))) for q in sorted(wanted, key=Decimal)]
    for q, expr in found:
        if expr is not None:
            # a histogram without traffic has NaN for a quantile: `>= 0` records nothing then
            yield Recording(recorded.quantile(project, q), f"{expr} >= 0", (("service", service.name),))
    if all(expr is None for _, expr in found):
        yield Omitted(signal.why_not("quantiles"), "quantiles")


def _slow(service: Service, latency: Latency) -> Iterator[Recording | Omitted]:
    signal, project = service.signal, service.project
    by, labels = recorded.level(project), (("service", service.name),)
    timed = signal.duration_count(project.rate_window, by)
    within = signal.within(latency.seconds, latency.le, project.rate_window, by)
    if timed is None or within is None:
        yield Omitted(signal.why_not("quantiles"), "quantiles")
        return
    yield Recording(recorded.timed(project), timed, labels)
    slow = f"clamp_min(\n  {timed}\n  -\n  {within},\n  0\n)"
    yield Recording(recorded.slow(project), slow, labels)


def prove(service: Service) -> list[Case]:
    """Not yet."""
    return []
