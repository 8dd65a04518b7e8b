"""What the alerts on error budgets share: one rule for each objective and row of burn rates, and their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import burn, recorded, units
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.recordings import _budget
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import BurnRow, Service
    from gitops_obs.recordings._budget import Budget
    from gitops_obs.source import Path

BAD = {"availability": "failed", "latency": "took longer than {}"}
HARM = {"availability": "get errors instead of answers", "latency": "wait for answers"}


@dataclass(frozen=True, slots=True)
class Burning:
    """A rule of one of the alerts on error budgets: of which objective and which row."""

    tune: Tune
    budget: Budget
    row: BurnRow

    @property
    def short(self) -> str:
        """The short window: the project's rate window for the first row, and never shorter than that."""
        least = self.tune.service.project.rate_window
        return least if self.row.short == "5m" else max(self.row.short, least, key=units.duration)

    @property
    def bad(self) -> str:
        """What bad requests did, in words."""
        return BAD[self.budget.slo].format(getattr(self.budget.objective, "threshold", ""))

    @property
    def guard(self) -> tuple[str, Leaf]:
        """What must be counted within the long window, and how many: requests for quick rows, bad ones for others."""
        key = "min_requests" if self.row.quick else "min_errors"
        return key, self.tune.text(key) if self.tune.has(key) else self._usual

    @property
    def _usual(self) -> Leaf:
        return self.row.min_requests if self.row.quick else str(burn.ENOUGH)

    def series(self, name: str) -> str:
        """Selector of a recorded series of the objective."""
        return recorded.of(self.tune.service, self.budget.name(name), *self.budget.matchers)

    @property
    def counts(self) -> str:
        """The recorded series that the guard counts: requests for quick rows, bad ones for others."""
        name = (recorded.slo_requests if self.row.quick else recorded.slo_bad)(self.tune.service.project)
        return recorded.sparse(name) if self.row.long in burn.SLOW else name

    def counted(self) -> str:
        """Condition: enough was counted within the long window. Each sample stands for one interval of its group."""
        project, row, series = self.tune.service.project, self.row, self.series(self.counts)
        every = units.plain(burn.every(row.long, project))
        return f"sum_over_time({series}[{row.long}]) * {every} >= {self.guard[1]}"

    def expr(self) -> str:
        """Both windows above the threshold, and enough counted."""
        ratios = (self.series(recorded.slo_ratio(window)) for window in (self.row.long, self.short))
        return "\nand\n".join((*(f"{ratio} > {self.row.threshold}" for ratio in ratios), self.counted()))


def build(service: Service, alert: str, name: str, defaults: Mapping[str, str], slo: str) -> list[Alert | Omitted]:
    """The alert's rules for all objectives called `slo` (availability, latency) of the service and its routes."""
    tune = Tune(service, alert, defaults)
    found = burning(tune, slo)
    if not found:
        return [Omitted(f"no {slo} objective that could burn this fast: set `slos.{slo}`")]
    return [_alert(rule, name) for rule in found]


def burning(tune: Tune, slo: str) -> list[Burning]:
    """Objective and row of each rule, in the order of the rules."""
    budgets = [*_budget.whole(tune.service), *_budget.routes(tune.service)]
    return [
        Burning(tune, budget, row)
        for budget in budgets
        if budget.slo == slo and _budget.raw(tune.service, budget)
        for row in budget.objective.rows
        if row.severity == tune.defaults["severity"]
    ]


def derived(service: Service, alert: str, defaults: Mapping[str, str], slo: str) -> list[tuple[str, str, Path]]:
    """Settings that follow from the objectives: key, value, and the path of the objective in the service file."""
    found = []
    for rule in burning(Tune(service, alert, defaults), slo):
        budget, row = rule.budget, rule.row
        path: Path = ("slos", *(("routes", budget.route.route) if budget.route else ()), slo)
        of = f" of {budget.route.route}" if budget.route else ""
        found.append((f"threshold over {row.long}{of}", row.percent, path))
        if row.quick and not rule.tune.has("min_requests"):
            found.append((f"min_requests{of}", row.min_requests, path))
    return found


def _alert(rule: Burning, name: str) -> Alert:
    tune, budget, row = rule.tune, rule.budget, rule.row
    service, objective = tune.service, budget.objective
    subject = _red.subject(service, budget.route)
    many = "too many requests fail" if budget.slo == "availability" else "too many requests are slow"
    alert = Alert(
        name=name,
        severity=tune.defaults["severity"],
        expr=rule.expr(),
        summary=f"{subject}: {many} for its objective of {objective.percent}",
        description=f"{{{{ $value | humanizePercentage }}}} of the requests of the last {row.long} {rule.bad}, more "
        f"than {row.percent}, which is {row.factor} times what {objective.percent} over {objective.window} allows: at "
        f"that rate the whole error budget is gone in {row.exhausted}. {_counting(rule)}",
        impact=f"Users of {service.name} {HARM[budget.slo]}, and {row.share} of the error budget went in {row.long}.",
        action=_action(rule),
        labels=(("slo", budget.slo), ("long_window", row.long), *_red.route_labels(budget.route)),
        panel="burn_rate" if budget.route is None else "route_table",
        since=row.long,
        variables=f"&var-route={budget.route.query}" if budget.route else "",
    )
    return tune.applied(alert)


def _counting(rule: Burning) -> str:
    key, least = rule.guard
    if key == "min_errors":
        return f"Counted from {least} such requests in {rule.row.long} on, so that a single one wakes nobody."
    return f"Counted from {least} requests in {rule.row.long} on; below that the longer windows decide."


def _action(rule: Burning) -> str:
    service, slo = rule.tune.service, rule.budget.slo
    first = f"First {_red.after_deploy(service)}."
    if rule.row.severity == "ticket":
        first = f"Plan the repair within days. {first}"
    if slo == "latency":
        return f"{first} Otherwise see whether it is starved of CPU or memory, or waits for a dependency."
    return f"{first} Otherwise find the {'version' if rule.budget.route else 'route, version'} or instance that fails."
