"""Some instances of the service do not answer Prometheus, while others do.

## What it means

For fifteen minutes more than a quarter of the service's targets were down. Whoever is left carries the load of all, and
the metrics of the silent ones are missing from every other panel and alert. All of them down is `target_absent`, which
pages; this is a ticket, because users are still served.

A quarter, because a node that is drained or an instance that restarts is one of many for a while, and is nobody's
business; of two or three instances the loss of one counts. It exists only where the preset's metrics come from the
service itself.

## What to do now

1. Which ones? Prometheus tells under *Status → Targets*, with the error of the last scrape, or the query `up == 0` with
   the job of the service.
2. Do these instances run? Restarts, memory and failed probes show in

   ```
   kubectl -n shop get pods -o wide
   kubectl -n shop describe deployment/checkout
   ```
3. They run, and `/metrics` answers slowly or not? A scrape that times out is mostly an instance out of CPU or with too
   many series.
4. Only those of the new version? Then roll back: `kubectl -n shop rollout undo deployment/checkout`.

## How to tune it

`threshold` (the share that is down, `50%`), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  target_down: {threshold: 50%, for: 30m}
```

## When to turn it off

Where instances come and go by the minute and stay listed after they went, such as jobs and machines bought for an hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Series

NAME = "TargetDown"
TITLE = "Targets are down"
GROUP = "red"
DEFAULTS = {"threshold": "25%", "for": "15m", "keep_firing_for": "10m", "severity": "ticket"}
_SHARE = "{{ $value | humanizePercentage }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where `up` speaks for the service."""
    tune, up = Tune(service, "target_down", DEFAULTS), service.signal.up()
    if up is None:
        return [Omitted(service.signal.why_not("target"), "target")]
    # an average of 0 and 1 is not exact in every Prometheus, and one target of four is just a quarter
    answer, known = (promql.aggregate(op, up, recorded.level(service.project)) for op in ("sum", "count"))
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"1 - {answer} / {known} > {tune.text('threshold')} < 1",
        summary=f"{_red.subject(service)}: some targets are down",
        description=f"{_SHARE} of the service's targets are down, more than {tune.shown('threshold')}, while others "
        "answer.",
        impact=f"What is left of {service.name} carries the load of all, and metrics of the others are missing.",
        action=_action(service),
        labels=(("slo", "target"),),
        panel="replicas" if service.workload else "",
    )
    return [tune.applied(alert)]


def _action(service: Service) -> str:
    which = "See which ones, and the error of the last scrape, on Prometheus' page Status → Targets"
    if workload := service.workload:
        which += f", and whether they run: `kubectl -n {workload.namespace} get pods -o wide`"
    return f"{which}. Also {_red.after_deploy(service)}."


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """All of the targets, just as many as may be, and one more, beside strangers of which most are down."""
    tune, (alert,) = Tune(service, "target_down", DEFAULTS), alerts
    wait = proof.steps(alert.for_, "hours")
    told = tune.has("threshold")
    share = tune.edge().over_percent if told else "27.27%"
    firing = Firing(alert, traffic.cluster(service), ((_SHARE, share),))
    ends = [(n + 1) * (wait + 1) - 1 for n in range(3)]
    before = (Claim(ends[2] - 1, NAME),) if wait else ()
    claims = (Claim(ends[0], NAME), Claim(ends[1], NAME), *before, Claim(ends[2], NAME, (firing,)))
    count, other = wait + 1, service.signal.target_sample.others
    series = _of_any_share(tune, count) if told else _of_a_quarter(service, count)
    strangers = tuple(
        _up(service, one.labels, name, proof.level(up, 3 * count - 1))
        for one in other
        for name, up in (("x", "0"), ("y", "0"), ("z", "1"))
    )
    return [Case("target_down", "some targets are down", "hours", (*series, *strangers), claims=claims)]


def _of_a_quarter(service: Service, count: int) -> Series:
    """Twelve targets: all down, then three, which is a quarter; then one of those that are up is listed no more."""
    own, rest = service.signal.target_sample.labels, proof.level("1", 2 * count - 1)
    down = [proof.level("0", 3 * count - 1)] * 3
    up = [f"{proof.level('0', count - 1)} {rest}"] * 8
    gone = [f"{proof.level('0', count - 1)} {proof.level('1', count - 1)} stale"]
    return tuple(_up(service, own, str(n), values) for n, values in enumerate((*down, *up, *gone)))


def _of_any_share(tune: Tune, count: int) -> Series:
    """Two targets that answer a share of the time: any threshold, which no number of whole targets may meet."""
    edge, own = tune.edge(), tune.service.signal.target_sample.labels
    values = " ".join(proof.level(value, count - 1) for value in ("0", edge.under_rest, edge.over_rest))
    return tuple(_up(tune.service, own, name, values) for name in "ab")


def _up(service: Service, labels: str, instance: str, values: str) -> tuple[str, str]:
    return f'up{{{traffic.series_labels(service, labels)},instance="{instance}"}}', values
