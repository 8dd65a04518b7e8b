"""Fewer pods are ready than there should be.

## What it means

For a quarter of an hour the workload had fewer ready pods than it should have, and no rollout was moving: pods cannot
be placed, do not start, or do not get ready. The service runs with less capacity than planned; users notice when load
rises or the next pod goes.

When no pod is left, `target_absent` and the alerts on failed requests page; this one is a ticket.

## What to do now

1. Which pods are not ready, and why? The last lines of `describe` tell.

   ```
   kubectl -n shop get pods -o wide
   kubectl -n shop describe pod checkout-7d9f8b6c5d-x2k4p
   ```
2. `Pending`: no room on the nodes, a quota, or a volume that does not come. `Running` but not ready: the readiness
   probe fails; look at its log. `CrashLoopBackOff`: see `restarts`.
3. Since the last deploy? Take it back: `kubectl -n shop rollout undo deployment/checkout`

## How to tune it

`threshold` (share of the wanted pods that must be ready), `for`, `keep_firing_for`, `severity`. For a daemon set on
hundreds of nodes, of which one is always away:

```yaml
alerts:
  replicas_mismatched: {threshold: 95%}
```

## When to turn it off

Where pods wait on purpose, such as a standby that gets ready only when it takes over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import proof
from gitops_obs.alerts import _kubernetes, _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.alerts._kubernetes import Scene
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service, Workload
    from gitops_obs.proof import Series

NAME = "ReplicasMismatched"
TITLE = "Fewer pods ready than wanted"
GROUP = _kubernetes.GROUP
DEFAULTS = {"threshold": "100%", "for": "15m", "keep_firing_for": "10m", "severity": "ticket"}
STILL = "10m"

_SHARE = "{{ $value | humanizePercentage }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert."""
    return _kubernetes.rule(service, "replicas_mismatched", DEFAULTS, _alert)


def _alert(tune: Tune, workload: Workload) -> Alert:
    service = tune.service
    ready, wanted, progress = (
        _kubernetes.whole(service, name, STILL) for name in ("replicas_ready", "replicas_wanted", "rollout_progress")
    )
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{ready}\n/\n{wanted} < {tune.text('threshold')}\nand\n{progress} == 0",
        summary=f"{_red.subject(service)}: fewer pods are ready than wanted",
        description=f"{_SHARE} of the pods that there should be are ready, less than {tune.shown('threshold')}, while "
        "no rollout moves.",
        impact=f"{service.name} has less capacity than planned; users notice when load rises or one more pod goes.",
        action=f"Find the pods that are not ready ({_kubernetes.kubectl(workload, 'get pods -o wide')}) and describe "
        f"one. Also {_red.after_deploy(service)}.",
        labels=(_kubernetes.ROLLOUT,),
        panel="replicas",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """A little too few and enough; none while a rollout moves; and none wanted."""
    tune, (alert,) = Tune(service, "replicas_mismatched", DEFAULTS), alerts
    if service.workload is None or not _kubernetes.is_short(alert):
        return []
    scene, edge = _kubernetes.Scene(service, service.workload), tune.edge()
    wait = max(proof.steps(alert.for_), 1)  # at the first step nothing can have moved yet
    still, moving = proof.level("1000", wait), f"0+1x{wait}"
    firing = Firing(alert, scene.data(), ((_SHARE, edge.under_percent),))
    before = (Claim(wait - 1, NAME),) if alert.for_ else ()

    def case(about: str, ready: Leaf, updated: str, *claims: Claim, wanted: str = "1e3") -> Case:
        series = _replicas(scene, ready, wanted, updated, wait)
        return Case("replicas_mismatched", about, series=series, claims=(*claims, *([] if claims else [quiet])))

    quiet = Claim(wait, NAME)
    return [
        case("a little too few pods are ready", f"{edge.under}e3", still, *before, Claim(wait, NAME, (firing,))),
        case("enough pods are ready", f"{edge.over}e3", still),
        case("too few pods are ready amid a rollout", f"{edge.under}e3", moving),
        case("no pods are wanted", "0", still, wanted="0"),
    ]


def _replicas(scene: Scene, ready: Leaf, wanted: str, updated: str, count: int) -> Series:
    """What kube-state-metrics says, told twice, once with old numbers; and workloads that are not meant."""

    def flat(value: str) -> str:
        return proof.level(value, count)

    old = flat("0" if wanted == "0" else "1")
    found = scene.of_workload("replicas_ready", flat(ready), old)
    found += scene.of_workload("replicas_wanted", flat(wanted), old)
    found += scene.of_workload("replicas_updated", updated, old)
    found += scene.strange_workloads("replicas_ready", flat("5e3"))
    found += scene.strange_workloads("replicas_wanted", flat("9e3"))
    return found + scene.strange_workloads("replicas_updated", f"2000+1x{count}")
