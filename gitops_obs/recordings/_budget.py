"""What the recordings of error budgets share: the objectives of a service, or of its routes, as one kind of series.

Rules are written once for all objectives of a level (the whole service, or its routes): series differ in the labels
`slo` and `route`, and an expression keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import promql, recorded

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Availability, Latency, RouteObjective, Service


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
