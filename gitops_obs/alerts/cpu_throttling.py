"""The CPU limit holds the service back most of the time.

## What it means

The kernel hands out CPU in periods of a tenth of a second. A container that has used up its limit stands still for
the rest of the period. Within the last hour that happened in more than half of all periods, over all pods of the
workload together: requests wait although the average use of CPU looks harmless.

**Why it is quiet.** Being held back now and then is what a limit is for, and alerts on a quarter of the periods within
some minutes are the noisiest that people know. This one asks for half of them, over an hour and over all pods, so
neither a pod that warms up nor a nightly job is enough. Whether users wait is for the alerts on latency to say; this
one is a ticket.

## What to do now

1. Is it one pod or all? How much is used, and how much allowed?

   ```
   kubectl -n shop top pods --containers
   ```
2. Since a deploy? The dashboard's panel *CPU* shows when it began. If so, look at what became expensive.
3. Otherwise raise the CPU limit or take it away (the request still guarantees a share), or add replicas. For runtimes
   that start a thread for each CPU of the node, tell them how many they have (`GOMAXPROCS`).

## How to tune it

`threshold` (share of the periods), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  cpu_throttling: {threshold: 80%}
```

## When to turn it off

For batch work, which may wait. Containers without a CPU limit are never held back, and nothing fires for them.
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

NAME = "CPUThrottled"
TITLE = "CPU limit holds the service back"
GROUP = _kubernetes.GROUP
DEFAULTS = {"threshold": "50%", "for": "15m", "keep_firing_for": "10m", "severity": "ticket"}
WINDOW = "1h"

_THROTTLED, _PERIODS = "container_cpu_cfs_throttled_periods_total", "container_cpu_cfs_periods_total"
_SHARE = "{{ $value | humanizePercentage }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for all pods of the workload together."""
    return _kubernetes.rule(service, "cpu_throttling", DEFAULTS, _alert)


def _alert(tune: Tune, workload: Workload) -> Alert:
    service = tune.service
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{_kubernetes.query(service, 'cpu_throttling', WINDOW)} > {tune.text('threshold')}",
        summary=f"{_red.subject(service)}: the CPU limit holds it back",
        description=f"In {_SHARE} of the scheduling periods of the last {WINDOW} a container stood still because its "
        f"CPU limit was used up, more than {tune.shown('threshold')}.",
        impact=f"Requests to {service.name} may take longer than they need to, above all when there are many.",
        action=f"See which container it is ({_kubernetes.kubectl(workload, 'top pods --containers')}). Raise its CPU "
        "limit or take it away, or add replicas.",
        labels=(_kubernetes.RESOURCES,),
        panel="cpu",
        since="6h",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """A little more and a little less than allowed, over two pods of different size, beside others; and no limit."""
    tune, (alert,) = Tune(service, "cpu_throttling", DEFAULTS), alerts
    if service.workload is None or not _kubernetes.is_short(alert):
        return []
    scene, wait, edge = _kubernetes.Scene(service, service.workload), proof.steps(alert.for_), tune.edge()
    at = 1 + wait
    firing = Firing(alert, scene.data(), ((_SHARE, edge.over_percent),))
    before = (Claim(at - 1, NAME),) if wait else ()

    def case(about: str, share: Leaf, *claims: Claim) -> Case:
        return Case("cpu_throttling", about, series=_throttled(scene, share, at + 1), claims=claims)

    return [
        case("the CPU limit holds back a little too much", edge.over, *before, Claim(at, NAME, (firing,))),
        case("the CPU limit holds back a little less", edge.under, Claim(at, NAME)),
        Case("cpu_throttling", "no CPU limit", claims=(Claim(at, NAME),), absent=(_THROTTLED, _PERIODS)),
    ]


def _throttled(scene: Scene, share: Leaf, count: int) -> Series:
    """`share` of the periods of a small pod and of one with ten times as many; cgroups and pods that do not count.

    Any period at all says that there is a limit, be it less than one.
    """
    found: Series = ()
    for second, scale in ((False, "e-6"), (True, "e-5")):
        found += scene.pod(_THROTTLED, proof.rising(f"{share}{scale}", count), second=second)
        found += scene.pod(_PERIODS, proof.rising(f"1{scale}", count), second=second)
    for metric, step in ((_THROTTLED, "9e8"), (_PERIODS, "2e9")):
        found += scene.pod(metric, proof.rising(step, count), container="")
        found += scene.strange_pods(metric, proof.rising(step, count))
    return found
