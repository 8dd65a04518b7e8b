"""Several versions run side by side for longer than a rollout takes.

## What it means

For two hours more than one version of the service ran. A rollout takes minutes; two versions for hours mean that it
got stuck halfway, that a canary was forgotten, or that one pool of pods was left out. Users then get one behaviour
or the other, by chance.

Versions come from the service's own metrics where the preset knows them, otherwise from the image tags of its pods;
sidecars have versions of their own, which do not count as the service's.

## What to do now

1. Which versions, and where? The dashboard's panel *Version* shows them with their ages, its row *By version* how much
   traffic each gets.

   ```
   kubectl -n shop get pods -o custom-columns=POD:.metadata.name,IMAGE:.spec.containers[*].image,AGE:.status.startTime
   kubectl -n shop rollout status --watch=false deployment/checkout
   ```
2. Finish the rollout or take it back. Pods that were evicted and linger with an old image can be deleted.

## How to tune it

`for` (longer than your longest canary), `keep_firing_for`, `severity`:

```yaml
alerts:
  version_skew: {for: 12h}
```

## When to turn it off

Where several versions are wanted, such as one for each tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic
from gitops_obs.alerts import _kubernetes, _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Series

NAME = "VersionSkew"
TITLE = "Several versions run for long"
GROUP = "red"
DEFAULTS = {"for": "2h", "keep_firing_for": "10m", "severity": "ticket"}

_COUNT = "{{ $value }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset or the workload knows versions."""
    if service.signal.versions() is None and service.workload is None:
        return [Omitted(service.signal.why_not("version"), "version")]
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{_count(service)} > 1",
        summary=f"{_red.subject(service)}: several versions run side by side",
        description=f"{_COUNT} versions have run side by side for longer than a rollout takes.",
        impact=f"Users of {service.name} get one behaviour or the other, by chance.",
        action=_action(service),
        labels=(_kubernetes.ROLLOUT,),
        panel="version_now",
        since="24h",
    )
    return [Tune(service, "version_skew", DEFAULTS).applied(alert)]


def _count(service: Service) -> str:
    """How many versions run; of the container that runs most, where image tags tell."""
    level = recorded.level(service.project)
    if service.signal.versions() is not None:
        return promql.aggregate("count", recorded.of(service, recorded.VERSIONS), level)
    found = _kubernetes.query(service, "container_versions")
    return promql.aggregate("max", _kubernetes.by_container(service, "count", found), level)


def _action(service: Service) -> str:
    where = "See on the dashboard which versions run and since when"
    if workload := service.workload:
        where += f", and how far the rollout is: {_kubernetes.kubectl(workload, 'rollout status --watch=false {}')}"
    return f"{where}. Finish the rollout or take it back."


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Two versions, and one beside other services and sidecars with versions of theirs."""
    (alert,) = alerts
    wait = proof.steps(alert.for_, "hours")
    firing = Firing(alert, traffic.cluster(service), ((_COUNT, "2"),))
    before = (Claim(wait - 1, NAME),) if wait else ()

    def case(about: str, other: str, *claims: Claim) -> Case:
        return Case("version_skew", about, "hours", _running(service, other, wait), claims=claims)

    return [
        case("two versions run", "1.5.0", *before, Claim(wait, NAME, (firing,))),
        case("one version runs", "1.4.2", Claim(wait, NAME)),
    ]


def _running(service: Service, other: str, count: int) -> Series:
    values = proof.level("1", count)
    if service.workload is None or service.signal.versions() is not None:
        own = [(f'service="{service.name}"', version) for version in ("1.4.2", other)]
        others = [(f'service="{service.name}-other"', version) for version in ("1", "2", "3")]
        texts = (traffic.series_labels(service, of, f'version="{version}"') for of, version in (*own, *others))
        return tuple((f"{recorded.VERSIONS}{{{text}}}", values) for text in dict.fromkeys(texts))
    scene, metric = _kubernetes.Scene(service, service.workload), "kube_pod_container_info"
    found: Series = ()
    for copy in "ab":
        found += scene.pod(metric, values, _image("1.4.2"), f'instance="{copy}"')
    found += scene.pod(metric, values, _image(other), second=True)
    found += scene.pod(metric, values, _image("3.0.1"), container=_kubernetes.SIDECAR)
    for version in ("1", "2", "3"):
        found += scene.strange_pods(metric, values, _image(version))
    return found


def _image(version: str) -> str:
    return f'image_spec="registry.example:5000/shop/app:{version}"'
