"""The kernel killed a container that ran out of memory.

## What it means

Within the last hour a container was restarted, and the kernel had killed it because it wanted more memory than its
limit. The requests it was working on failed. The alert speaks once for each kind of container, and its description
names the pods.

## What to do now

1. Was it the last deploy? The dashboard's panel *Memory* shows whether use rises since then. If so, take it back:

   ```
   kubectl -n shop rollout undo deployment/checkout
   ```
2. What did it do then? One large request, an export, a burst of traffic:

   ```
   kubectl -n shop logs --previous checkout-7d9f8b6c5d-x2k4p
   ```
3. Otherwise it needs more than it may have: raise the limit in Git, or tell the runtime how large its heap may be.

## How to tune it

`for`, `keep_firing_for`, `severity`.

## When to turn it off

For batch work that is meant to be killed and started again.
A kill that takes the whole pod away, as when the node itself runs out of memory, leaves no restart behind; then the
dashboard's panel *Replicas* shows the gap.
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

NAME = "OOMKilled"
TITLE = "Out of memory, killed"
GROUP = _kubernetes.GROUP
DEFAULTS = {"for": "0s", "keep_firing_for": "0s", "severity": "ticket"}
WINDOW = "1h"

_RESTARTS, _REASON = "kube_pod_container_status_restarts_total", "kube_pod_container_status_last_terminated_reason"
_TIMES = '{{ $value | printf "%.0f" }}'


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each kind of container."""
    return _kubernetes.rule(service, "oom_killed", DEFAULTS, _alert)


def _alert(tune: Tune, workload: Workload) -> Alert:
    service, killed = tune.service, _killed(tune.service)
    undo, logs = (_kubernetes.kubectl(workload, words) for words in ("rollout undo {}", "logs --previous"))
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_kubernetes.by_container(service, "sum", f"\n  {killed}\n"),
        summary=f"{_red.subject(service)}: {{{{ $labels.container }}}} ran out of memory and was killed",
        description=f"The kernel killed it for using more memory than its limit. Restarts within {WINDOW}: "
        f"{_TIMES}.{_kubernetes.pods(service, killed)}",
        impact=f"The requests it was working on failed, and {service.name} had less capacity until it was back.",
        action=f"See on the dashboard whether use rises since a deploy: {undo}. Otherwise see what it did ({logs} and "
        "the pod), and raise the limit.",
        labels=(_kubernetes.RESOURCES,),
        panel="memory",
        since="6h",
    )


def _killed(service: Service) -> str:
    return _kubernetes.query(service, "oom_killed", WINDOW)


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Killed for want of memory, restarted for another reason, and killed long ago."""
    (alert,) = alerts
    if service.workload is None or not _kubernetes.is_short(alert):
        return []
    scene, wait = _kubernetes.Scene(service, service.workload), proof.steps(alert.for_)
    at = 1 + wait
    filled = ((_TIMES, "4"), scene.named(_killed(service), scene.second, scene.workload.pod))
    firing = Firing(alert, scene.data(("container", _kubernetes.APP)), filled)
    before = (Claim(at - 1, NAME),)
    return [
        Case("oom_killed", "killed for want of memory", series=_killings(scene, "0", "1", "3", at),
             claims=(*before, Claim(at, NAME, (firing,)))),
        Case("oom_killed", "killed long ago", series=_killings(scene, "7", "7", "7", at), claims=(Claim(at, NAME),)),
    ]  # fmt: skip


def _killings(scene: Scene, before: str, after: str, often: str, count: int) -> Series:
    """Restarts of two pods that ran out of memory, of a sidecar that ended otherwise, and of strangers."""
    killed, other, once = 'reason="OOMKilled"', 'reason="Error"', proof.level("1", count + 1)
    none = proof.level("0", count + 1)
    found = scene.pod(_RESTARTS, f"{before} {after}+0x{count}", 'instance="a"') + scene.pod(_REASON, once, killed)
    # a copy of kube-state-metrics that lags behind
    found += scene.pod(_RESTARTS, f"{before}+0x{count + 1}", 'instance="b"')
    found += scene.pod(_REASON, none, killed, 'instance="b"')
    found += scene.pod(_RESTARTS, f"{before} {often}+0x{count}", second=True)
    found += scene.pod(_REASON, once, killed, second=True)
    found += scene.pod(_RESTARTS, f"0 9+0x{count}", container=_kubernetes.SIDECAR)
    found += scene.pod(_REASON, once, other, container=_kubernetes.SIDECAR)
    found += scene.pod(_REASON, none, killed, container=_kubernetes.SIDECAR)
    found += scene.strange_pods(_RESTARTS, f"0 9+0x{count}") + scene.strange_pods(_REASON, once, killed)
    return found
