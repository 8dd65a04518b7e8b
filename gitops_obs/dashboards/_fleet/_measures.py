"""What is asked about each service, from recorded series, `ALERTS` and the metrics of drift checks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.dashboards._fleet._scope import by_service, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitops_obs.dashboards._fleet._scope import Scope

PAGE_BURN = "14.4"
"""Times too fast: spends the budget of 30 days in two, and 2 % of it in an hour (SRE workbook, chapter 5)."""

HURT, RISK, DRIFT, UNKNOWN, WELL = 4, 3, 2, 1, 0
"""States of a service, the worst first."""

_DRIFTED = 'status=~"changed|missing|extra"'
_FAILED = 'state=~"error|partial|empty"'


def requests(scope: Scope) -> str:
    """Requests per second."""
    return by_service("sum", scope.of(recorded.requests(scope.project)))


def error_ratio(scope: Scope, only: Callable[[str], str] = str) -> str:
    """Failed requests of all; no sample without traffic. `only` takes out of a selector what is wanted of it."""
    project = scope.project
    if not project.cluster_label:
        return by_service("max", only(scope.of(recorded.error_ratio(project))))
    names = (recorded.errors(project), recorded.requests(project))
    errors, requests = (by_service("sum", only(scope.of(name))) for name in names)
    return f"{errors}\n/\n({requests} > 0)"


def p99(scope: Scope) -> str:
    """The 99th percentile of duration in seconds, of the slowest cluster."""
    return by_service("max", scope.of(recorded.quantile(scope.project, "0.99")))


def slow_of_allowed(scope: Scope) -> str:
    """Requests slower than the latency objective wants, of as many as it allows: 1 is just within it."""
    project = scope.project
    slow, timed = (by_service("sum", scope.of(name(project))) for name in (recorded.slow, recorded.timed))
    objective = by_service("max", scope.objective('slo="latency"'))
    return f"{slow}\n/ ({timed} > 0)\n/ (1 - {objective})"


def budget_left(scope: Scope) -> str:
    """Share of the error budget that is left, the least of a service's budgets."""
    return by_service("min", scope.seldom(recorded.BUDGET_REMAINING))


def burn(scope: Scope) -> str:
    """How many times too fast the budget burned in the last hour, the fastest of a service's budgets."""
    spent = f"max by (service, slo) ({scope.seldom(recorded.slo_ratio('1h'))})"
    objective = f"max by (service, slo) ({scope.objective()})"
    return by_service("max", f"\n  {spent}\n  /\n  (1 - {objective})\n")


def drifted(scope: Scope) -> str:
    """Objects whose live state differs from Git; -1 where none is known and a check failed or saw a part only."""
    objects = _of_source(f"sum by (source) ({scope.drift('resources', _DRIFTED)})")
    failed = _of_source(f"max by (source) ({scope.drift('check_state', _FAILED)}) == 1")
    return f"{objects} > 0\nor\n-1 * {failed}\nor\n{objects}"


def hurt(scope: Scope) -> str:
    """A sample for each service whose users are hurt now: a page fires, or failed requests burn the budget fast."""
    pages = scope.alerts("ALERTS", 'alertstate="firing"', 'severity="page"')
    objective = by_service("max", scope.objective('slo="availability"'))
    return by_service("group", f"\n{pages}\nor\n{error_ratio(scope)}\n/ (1 - {objective}) > {PAGE_BURN}\n")


def at_risk(scope: Scope) -> str:
    """A sample for each service whose budget burns or is gone, or that has a ticket about anything but drift."""
    tickets = scope.alerts("ALERTS", 'alertstate="firing"', 'severity!="page"', 'slo!="drift"')
    return by_service("group", f"\n{tickets}\nor\n{burn(scope)} > 1\nor\n{budget_left(scope)} <= 0\n")


def state(scope: Scope) -> str:
    """The worst state that holds for each service, as its number."""
    everyone = by_service("group", scope.info)
    measured = by_service("group", scope.of(recorded.requests(scope.project)))
    parts = (
        f"{HURT} * {hurt(scope)}",
        f"{RISK} * {at_risk(scope)}",
        f"{DRIFT} * {by_service('group', f'({drifted(scope)}) != 0')}",
        f"{UNKNOWN} * ({everyone} unless {measured})",
        f"{WELL} * {everyone}",
    )
    return "\nor\n".join(parts)


def _of_source(expr: str) -> str:
    return by_service("max", named(expr, "service", "$1", "source"))
