"""A container is close to its memory limit.

## What it means

For a quarter of an hour the working set of a container was above 90 % of its memory limit. At the limit the kernel
kills it, in the middle of whatever it does. The working set is what the kernel's killer looks at: it leaves out the
file cache that can be given back.

The alert speaks once for each kind of container, and its description names the pods.

## What to do now

1. Which pods, and how fast does it rise? The dashboard's panel *Memory* shows it, and

   ```
   kubectl -n shop top pods --containers
   ```
2. Rising since a deploy: a leak. Take the deploy back, or restart pods until it is repaired:

   ```
   kubectl -n shop rollout undo deployment/checkout
   kubectl -n shop rollout restart deployment/checkout
   ```
3. Level and close to the limit: it needs that much. Raise the limit in Git.

## How to tune it

`threshold` (share of the limit), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  memory_near_limit: {threshold: 95%}
```

## When to turn it off

Where the process is told to fill its limit: caches, databases, and runtimes whose heap is as large as the limit.
Containers without a memory limit have no alert.
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

NAME = "MemoryNearLimit"
TITLE = "Memory is close to its limit"
GROUP = _kubernetes.GROUP
DEFAULTS = {"threshold": "90%", "for": "15m", "keep_firing_for": "10m", "severity": "ticket"}

_USED, _LIMIT = "container_memory_working_set_bytes", "kube_pod_container_resource_limits"
_SHARE = "{{ $value | humanizePercentage }}"
_IMAGE = 'image="registry.example/shop/app:1.4.2"'


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each kind of container."""
    return _kubernetes.rule(service, "memory_near_limit", DEFAULTS, _alert)


def _alert(tune: Tune, workload: Workload) -> Alert:
    service = tune.service
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_kubernetes.by_container(service, "max", f"\n  {_full(tune)}\n"),
        summary=f"{_red.subject(service)}: memory of {{{{ $labels.container }}}} is close to its limit",
        description=f"The working set is {_SHARE} of the memory limit, more than {tune.shown('threshold')}."
        f"{_kubernetes.pods(service, _full(tune))}",
        impact="At the limit the kernel kills the container, and the requests it is working on fail.",
        action="See on the dashboard whether it rises or is level. Rising since a deploy is a leak: "
        f"{_kubernetes.kubectl(workload, 'rollout undo {}')}. Level: raise the limit.",
        labels=(_kubernetes.RESOURCES,),
        panel="memory",
        since="24h",
    )


def _full(tune: Tune) -> str:
    return f"{_kubernetes.query(tune.service, 'memory_limit_ratio')} > {tune.text('threshold')}"


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """A little more and a little less than allowed, beside what is not the service's memory; and no limit."""
    tune, (alert,) = Tune(service, "memory_near_limit", DEFAULTS), alerts
    if service.workload is None:
        return []
    scene, pace, edge = _kubernetes.Scene(service, service.workload), _kubernetes.pace(alert), tune.edge()
    wait = proof.steps(alert.for_, pace)
    own = scene.workload.pod
    named = scene.named(_full(tune), scene.second, own, own)
    firing = [
        Firing(alert, scene.data(("container", container)), ((_SHARE, share), named))
        for container, share in ((_kubernetes.APP, edge.over_percent), (_kubernetes.SIDECAR, "900%"))
    ]
    before = (Claim(wait - 1, NAME),) if wait else ()

    def case(about: str, share: Leaf, most: str, *claims: Claim) -> Case:
        return Case("memory_near_limit", about, pace, _memory(scene, share, most, wait), claims=claims)

    used = scene.pod(_USED, proof.level("9e9", wait), _IMAGE)
    return [
        case("memory is a little too close to its limit", edge.over, "9", *before, Claim(wait, NAME, tuple(firing))),
        case("memory is a little less close to its limit", edge.under, "0", Claim(wait, NAME)),
        Case("memory_near_limit", "no memory limit", pace, used, claims=(Claim(wait, NAME),), absent=(_LIMIT,)),
    ]


def _memory(scene: Scene, share: Leaf, most: str, count: int) -> Series:
    """One pod uses `share` in both containers, another nothing, or in its sidecar `most`.

    Old cgroups, pauses, whole pods, other pods and limits of other things do not count.
    """
    memory, full, sidecar = ('resource="memory"', 'unit="byte"'), (_IMAGE,), _kubernetes.SIDECAR

    def flat(value: str) -> str:
        return proof.level(value, count)

    found: Series = ()
    for second in (False, True):
        found += scene.pod(_LIMIT, flat("1e9"), *memory, 'instance="a"', second=second)
        found += scene.pod(_LIMIT, flat("1e9"), *memory, container=sidecar, second=second)
    found += scene.pod(_USED, flat(f"{share}e9"), *full) + scene.pod(_USED, flat("0"), *full, second=True)
    found += scene.pod(_USED, flat(f"{share}e9"), *full, container=sidecar)
    found += scene.pod(_USED, flat(f"{most}e9"), *full, container=sidecar, second=True)
    found += scene.pod(_USED, flat("0.1e9"), *full, 'id="/old"')
    found += scene.pod(_LIMIT, flat("0.5e9"), *memory, 'instance="b"')
    found += scene.pod(_LIMIT, flat("1e12"), 'resource="ephemeral_storage"', 'unit="byte"')
    found += scene.pod(_USED, flat("9e9")) + scene.pod(_USED, flat("9e9"), *full, container="")
    found += scene.pod(_LIMIT, flat("1e9"), *memory, container="")
    return found + scene.strange_pods(_USED, flat("9e9"), *full) + scene.strange_pods(_LIMIT, flat("1e9"), *memory)
