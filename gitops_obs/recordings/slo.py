"""Error budgets: shares of bad requests over long windows, weighted by traffic, and what is left of the budget.

Rates are sampled every two minutes, so that a sum over 30 days reads a quarter of what the 30 s series hold. Ratios of
sums let every request weigh the same; an average of ratios would let a quiet night weigh as much as a busy day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import burn, promql, recorded, traffic
from gitops_obs.model import Latency
from gitops_obs.proof import Case, Number
from gitops_obs.recordings import _budget
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Availability, Service
    from gitops_obs.recordings._budget import Budget, Labels

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
    if isinstance(objective, Latency):
        yield Recording(budget.name(recorded.LATENCY_THRESHOLD), f"vector({objective.seconds})", labels)
    yield Recording(recorded.SLO_INFO, "vector(1)", (*labels, *_about(service, objective)))


def _about(service: Service, objective: Availability | Latency) -> Labels:
    """What may change about an objective."""
    said = f"{objective.percent} < {objective.threshold}" if isinstance(objective, Latency) else objective.percent
    return (("objective", said), ("window", objective.window), ("owner", service.owner), ("tier", service.tier))


# proofs --------------------------------------------------------------------------------------------------------------

_HOURS, _WEEKS = 30, 5


def prove(service: Service) -> list[Case]:
    """What each objective says; a 64th of bad requests over every window, in budgets; and how far windows reach."""
    budgets = _budget.known(service)
    if not budgets:
        return []
    numbers = tuple(number for budget in budgets for number in _numbers(service, budget))
    periods = dict.fromkeys(budget.objective.window for budget in budgets)
    return [
        Case("slo", _budget.ABOUT, "hours", _budget.even(service, budgets), numbers=numbers),
        *_budget.worsening(service, "hours", _HOURS, ("30m", "6h", *burn.SLOW)),
        *_budget.worsening(service, "weeks", _WEEKS, ("3d", *periods)),
    ]


def _numbers(service: Service, budget: Budget) -> Iterator[Number]:
    objective, project = budget.objective, service.project
    yield from _proof_of_constants(service, budget)
    sampled = ((recorded.slo_bad(project), _budget.BAD), (recorded.slo_requests(project), _budget.ALL))
    told = [(recorded.sparse(name), value) for name, value in sampled]
    told += [(recorded.slo_ratio(window), _budget.SHARE) for window in (*burn.SLOW, objective.window)]
    yield from (_budget.number(service, budget, name, value) for name, value in told)
    yield from _proof_of_spending(service, budget)


def _proof_of_constants(service: Service, budget: Budget) -> Iterator[Number]:
    objective, own = budget.objective, (f'service="{service.name}"', *budget.matchers)
    told = [(recorded.OBJECTIVE, objective.ratio), (recorded.ERROR_BUDGET, objective.budget)]
    if isinstance(objective, Latency):
        told.append((recorded.LATENCY_THRESHOLD, objective.seconds))
    for name, value in told:
        series = promql.selector(budget.name(name), *own)
        yield Number(_budget.AT, series, ((series, value),))
    info = promql.selector(recorded.SLO_INFO, *own, "" if budget.route else 'route=""')
    labels = promql.joined(*own, *(f'{key}="{value}"' for key, value in _about(service, objective)))
    yield Number(_budget.AT, info, ((f"{recorded.SLO_INFO}{{{labels}}}", "1"),))


def _proof_of_spending(service: Service, budget: Budget) -> Iterator[Number]:
    """Burn rates and what is left, each as the share of bad requests that it stands for."""
    labels = traffic.series_labels(service, f'service="{service.name}"', *budget.matchers)
    for name, begin in ((recorded.CURRENT_BURN, ""), (recorded.PERIOD_BURN, ""), (recorded.BUDGET_REMAINING, "1 - ")):
        series = recorded.of(service, budget.name(name), *budget.matchers)
        expr = f"round(({begin}{series}) * {budget.objective.budget} * 1e6)"
        yield Number(_budget.AT, expr, ((f"{{{labels}}}", "15625"),))
