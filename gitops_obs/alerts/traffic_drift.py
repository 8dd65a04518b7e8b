"""Far fewer requests arrive than is usual at this time of the week.

## What it means

The requests of the last half hour are less than half of what they usually are, usual being the median of the same
half hour one, two and three weeks ago (of as many weeks as there are). Nothing at all counts as zero requests. Errors
do not show this: requests that never arrive cannot fail.

The alert speaks only where a hundred requests are usual within the half hour. A service in its first week has no usual
traffic and gets no alert.

## What to do now

1. Is it a holiday, or the end of a campaign? Then this is right, and the alert ends by itself.
2. Does traffic arrive before the service? Look at the ingress, at DNS, certificates and feature flags, and at the
   services that call this one.
3. Was it the last deploy, of this service or of a caller? The deploy lines of both dashboards tell, and
   `kubectl -n shop rollout history deployment/checkout`. If so, roll that one back.
4. Are the metrics still collected? A renamed label looks like an end of traffic.

## How to tune it

`threshold` (the share of usual traffic, `30%`), `min_requests` (usual requests within half an hour), `for`,
`keep_firing_for`, `severity`:

```yaml
alerts:
  traffic_drift: {threshold: 30%, min_requests: 1000}
```

## When to turn it off

For services without a weekly rhythm: batch work, campaigns, internal tools.
Prometheus must keep data for more than a week, and for more than three to know a holiday from a loss.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import edges, proof, recorded, traffic, units
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.recordings import usual as usually
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

NAME = "REDTrafficDrift"
TITLE = "Traffic is far below usual"
GROUP = "slo"
DEFAULTS = {
    "threshold": "50%",
    "min_requests": "100",
    "for": "15m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset counts requests."""
    tune, signal = Tune(service, "traffic_drift", DEFAULTS), service.signal
    if signal.preset.requests is None:
        return [Omitted(signal.why_not("requests"), "requests")]
    window, usual = usually.WINDOW, recorded.of(service, recorded.USUAL)
    now = recorded.of(service, recorded.requests(service.project))
    expr = (
        f"(\n  avg_over_time({now}[{window}])\n  or\n  0 * {usual}\n)\n/\n{usual} < {tune.text('threshold')}\n"
        f"and\n{_red.in_window(usual, window, tune.text('min_requests'))}"
    )
    subject = _red.subject(service)
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=expr,
        summary=f"{subject}: far fewer requests than usual",
        description=f"The requests of the last {window} are {{{{ $value | humanizePercentage }}}} of what is usual at "
        f"this time of the week, less than {tune.shown('threshold')}. Usual is the median of one, two and three weeks "
        f"ago, and at least {tune.text('min_requests')} requests in {window}.",
        impact=f"Users may not reach {service.name} at all; requests that never arrive are in no error ratio.",
        action="See whether traffic arrives before the service (ingress, DNS, callers, feature flags). "
        f"Also {_red.after_deploy(service)}.",
        labels=(("slo", "traffic"),),
        panel="requests_by_status",
    )
    return [tune.applied(alert)]


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """A little too little and enough, nothing at all, and a service whose usual traffic is too small to judge."""
    tune, (alert,) = Tune(service, "traffic_drift", DEFAULTS), alerts
    edge, wait = tune.edge(), proof.steps(alert.for_, "hours")
    labels = traffic.series_labels(service, f'service="{service.name}"')
    now, usual = f"{recorded.requests(service.project)}{{{labels}}}", f"{recorded.USUAL}{{{labels}}}"

    def case(about: str, rate: str, norm: str, *shown: str, late: bool = False) -> Case:
        data = traffic.of_data(service, ("service", service.name))
        firing = tuple(Firing(alert, data, (("{{ $value | humanizePercentage }}", text),)) for text in shown)
        rates = f"0 {proof.level(rate, wait - 1)}" if late and wait else proof.level(rate, wait)
        series = ((usual, proof.level(norm, wait)), *(((now, rates),) if rate else ()))
        before = (Claim(wait - 1, NAME),) if wait else ()
        absent = () if rate else (recorded.requests(service.project),)
        claims = (*before, Claim(wait, NAME, firing))
        return Case("traffic_drift", about, "hours", series, claims=claims, absent=absent)

    guard = edges.around(Decimal(DEFAULTS["min_requests"]) / units.duration(usually.WINDOW))
    few, enough = guard.under, "1e6" if tune.has("min_requests") else guard.over
    return [
        case("a little too little of the usual traffic", f"{edge.under}e6", "1e6", edge.under_percent),
        case("a little more of the usual traffic, an hour after none", f"{edge.over}e6", "1e6", late=True),
        case("no traffic where there usually is some", "", enough, "0%"),
        *([] if tune.has("min_requests") else [case("hardly any traffic is usual", "0", few)]),
    ]
