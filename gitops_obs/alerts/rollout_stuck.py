"""A rollout stands still.

## What it means

For a quarter of an hour one of two things is true of the workload (deployment, stateful set or daemon set):

- some of its pods run an old pod template, and within ten minutes none was replaced, or
- its controller has not looked at the last change at all (the observed generation is behind).

What runs is then not what was deployed. A rollout that is slow but moves on is not meant, and fires nothing.

## What to do now

1. What does Kubernetes say?

   ```
   kubectl -n shop rollout status --watch=false deployment/checkout
   kubectl -n shop describe deployment/checkout
   kubectl -n shop get pods -o wide
   ```
2. A new pod that does not get ready: image that cannot be pulled, failing probe, missing secret, no room on the nodes,
   or a quota. `kubectl -n shop describe pod` names it.
3. Take it back if the repair takes long: `kubectl -n shop rollout undo deployment/checkout`
4. The generation is behind? Then the controller manager of the cluster is in trouble, and so are other workloads.

## How to tune it

`for`, `keep_firing_for`, `severity`.

## When to turn it off

Where old pods stay on purpose: the update strategy `OnDelete`, a stateful set with a `partition`, or a deployment that
is paused halfway for long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import proof
from gitops_obs.alerts import _kubernetes, _red
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.alerts._kubernetes import Scene
    from gitops_obs.alerts._tune import Tune
    from gitops_obs.model import Service, Workload
    from gitops_obs.proof import Series

NAME = "RolloutStuck"
TITLE = "Rollout stands still"
GROUP = _kubernetes.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}
STILL = "10m"

_COUNT = "{{ $value }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for both signs."""
    return _kubernetes.rule(service, "rollout_stuck", DEFAULTS, _alert)


def _alert(tune: Tune, workload: Workload) -> Alert:
    service = tune.service
    wanted, updated, progress, lag = (
        _kubernetes.whole(service, name, STILL)
        for name in ("replicas_wanted", "replicas_updated", "rollout_progress", "generation_lag")
    )
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"(\n  {wanted} - {updated} > 0\n  and\n  {progress} == 0\n)\nor\n{lag} > 0",
        summary=f"{_red.subject(service)}: its rollout stands still",
        description=f"Behind by {_COUNT}: so many of its pods run an old pod template and none was replaced within "
        f"{STILL}, or its controller has not looked at so many changes.",
        impact="What runs is not what was deployed; a repair that was merged may not be live.",
        action=f"See what keeps new pods from getting ready: {_kubernetes.kubectl(workload, 'describe {}')}. If the "
        f"repair takes long: {_kubernetes.kubectl(workload, 'rollout undo {}')}.",
        labels=(_kubernetes.ROLLOUT,),
        panel="replicas",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Standing still, moving on, done, and not looked at by its controller."""
    (alert,) = alerts
    if service.workload is None or not _kubernetes.is_short(alert):
        return []
    # at the first step nothing can have moved yet
    scene, wait = _kubernetes.Scene(service, service.workload), max(proof.steps(alert.for_), 1)
    before = (Claim(wait - 1, NAME),) if alert.for_ else ()

    def case(about: str, updated: str, lag: str, count: str = "") -> Case:
        firing = (Firing(alert, scene.data(), ((_COUNT, count),)),) if count else ()
        series = _rollout(scene, updated, lag, wait)
        return Case("rollout_stuck", about, series=series, claims=(*before, Claim(wait, NAME, firing)))

    return [
        case("a rollout stands still", proof.level("999", wait), "0", "1"),
        case("a rollout moves on", f"0+1x{wait}", "0"),
        case("a rollout is done", proof.level("1000", wait), "0"),
        case("a controller does not look at a change", proof.level("1000", wait), "1", "1"),
    ]


def _rollout(scene: Scene, updated: str, lag: str, count: int) -> Series:
    """A thousand pods and a controller `lag` changes behind, told twice, once with old numbers; others in trouble."""

    def flat(value: str) -> str:
        return proof.level(value, count)

    found = scene.of_workload("replicas_wanted", flat("1000"), flat("900"))
    found += scene.of_workload("replicas_updated", updated, flat("1"))
    found += scene.of_workload("generation", flat(f"1{lag}"), flat("9"))
    found += scene.of_workload("observed", flat("10"), flat("6"))
    found += scene.strange_workloads("replicas_wanted", flat("5000"))
    found += scene.strange_workloads("replicas_updated", f"2000+1x{count}")
    return found + scene.strange_workloads("generation", flat("90")) + scene.strange_workloads("observed", flat("10"))
