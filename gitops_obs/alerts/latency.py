"""Requests take longer than the latency objective allows.

## What it means

The objective says, for instance, that 99 % of requests take at most 250 ms. Over the last five minutes the 99th
percentile was above that, for ten minutes on end: users wait, and the budget for slow requests is being spent faster
than it comes in. It is a ticket unless told otherwise, because slow answers are still answers.

The alert speaks only when at least ten requests within the window were slow (with a threshold of its own: when there
were so many requests that ten of them must have been). A percentile of few requests is just the slowest of them.

## What to do now

1. Was it the last deploy? The dashboard's deploy lines tell, and its row *By version* whether only the new version
   is slow. Then take it back first.

   ```
   kubectl -n shop rollout history deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Is the service starved? The row *Saturation* shows CPU throttling, memory and restarts.
3. One route or all of them? The table *By route* tells. All of them at once mostly means a dependency.

## How to tune it

`threshold` (`400ms`), `min_requests` (slow requests within the window), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  latency: {threshold: 400ms, severity: page}
```

A threshold makes this alert work without a latency objective too; it then looks at the 99th percentile. Alerts of
routes follow the objectives of their routes, whatever threshold is set.

## When to turn it off

For batch work and uploads, whose duration says more about their size than about the service.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import recorded, units
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Latency, RouteObjective, Service

NAME = "REDLatencyHigh"
TITLE = "Latency is high"
GROUP = "red"
DEFAULTS = {
    "threshold": "the objective's",
    "min_requests": "10",
    "for": "10m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}
QUANTILE = "0.99"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for the service, one for each route with a latency objective."""
    tune = Tune(service, "latency", DEFAULTS)
    routes = (_route(tune, route, route.latency) for route in service.routes if route.latency)
    return [_whole(tune, service.latency), *routes]


def objective(service: Service) -> tuple[Leaf, tuple[str, ...]] | None:
    """The threshold that follows from the objective, and where that stands in the service file; None without one."""
    return (service.latency.threshold, ("slos", "latency")) if service.latency else None


def _whole(tune: Tune, objective: Latency | None) -> Alert | Omitted:
    service, project = tune.service, tune.service.project
    q, span = objective.quantile if objective else QUANTILE, project.rate_window
    if service.signal.quantile(q, span, recorded.level(project)) is None:
        return Omitted(service.signal.why_not("quantiles"), "quantiles")
    quantile = recorded.of(service, recorded.quantile(project, q))
    if tune.has("threshold"):
        aim = f" (objective {objective.percent} < {objective.threshold})" if objective else ""
        expr = f"{quantile} > {tune.text('threshold')}\nand\n{_many(tune, q)}"
        return _alert(tune, expr, q, f"{tune.shown('threshold')}{aim}")
    if objective is None:
        return Omitted("no latency objective: set `slos.latency`, or `alerts.latency.threshold`")
    slow = recorded.of(service, recorded.slow(project))
    return _against(tune, quantile, slow, objective)


def _route(tune: Tune, route: RouteObjective, objective: Latency) -> Alert | Omitted:
    service, span, label = tune.service, tune.service.project.rate_window, _red.route_label(tune.service)
    if label is None:
        return Omitted(service.signal.why_not("route"), "route")
    signal, by, match = service.signal, (label, *recorded.level(service.project)), _red.route_match(label, route)
    quantile = signal.quantile(objective.quantile, span, by, match)
    timed = signal.duration_count(span, by, match)
    within = signal.within(objective.seconds, objective.le, span, by, match)
    if quantile is None or timed is None or within is None:
        return Omitted(signal.why_not("quantiles"), "quantiles")
    return _against(tune, quantile, f"(\n  {timed}\n  -\n  {within}\n)", objective, route)


def _many(tune: Tune, q: str) -> str:
    """Condition: so many requests that the ones beyond the quantile alone are enough."""
    project = tune.service.project
    requests = recorded.of(tune.service, recorded.requests(project))
    share = units.plain(1 - Decimal(q))
    return _red.in_window(requests, project.rate_window, tune.text("min_requests"), f" * {share}")


def _against(tune: Tune, quantile: str, slow: str, objective: Latency, route: RouteObjective | None = None) -> Alert:
    """The alert at the objective's threshold, `slow` being the requests per second beyond it."""
    guard = _red.in_window(slow, tune.service.project.rate_window, tune.text("min_requests"))
    shown = f"{objective.threshold} (objective {objective.percent} < {objective.threshold})"
    return _alert(tune, f"{quantile} > {objective.seconds}\nand\n{guard}", objective.quantile, shown, route)


def _alert(tune: Tune, expr: str, q: str, shown: str, route: RouteObjective | None = None) -> Alert:
    service = tune.service
    return tune.applied(
        Alert(
            name=NAME,
            severity=DEFAULTS["severity"],
            expr=expr,
            summary=f"{_red.subject(service, route)}: requests take too long",
            description=f"{units.percent(Decimal(q))} of the requests of the last {service.project.rate_window} took "
            f"up to {{{{ $value | humanizeDuration }}}}, more than {shown}. Counted from "
            f"{tune.text('min_requests')} slow requests on.",
            impact=f"Users of {service.name} wait for answers.",
            action=f"First {_red.after_deploy(service)}. Otherwise see whether it is starved of CPU or memory.",
            labels=(("slo", "latency"), *_red.route_labels(route)),
            panel="latency_quantiles",
        )
    )
