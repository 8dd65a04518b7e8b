"""A container keeps restarting.

## What it means

One container was restarted more than five times within an hour, and at least once within the last quarter of it: it
crashes, or its liveness probe fails, again and again. Kubernetes waits longer each time, up to five minutes, so five
restarts are more than a rough start.

It is a ticket, not a page: the other pods go on serving, and when none is left, `target_absent` and the alerts on
failed requests page. The alert speaks once for each kind of container, and its description names the pods.

## What to do now

1. Why does it end? Its last words, and what Kubernetes says:

   ```
   kubectl -n shop logs --previous checkout-7d9f8b6c5d-x2k4p
   kubectl -n shop describe pod checkout-7d9f8b6c5d-x2k4p
   ```
2. Since the last deploy? Then take it back: `kubectl -n shop rollout undo deployment/checkout`
3. The liveness probe fails? A probe that asks dependencies, or that is impatient under load, kills what is healthy.

## How to tune it

`threshold` (restarts within an hour), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  restarts: {threshold: 10}
```

## When to turn it off

For programs that end on purpose, such as workers that are started anew after a number of jobs.
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

NAME = "ContainerRestarting"
TITLE = "A container keeps restarting"
GROUP = _kubernetes.GROUP
DEFAULTS = {"threshold": "5", "for": "10m", "keep_firing_for": "10m", "severity": "ticket"}
WINDOW, LATELY = "1h", "15m"

_RESTARTS = "kube_pod_container_status_restarts_total"
_TIMES = "{{ $value }}"
_MANY = "100000"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each kind of container."""
    return _kubernetes.rule(service, "restarts", DEFAULTS, _alert)


def _alert(tune: Tune, workload: Workload) -> Alert:
    service, often, lately = tune.service, _often(tune), _kubernetes.query(tune.service, "restarts_counted", LATELY)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_kubernetes.by_container(service, "max", f"\n  {often}\n  and\n  {lately} > 0\n"),
        summary=f"{_red.subject(service)}: {{{{ $labels.container }}}} keeps restarting",
        description=f"It was restarted {_TIMES} times within {WINDOW}, more than {tune.shown('threshold')}, and still "
        f"was within the last {LATELY}.{_kubernetes.pods(service, often)}",
        impact=f"{service.name} has less capacity than it should, and requests in flight fail with each restart.",
        action=f"Read its last words ({_kubernetes.kubectl(workload, 'logs --previous')} and the pod). "
        f"Also {_red.after_deploy(service)}.",
        labels=(_kubernetes.RESOURCES,),
        panel="replicas",
    )


def _often(tune: Tune) -> str:
    return f"{_kubernetes.query(tune.service, 'restarts_counted', WINDOW)} > {tune.text('threshold')}"


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """A little too often and a little less, by one container; and often, but no longer.

    Nothing is said where the alert waits for as long as it looks back: whole restarts cannot be put on both sides of
    a threshold, and what grows goes beyond it.
    """
    tune, (alert,) = Tune(service, "restarts", DEFAULTS), alerts
    wait, past = proof.steps(alert.for_), proof.steps(LATELY)
    if service.workload is None or wait + 1 >= past:
        return []
    scene, edge = _kubernetes.Scene(service, service.workload), tune.edge()
    at = 1 + wait
    own = scene.workload.pod
    named = scene.named(_often(tune), scene.second, own, own)
    firing = tuple(
        Firing(alert, scene.data(("container", container)), ((_TIMES, times), named))
        for container, times in ((_kubernetes.APP, edge.over), (_kubernetes.SIDECAR, _MANY))
    )

    def case(about: str, times: Leaf, most: str, *claims: Claim) -> Case:
        end = max(claim.at for claim in claims)
        return Case("restarts", about, series=_restarts(scene, times, most, end), claims=claims)

    over = "restarted a little too often, then no longer"
    ended = Claim(past + 2 + proof.steps(alert.keep_firing_for), NAME)
    return [
        case(over, edge.over, _MANY, Claim(at - 1, NAME), Claim(at, NAME, firing), ended),
        case("restarted a little less often", edge.under, "0", Claim(at, NAME)),
    ]


def _restarts(scene: Scene, times: Leaf, most: str, count: int) -> Series:
    """Both containers of one pod restart `times` at once, the sidecar of another `most`; strangers more often.

    Two more copies of kube-state-metrics saw none of it: one is stuck, and one began to run afterwards.
    """
    flat = f"0+0x{count}"
    found = scene.pod(_RESTARTS, f"0 {times}+0x{count}", 'instance="a"')
    found += scene.pod(_RESTARTS, f"0 {flat}", 'instance="b"')
    found += scene.pod(_RESTARTS, f"_ {times}+0x{count}", 'instance="c"')
    found += scene.pod(_RESTARTS, f"0 {times}+0x{count}", container=_kubernetes.SIDECAR)
    found += scene.pod(_RESTARTS, f"0 {flat}", second=True)
    found += scene.pod(_RESTARTS, f"0 {most}+0x{count}", container=_kubernetes.SIDECAR, second=True)
    return found + scene.strange_pods(_RESTARTS, f"0 9e9+0x{count}")
