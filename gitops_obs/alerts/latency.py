"""Requests take longer than a fixed time.

## What it means

Over the last five minutes the 99th percentile of durations was above the `threshold`, for ten minutes on end: users
wait. It is a ticket unless told otherwise, because slow answers are still answers.

It exists only where a `threshold` is set. A latency objective is watched by `latency_burn` and `latency_burn_slow`,
which count slow requests against what was promised.

The alert speaks only when there were so many requests that ten of them must have been that slow. A percentile of few
requests is just the slowest of them.

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

Rather set an objective than a threshold: it says what users need, and it adds up over routes and time.

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
    from gitops_obs.model import Service
    from gitops_obs.proof import Case

NAME = "REDLatencyHigh"
TITLE = "Latency is high"
GROUP = "red"
DEFAULTS = {
    "threshold": "none",
    "min_requests": "10",
    "for": "10m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}
QUANTILE = "0.99"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where a threshold is set."""
    tune, project = Tune(service, "latency", DEFAULTS), service.project
    if service.signal.quantile(QUANTILE, project.rate_window, recorded.level(project)) is None:
        return [Omitted(service.signal.why_not("quantiles"), "quantiles")]
    if not tune.has("threshold"):
        return [Omitted("no threshold: set `alerts.latency.threshold`, or an objective under `slos.latency`")]
    return [_alert(tune, recorded.of(service, recorded.quantile(project, QUANTILE)))]


def _alert(tune: Tune, quantile: str) -> Alert:
    service, span = tune.service, tune.service.project.rate_window
    requests = recorded.of(service, recorded.requests(service.project))
    beyond = units.plain(1 - Decimal(QUANTILE))
    many = _red.in_window(requests, span, tune.text("min_requests"), f" * {beyond}")
    return tune.applied(
        Alert(
            name=NAME,
            severity=DEFAULTS["severity"],
            expr=f"{quantile} > {tune.text('threshold')}\nand\n{many}",
            summary=f"{_red.subject(service)}: requests take too long",
            description=f"{units.percent(Decimal(QUANTILE))} of the requests of the last {span} took up to "
            f"{{{{ $value | humanizeDuration }}}}, more than {tune.shown('threshold')}. Counted from "
            f"{tune.text('min_requests')} slow requests on.",
            impact=f"Users of {service.name} wait for answers.",
            action=f"First {_red.after_deploy(service)}. Otherwise see whether it is starved of CPU or memory.",
            labels=(("slo", "latency"),),
            panel="latency_quantiles",
        )
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
