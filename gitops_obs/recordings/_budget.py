"""What the recordings of error budgets share: the objectives of a service, or of its routes, as one kind of series.

Rules are written once for all objectives of a level (the whole service, or its routes): series differ in the labels
`slo` and `route`, and an expression keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic, units
from gitops_obs.proof import Case, Number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Availability, Latency, RouteObjective, Service
    from gitops_obs.proof import Pace, Series


Labels = tuple[tuple[str, "Leaf"], ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """One objective, and the labels of its series."""

    slo: str
    objective: Availability | Latency
    route: RouteObjective | None = None

    def labels(self, service: Service) -> Labels:
        """Labels of what is recorded about it; nothing among them changes over time."""
        return (("service", service.name), ("slo", self.slo), *((("route", self.route.route),) if self.route else ()))

    @property
    def matchers(self) -> tuple[Leaf, ...]:
        """Matchers of its series among those of the service."""
        return (f'slo="{self.slo}"', *((f"route={self.route.match}",) if self.route else ()))

    def name(self, name: str) -> str:
        """The series' name at its level."""
        return recorded.of_route(name) if self.route else name


def whole(service: Service) -> list[Budget]:
    """The objectives of the whole service."""
    both = (("availability", service.availability), ("latency", service.latency))
    return [Budget(slo, objective) for slo, objective in both if objective is not None]


def routes(service: Service) -> list[Budget]:
    """The objectives of single routes."""
    return [
        Budget(slo, objective, route)
        for route in service.routes
        for slo, objective in (("availability", route.availability), ("latency", route.latency))
        if objective is not None
    ]


def ratio(service: Service, bad: str, counted: str, window: str, *match: Leaf) -> str:
    """Share of bad requests over `window`: a ratio of sums, so that every request weighs the same."""
    part, of = (recorded.of(service, name, *match) for name in (bad, counted))
    return f"sum_over_time({part}[{window}])\n/\n(sum_over_time({of}[{window}]) > 0)"


def periods(service: Service, budgets: list[Budget]) -> list[tuple[str, tuple[Leaf, ...], Labels]]:
    """Each period with the matchers and labels of the objectives that have it: one for all where it is the same."""
    windows = list(dict.fromkeys(budget.objective.window for budget in budgets))
    if len(windows) == 1:
        return [(windows[0], (), (("service", service.name),))]
    return [(budget.objective.window, budget.matchers, budget.labels(service)) for budget in budgets]


def series(service: Service, budget: Budget, bad: str, total: str) -> Series:
    """Rates as recorded, which everything about the objective is made of, for proofs."""
    project = service.project
    if budget.route:
        names = tuple(recorded.of_route(name(project)) for name in (recorded.slo_bad, recorded.slo_requests))
        own = [f'service="{service.name}"', *budget.matchers]
    else:
        failing = budget.slo == "availability"
        both = (recorded.errors, recorded.requests) if failing else (recorded.slow, recorded.timed)
        names, own = tuple(name(project) for name in both), [f'service="{service.name}"']
    labels = traffic.series_labels(service, *own)
    return tuple((f"{name}{{{labels}}}", values) for name, values in zip(names, (bad, total), strict=True))


ABOUT = "1.6 % of hardly any requests are bad"
BAD, ALL, SHARE = "0.0009765625", "0.0625", "0.015625"
"""A 64th, in numbers that sums of floats hold exactly; so few that a sum over some steps stays below 1."""

AT = 2
"""The step of proofs at which every window holds what it needs."""


def known(service: Service) -> list[Budget]:
    """The objectives of the service and its routes that its metrics can tell about."""
    return [budget for budget in (*whole(service), *routes(service)) if raw(service, budget)]


def even(service: Service, budgets: list[Budget]) -> Series:
    """`BAD` of `ALL` requests a second are bad for each of `budgets`, from the first step on."""
    values = (proof.level(value, AT) for value in (BAD, ALL))
    both = tuple(values)
    return tuple(one for budget in budgets for one in series(service, budget, *both))


def number(service: Service, budget: Budget, name: str, value: Leaf, at: int = AT) -> Number:
    """The claim that the series `name` of the objective holds `value`."""
    selected = recorded.of(service, budget.name(name), *budget.matchers)
    labels = traffic.series_labels(service, f'service="{service.name}"', *budget.matchers)
    return Number(at, selected, ((f"{budget.name(name)}{{{labels}}}", value),))


def worsening(service: Service, pace: Pace, end: int, windows: Iterable[str]) -> list[Case]:
    """Step by step another 128th of the requests is bad: what a window holds tells how far it reaches.

    No sample stands at the very beginning of a window, which newer Prometheus leaves out and older do not.
    """
    budgets, reach = known(service), {window: proof.seconds(window) / proof.STEP[pace] for window in windows}
    if not budgets:
        return []
    gaps = {end - steps for steps in reach.values()}
    there = [n for n in range(end + 1) if n not in gaps]
    bad, counted = (
        " ".join(units.plain(Decimal(value(n))) if n in there else "_" for n in range(end + 1))
        for value in (lambda n: (n + 1) / 2048, lambda _: 0.0625)
    )
    rates = tuple(pair for budget in budgets for pair in series(service, budget, bad, counted))
    numbers = []
    for window, steps in reach.items():
        within = [n for n in there if end - n < steps]
        share = (sum(within) + len(within)) / 2048 / (len(within) / 16)
        numbers += [number(service, budget, recorded.slo_ratio(window), repr(share), end) for budget in budgets]
    # by the minute others bring requests, of which the same would be recorded
    alone = pace == "minutes"
    return [Case("windows", f"it gets worse by the {pace[:-1]}", pace, rates, numbers=tuple(numbers), alone=alone)]


def raw(service: Service, budget: Budget) -> tuple[str, str] | None:
    """Bad and counted requests per second from the service's own metrics; None where the preset cannot tell."""
    signal, span = service.signal, service.project.rate_window
    label, level = signal.label("route"), recorded.level(service.project)
    match = (f"{label}={budget.route.match}",) if budget.route and label else ()
    if budget.slo == "availability":
        bad, counted = (ask(span, level, *match) for ask in (signal.errors, signal.requests))
        return (f"{bad}\nor\n0 * {counted}", counted) if bad and counted else None
    objective = budget.objective
    seconds, le = getattr(objective, "seconds", ""), getattr(objective, "le", "")
    # asked for by the route's label, so that it is a histogram which carries it; one route is left, and no label
    by = (label, *level) if budget.route and label else level
    counted, within = signal.duration_count(span, by, *match), signal.within(seconds, le, span, by, *match)
    if counted is None or within is None:
        return None
    if by != level:
        counted, within = (promql.aggregate("sum", expr, level) for expr in (counted, within))
    return f"clamp_min(\n  {counted}\n  -\n  {within},\n  0\n)", counted
