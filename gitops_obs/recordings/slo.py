"""Error budgets: shares of bad requests over long windows, weighted by traffic, and what is left of the budget.

Rates are sampled every two minutes, so that a sum over 30 days reads a quarter of what the 30 s series hold. Ratios of
sums let every request weigh the same; an average of ratios would let a quiet night weigh as much as a busy day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import burn, recorded
from gitops_obs.model import Latency
from gitops_obs.recordings import _budget
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.recordings._budget import Budget

GROUP = "slo"


def build(service: Service) -> list[Recording | Omitted]:
    """The objectives of the whole service, then those of its routes."""
    levels = [budgets for budgets in (_budget.whole(service), _budget.routes(service)) if budgets]
    if not levels:
        return [Omitted("the service file sets no objective under `slos:`")]
    return [rule for budgets in levels for rule in _level(service, budgets)]


def _level(service: Service, budgets: list[Budget]) -> Iterator[Recording]:
    for one in budgets:
        yield from _constants(service, one)
    project, named = service.project, budgets[0].name
    labels, ratio = (("service", service.name),), recorded.slo_ratio
    sampled = [named(name(project)) for name in (recorded.slo_bad, recorded.slo_requests)]
    yield from (Recording(recorded.sparse(name), recorded.of(service, name), labels) for name in sampled)
    bad, counted = (recorded.sparse(name) for name in sampled)
    for window in burn.SLOW:
        yield Recording(named(ratio(window)), _budget.ratio(service, bad, counted, window), labels)
    periods = _budget.periods(service, budgets)
    for window, match, own in periods:
        yield Recording(named(ratio(window)), _budget.ratio(service, bad, counted, window, *match), own)
    on = "on (service, slo, route)" if budgets[0].route else "on (service, slo)"
    budget = f"{on} group_left ()\n{recorded.of(service, named(recorded.ERROR_BUDGET))}"
    yield Recording(named(recorded.CURRENT_BURN), f"{recorded.of(service, named(ratio('1h')))}\n/ {budget}", labels)
    for window, match, own in periods:
        spent = recorded.of(service, named(ratio(window)), *match)
        yield Recording(named(recorded.PERIOD_BURN), f"{spent}\n/ {budget}", own)
    yield Recording(
        named(recorded.BUDGET_REMAINING), f"1 - {recorded.of(service, named(recorded.PERIOD_BURN))}", labels
    )


def _constants(service: Service, budget: Budget) -> Iterator[Recording]:
    """What the objective says; whatever may change stands on `slo_info` alone."""
    objective, labels = budget.objective, budget.labels(service)
    yield Recording(budget.name(recorded.OBJECTIVE), f"vector({objective.ratio})", labels)
    yield Recording(budget.name(recorded.ERROR_BUDGET), f"vector({objective.budget})", labels)
    said = objective.percent
    if isinstance(objective, Latency):
        yield Recording(budget.name(recorded.LATENCY_THRESHOLD), f"vector({objective.seconds})", labels)
        said = f"{objective.percent} < {objective.threshold}"
    about = (("objective", said), ("window", objective.window), ("owner", service.owner), ("tier", service.tier))
    yield Recording(recorded.SLO_INFO, "vector(1)", (*labels, *about))


def prove(service: Service) -> list[Case]:
    """Not yet."""
    return []
