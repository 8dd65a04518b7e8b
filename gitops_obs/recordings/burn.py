"""Shares of bad requests over the windows that decide about pages, recorded as often as rates are.

What an objective counts is recorded once as bad and counted requests with the label `slo` (and `route`), so that every
window is one rule whatever the number of objectives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import burn, recorded
from gitops_obs.proof import Case
from gitops_obs.recordings import _budget
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Service
    from gitops_obs.recordings._budget import Budget

GROUP = "burn"
_MINUTES, _HOURS = 20, 4


def build(service: Service) -> list[Recording | Omitted]:
    """The objectives of the whole service, then those of its routes."""
    return [*_level(service, _budget.whole(service)), *_level(service, _budget.routes(service))]


def _level(service: Service, budgets: list[Budget]) -> Iterator[Recording | Omitted]:
    if not budgets:
        return
    project, first = service.project, budgets[0]
    bad, counted = first.name(recorded.slo_bad(project)), first.name(recorded.slo_requests(project))
    for budget in budgets:
        found = _counts(service, budget)
        if found is None:
            yield Omitted(service.signal.why_not("quantiles"), "quantiles")
            continue
        for name, expr in zip((bad, counted), found, strict=True):
            yield Recording(name, expr, budget.labels(service))
    part, of = recorded.of(service, bad), recorded.of(service, counted)
    labels = (("service", service.name),)
    yield Recording(first.name(recorded.slo_ratio(project.rate_window)), f"{part}\n/\n({of} > 0)", labels)
    for window in burn.FAST:
        if window != project.rate_window:
            ratio = _budget.ratio(service, bad, counted, window)
            yield Recording(first.name(recorded.slo_ratio(window)), ratio, labels)


def _counts(service: Service, budget: Budget) -> tuple[str, str] | None:
    """Bad and counted requests per second: recorded already for the whole service, from its own metrics for a route."""
    if budget.route:
        return _budget.raw(service, budget)
    project = service.project
    names = (recorded.errors, recorded.requests) if budget.slo == "availability" else (recorded.slow, recorded.timed)
    bad, counted = (recorded.of(service, name(project)) for name in names)
    return bad, counted


def prove(service: Service) -> list[Case]:
    """A 64th of hardly any requests is bad: bad and all requests, and the same share over every window; their reach."""
    budgets = _budget.known(service)
    if not budgets:
        return []
    project, numbers = service.project, []
    for budget in budgets:
        if budget.route is None:
            counts = ((recorded.slo_bad(project), _budget.BAD), (recorded.slo_requests(project), _budget.ALL))
            numbers += [_budget.number(service, budget, name, value) for name, value in counts]
        windows = dict.fromkeys((project.rate_window, *burn.FAST))
        numbers += [_budget.number(service, budget, recorded.slo_ratio(window), _budget.SHARE) for window in windows]
    return [
        Case("burn", _budget.ABOUT, "hours", _budget.even(service, budgets), numbers=tuple(numbers)),
        *_budget.worsening(service, "minutes", _MINUTES, ("30m", "1h")),
        *_budget.worsening(service, "hours", _HOURS, ("1h",)),
    ]
