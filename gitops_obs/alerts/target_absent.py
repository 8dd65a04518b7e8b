"""No instance of the service answers Prometheus.

## What it means

For five minutes no target of the service was up: either none is listed, or none could be scraped. Then the service is
down, or nobody can see it; its own metrics, and every alert on them, are silent in both cases. That is why this one
pages.

It exists only where the preset's metrics come from the service itself. Behind a proxy or an exporter, `up` speaks of
the proxy.

## What to do now

1. Are there any instances?

   ```
   kubectl -n shop get pods -o wide
   kubectl -n shop describe deployment/checkout
   ```
2. They run? Then Prometheus does not find them: look at its page *Status → Targets* for the job, and at the labels of
   service, service monitor or scrape configuration.
3. They crash? The dashboard's deploy lines and `kubectl -n shop rollout history deployment/checkout` tell whether the
   last deploy began it; if so, roll back: `kubectl -n shop rollout undo deployment/checkout`.

## How to tune it

`for`, `keep_firing_for`, `severity`. With a cluster label in the project file, clusters are told apart, and a cluster
whose targets are all down is named.

## When to turn it off

For services that are scaled to zero when idle, and for jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service, Workload

NAME = "TargetAbsent"
TITLE = "No target is up"
GROUP = "red"
DEFAULTS = {"for": "5m", "keep_firing_for": "0s", "severity": "page"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where `up` speaks for the service."""
    up, level = service.signal.up(), recorded.level(service.project)
    if up is None:
        return [Omitted(service.signal.why_not("target"), "target")]
    # absent() of a comparison has no labels, so the alert stays the same one while targets go from down to gone
    none = f"{promql.aggregate('max', up, level)} == 0\nor\nabsent(sum({up}))" if level else f"absent({up} == 1)"
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=none,
        summary=f"{_red.subject(service)}: no target is up",
        description="Prometheus could scrape no target of the service: none is listed, or none answers.",
        impact=f"{service.name} is down, or nobody can see it: its other alerts are silent meanwhile.",
        action=_action(service, service.workload),
        labels=(("slo", "target"),),
    )
    return [Tune(service, "target_absent", DEFAULTS).applied(alert)]


def _action(service: Service, workload: Workload | None) -> str:
    look = "See whether its instances run"
    if workload:
        look += f": `kubectl -n {workload.namespace} describe {workload.kind}/{workload.name}`"
    return f"{look}. If they do, Prometheus does not find them; if not, {_red.after_deploy(service)}."


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Down, gone, and one of two that answers."""
    (alert,) = alerts
    wait, labels = proof.steps(alert.for_), traffic.series_labels(service, service.signal.target_sample.labels)
    others = [traffic.series_labels(service, other.labels) for other in service.signal.target_sample.others]
    strangers = tuple((f'up{{{other},instance="c"}}', proof.level("1", wait + 1)) for other in others)
    one, two = (f'up{{{labels},instance="{name}"}}' for name in "ab")
    firing = Firing(alert, traffic.cluster(service))
    before = (Claim(wait - 1, NAME),) if wait else ()
    down = ((one, proof.level("0", wait + 1)), (two, proof.level("0", wait + 1)), *strangers)
    up = ((one, proof.level("0", wait + 1)), (two, proof.level("1", wait + 1)), *strangers)
    # nothing at all has no cluster either
    gone = (
        []
        if traffic.cluster(service)
        else [
            Case(
                "target_absent", "no target is listed", series=strangers, claims=(*before, Claim(wait, NAME, (firing,)))
            )
        ]
    )
    return [
        Case("target_absent", "every target is down", series=down, claims=(*before, Claim(wait, NAME, (firing,)))),
        Case("target_absent", "one target of two is up", series=up, claims=(Claim(wait, NAME),)),
        *gone,
    ]
