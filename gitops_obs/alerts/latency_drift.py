"""Requests take much longer than is usual at this time of the week.

## What it means

Over the last half hour nine of ten requests took up to half as long again (`threshold`, 150 %) as they usually do at
this time of the week, or longer. Usual is the median of the same half hour one, two and three weeks ago, of as many as
there are. Nothing may be broken yet; an objective may still be kept. It is what a slow leak, a growing table or a
deploy that costs a little on every request looks like before users complain, and so it is a ticket.

The alert speaks only above 100 ms, which is where people begin to notice, and only where there were 500 requests
within the half hour, now and usually. A service in its first week has no usual durations and gets no alert.

## What to do now

1. Since when? Open the panel over two weeks: a step points to a deploy, a slope to something that grows.
2. A step: was it the last deploy? The dashboard's deploy lines tell, and its row *By version*. If so, roll back, or
   plan the repair.

   ```
   kubectl -n shop rollout history deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
3. A slope: tables, caches and queues that grow, connections that leak, CPU that is throttled (row *Saturation*).
4. One route or all of them? The table *By route* tells. All of them at once mostly means a dependency.

## How to tune it

`threshold` (the share of the usual duration, `200%`), `min_requests` (requests within half an hour, now and usually),
`for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  latency_drift: {threshold: 200%, min_requests: 5000}
```

## When to turn it off

For batch work, whose duration says more about its size than about the service, and where every release changes what a
request does. Prometheus must keep data for more than a week, and for more than three to know a bad week from a norm.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import edges, proof, recorded, traffic, units
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.recordings import usual, usual_latency
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service

NAME = "REDLatencyDrift"
TITLE = "Latency is far above usual"
GROUP = "slo"
DEFAULTS = {
    "threshold": "150%",
    "min_requests": "500",
    "for": "30m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}
FLOOR = Decimal("0.1")
"""Seconds below which nobody notices."""


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset knows durations and counts requests."""
    if not usual_latency.is_known(service):
        return [Omitted(service.signal.why_not("quantiles"), "quantiles")]
    tune, window = Tune(service, "latency_drift", DEFAULTS), usual.WINDOW
    subject, least = _red.subject(service), tune.text("min_requests")
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_expr(service, tune.text("threshold"), least),
        summary=f"{subject}: requests take much longer than usual",
        description=f"Nine of ten requests of the last {window} took up to {{{{ $value | humanizeDuration }}}}, more "
        f"than {tune.shown('threshold')} of what is usual at this time of the week. Usual is the median of one, two "
        f"and three weeks ago; counted from {least} requests in {window} and "
        f"{units.short_duration(FLOOR)} on.",
        impact=f"Users of {service.name} wait longer than they are used to; nothing fails yet.",
        action=f"See whether it came in a step or grows: the panel over two weeks. Also {_red.after_deploy(service)}.",
        labels=(("slo", "latency"),),
        panel="latency_quantiles",
        since="1d",
    )
    return [tune.applied(alert)]


def _expr(service: Service, threshold: Leaf, least: Leaf) -> str:
    window, project = usual.WINDOW, service.project
    now, known = f"{usual_latency.half_hour(service)})", recorded.of(service, recorded.USUAL_LATENCY)
    requests = f"avg_over_time({recorded.of(service, recorded.requests(project))}[{window}])"
    conditions = (
        f"{now} > {threshold} * {known}",
        f"{now} > {units.plain(FLOOR)}",
        _red.in_window(requests, window, least),
        _red.in_window(recorded.of(service, recorded.USUAL), window, least),
    )
    return "\nand\n".join(conditions)


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Both sides of the threshold, of the floor, and of the guards: few requests now, and few usually."""
    tune, (alert,), project = Tune(service, "latency_drift", DEFAULTS), alerts, service.project
    edge, floor, told = tune.edge(), edges.around(FLOOR), tune.has("min_requests")
    guard = edges.around(Decimal(DEFAULTS["min_requests"]) / units.duration(usual.WINDOW))
    few, enough = ("1e6", "1e6") if told else (guard.under, guard.over)
    data = traffic.of_data(service, ("service", service.name))
    slow, noticed = (
        (Firing(alert, data, (("{{ $value | humanizeDuration }}", shown),)),)
        for shown in (edge.over_duration, floor.over_duration)
    )
    guarded: list[_red.Phase] = [((edge.over, "1", few, enough), ()), ((edge.over, "1", enough, few), ())]
    phases: list[_red.Phase] = [
        *([] if told else guarded),
        ((edge.under, "1", enough, enough), ()),
        ((floor.under, "1e-6", enough, enough), ()),
        ((edge.over, "1", enough, enough), slow),
        ((floor.over, "1e-6", enough, enough), noticed),
    ]
    durations = (recorded.quantile(project, usual_latency.QUANTILE), recorded.USUAL_LATENCY)
    names = (*durations, recorded.requests(project), recorded.USUAL)
    found = [_red.in_phases(service, alert, names, phases, lane="latency_drift", about="much slower than usual")]
    return [*found, _half_hours(service, alert, names, edge.over, slow)]


def _half_hours(service: Service, alert: Alert, names: tuple[str, ...], over: Leaf, firing: tuple[Firing, ...]) -> Case:
    """Samples every ten minutes: the middle one of half an hour decides, and not the last one nor the hour before."""
    hours = proof.steps(alert.for_, "hours") + 1
    labels = traffic.series_labels(service, f'service="{service.name}"')
    slow, busy = f"0 0 _ 9e9 {over} 0", "0 0 _ 3e6 0 0"
    usually = (proof.level(value, 6 * hours) for value in ("1", "1e6"))
    values = (" ".join(["0", *[slow] * hours]), " ".join(["0", *[busy] * hours]), *usually)
    now, known, requests, norm = (f"{name}{{{labels}}}" for name in names)
    series = tuple(zip((now, requests, known, norm), values, strict=True))
    claims = (*((Claim(hours - 1, NAME),) if hours > 1 else ()), Claim(hours, NAME, firing))
    return Case("latency_drift", "half hours much slower than usual", "hours", series, claims=claims, every=10)
