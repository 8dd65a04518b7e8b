"""Traffic fell to almost nothing within minutes.

## What it means

Less than a tenth (`threshold`) of the requests of the three hours before still arrive, for five minutes on end.
Requests that never arrive are in no error ratio, so nothing else may tell: a certificate that ran out, a DNS or ingress
change, a caller that was deployed, a network that is cut. Users are shut out, and so this one pages.

Where the request series vanish altogether, nothing counts as zero requests: the alert fires some ten minutes after the
last scrape. Where the targets are down too, `target_absent` says so earlier, and is the one to follow.

**What is usual is no drop.** The alert is silent

- where half of what is usual at this time of the week still arrives (`traffic_drift` says what usual is): a campaign
  that ends;
- where traffic fell as far (to twice the threshold) in one of the last three weeks, within half an hour of this time:
  a shop that closes, a nightly job that ends. In its first week a service has no such history, and each of them pages.
- where fewer than 3000 requests came in the three hours before, one in four seconds: quiet nights and idle services;
- through a restart of Prometheus or a gap in scraping of less than five minutes.

It ends when traffic is back, and three hours after the drop at the latest, because then nothing is left to compare
with; earlier where there were few requests. `traffic_drift` goes on as a ticket, where a week of history exists.

## What to do now

1. Can you reach the service as a user does? Then look at the callers: was one of them deployed or stopped?
2. You cannot? Look at what stands before it: DNS, certificates, ingress or load balancer, firewall, feature flags.

   ```
   kubectl -n shop get ingress,service,endpoints
   ```
3. Was it the last deploy of this service? The dashboard's deploy lines tell, and
   `kubectl -n shop rollout history deployment/checkout`; if so, roll back:
   `kubectl -n shop rollout undo deployment/checkout`.
4. Everything works? Then the metrics are lost: a renamed label or job looks like an end of traffic.

## How to tune it

`threshold` (the share that is left, `20%`), `min_requests` (requests within the three hours before), `for`,
`keep_firing_for`, `severity`:

```yaml
alerts:
  traffic_drop: {threshold: 20%, min_requests: 100000}
```

A `for` of less than the project's `rules.rate_window` pages at restarts of Prometheus.

## When to turn it off

For work in batches that come at no fixed time, and with clusters told apart, where traffic is moved from one to
another.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import edges, proof, recorded, traffic, units
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.recordings import traffic as before
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service

NAME = "REDTrafficDrop"
TITLE = "Traffic fell to almost nothing"
GROUP = "red"
DEFAULTS = {
    "threshold": "10%",
    "min_requests": "3000",
    "for": "5m",
    "keep_firing_for": "0s",
    "severity": "page",
}
_AS_USUAL = Decimal("0.5")
"""Share of the usual traffic at which a fall is none."""
_HABIT = 2
"""How many times the threshold is a fall that tells of a habit."""


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset counts requests, and counts them in time."""
    tune, signal = Tune(service, "traffic_drop", DEFAULTS), service.signal
    if signal.preset.requests is None:
        return [Omitted(signal.why_not("requests"), "requests")]
    if signal.preset.kind == "queue":
        return [Omitted("consumers rest while nothing is sent to them; `queue_stuck` tells when they should not")]
    if _red.window(service) != service.project.rate_window:
        return [Omitted("the samples come too late for a page; `traffic_drift` watches the same")]
    least = tune.text("min_requests")
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_expr(service, tune.text("threshold"), least),
        summary=f"{_red.subject(service)}: traffic fell to almost nothing",
        description=f"{{{{ $value | humanizePercentage }}}} of the requests of the {before.BEFORE} before are left, "
        f"less than {tune.shown('threshold')}, and it is not usual to lose them at this time of the week. Counted "
        f"from {least} requests in {before.BEFORE} on.",
        impact=f"Users do not reach {service.name}; requests that never arrive are in no error ratio.",
        action="See whether you reach it as a user does: DNS, certificate, ingress, then callers and feature flags. "
        f"Also {_red.after_deploy(service)}.",
        labels=(("slo", "traffic"),),
        panel="requests_by_status",
        since="6h",
    )
    return [tune.applied(alert)]


def _expr(service: Service, threshold: Leaf, least: Leaf) -> str:
    left, had = (recorded.of(service, name) for name in (recorded.kept(service.project), recorded.BEFORE))
    usual, fallen = (recorded.of(service, name) for name in (recorded.USUAL, recorded.USUAL_KEPT))
    return (
        f"{left} < {threshold}\n"
        f"unless\n{left} * {had} >= {units.plain(_AS_USUAL)} * {usual}\n"
        f"unless\n{fallen} < {_HABIT} * {threshold}\n"
        f"and\n{_red.in_window(had, before.BEFORE, least)}"
    )


# proofs --------------------------------------------------------------------------------------------------------------

_NONE, _LONGEST_FOR = "1e-12", 7200  # next to nothing; seconds for which the hours before hold one hour of traffic


@dataclass(frozen=True, slots=True)
class _Phase:
    """Four hours: traffic in one of them, nothing, and what is left (`left`) of it (`had`, three times the mean).

    `usual` and `fallen` are the usual traffic and the usual fall, "_" for no history.
    """

    had: str
    left: str
    usual: str
    fallen: str
    fires: bool = False


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Both sides of the threshold, of the guard and of what is usual; and the same without any history."""
    tune, (alert,) = Tune(service, "traffic_drop", DEFAULTS), alerts
    if proof.seconds(alert.for_) > _LONGEST_FOR:
        return []
    wait, labels = proof.steps(alert.for_, "hours"), _red.series_labels(service)
    rows: tuple[list[str], ...] = ([], [], [])
    claims: list[Claim] = []
    shown = (("{{ $value | humanizePercentage }}", tune.edge().under_percent),)
    firing = Firing(alert, traffic.of_data(service, ("service", service.name)), shown)
    for n, phase in enumerate(_phases(tune)):
        for row, values in zip(rows, _hours(phase, wait), strict=True):
            row.append(values)
        if phase.fires and wait:
            claims.append(Claim(4 * n + 2, NAME))
        claims.append(Claim(4 * n + 3, NAME, (firing,) if phase.fires else ()))
    names = (recorded.requests(service.project), recorded.USUAL, recorded.USUAL_KEPT)
    series = tuple((f"{name}{{{labels}}}", " ".join(row)) for name, row in zip(names, rows, strict=True))
    return [Case("traffic_drop", "traffic falls to almost nothing", "hours", series, claims=tuple(claims))]


def _hours(phase: _Phase, wait: int) -> Iterator[str]:
    yield " ".join((*[_NONE] * (2 - wait), phase.had, *[_NONE] * wait, phase.left))
    yield from ("_x4" if value == "_" else proof.level(value, 3) for value in (phase.usual, phase.fallen))


def _phases(tune: Tune) -> Iterator[_Phase]:
    guard = edges.around(Decimal(DEFAULTS["min_requests"]) / units.duration(before.BEFORE))
    if not tune.has("min_requests"):
        yield _Phase(_times(guard.under, 3), _NONE, "_", "_")
    edge, had = tune.edge(), "3e6"
    over, under, unusual, usual, habit, none = f"{edge.over}e6", f"{edge.under}e6", "1e12", "0", edge.under, "1"
    if not tune.has("min_requests") and not tune.has("threshold"):
        had, over, under = _times(guard.over, 3), _times(guard.over, edge.over), _times(guard.over, edge.under)
        norm = edges.around(Decimal(under) / _AS_USUAL)
        fallen = edges.around(_HABIT * units.quantity(DEFAULTS["threshold"]))
        unusual, usual, habit, none = norm.over, norm.under, fallen.under, fallen.over
    yield _Phase(had, over, "1e12", none)
    yield _Phase(had, under, usual, none)
    yield _Phase(had, under, unusual, habit)
    yield _Phase(had, under, unusual, none, fires=True)
    yield _Phase(had, under, "_", "_", fires=True)


def _times(number: str, factor: str | int) -> str:
    return units.plain(Decimal(number) * Decimal(factor))
