"""What the alerts on a Kubernetes workload share: their queries and words, and the series of their proofs.

Each copy of kube-state-metrics has series of its own, so every query takes the maximum of them first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import companion, promql, proof, recorded, traffic
from gitops_obs.alerts._tune import Tune
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service, Workload
    from gitops_obs.proof import Pace, Series

GROUP = "kubernetes"
RESOURCES = ("slo", "resources")
ROLLOUT = ("slo", "rollout")
APP, SIDECAR = "app", "proxy"
"""Containers in proofs."""

_NOT_KNOWN = "the service file says nothing under `runs_on:`"
_LONGEST_BY_THE_MINUTE = 3600  # seconds of `for`; longer ones would make the proof slow
_SECOND_POD = {"deployment": "-7d9f8b6c5d-8zq5m", "statefulset": "-1", "daemonset": "-8zq5m"}


# rules --------------------------------------------------------------------------------------------------------------


def rule(
    service: Service, alert: str, defaults: Mapping[str, str], build: Callable[[Tune, Workload], Alert]
) -> list[Alert | Omitted]:
    """The alert `alert`, tuned; omitted where it is not known what the service runs on."""
    tune = Tune(service, alert, defaults)
    return [tune.applied(build(tune, service.workload))] if service.workload else [Omitted(_NOT_KNOWN)]


def query(service: Service, name: str, window: str = "5m", *, whole: bool = False) -> str:
    """A query of the companion presets about the service's workload; as a `whole` it has the project's cluster label.

    Raises KeyError where there is none.
    """
    level = recorded.level(service.project)
    for preset in ("k8s_resources", "deploy_info"):
        found = companion.query(preset, name, service.workload, window, level, whole=whole)
        if found is not None:
            return found
    raise KeyError(name)


def whole(service: Service, name: str, window: str = "5m") -> str:
    """The same as one number for the workload, without other labels."""
    return query(service, name, window, whole=True)


def by_container(service: Service, operator: str, expr: str) -> str:
    """`expr` about containers of pods for each kind of container: pods come and go, the alert stays the same one."""
    return promql.aggregate(operator, expr, (*recorded.level(service.project), "container"))


def pods(service: Service, expr: str) -> str:
    """Text that names up to three of the pods in `expr`, which may hold no backquote."""
    of = "".join(f" in {{{{ .Labels.{name} }}}}" for name in recorded.level(service.project))
    named = f"{{{{ range . }}}} {{{{ .Labels.pod }}}}{of};{{{{ end }}}}"
    return f"{{{{ with query `topk(3, {expr})` }}}} Pods, the worst three at most:{named}{{{{ end }}}}"


def kubectl(workload: Workload, words: str) -> str:
    """A command in the workload's namespace, `{}` being the workload as kubectl names it."""
    return f"`kubectl -n {workload.namespace} {words}`".replace("{}", f"{workload.kind}/{workload.name}")


# proofs -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scene:
    """Series about a workload and about what is not: another namespace, and another name in the same one."""

    service: Service
    workload: Workload

    def pod(self, metric: str, values: str, *labels: str, container: str = APP, second: bool = False) -> Series:
        """A series of a container of one pod of the workload, or of its second pod."""
        name = self.second if second else self.workload.pod
        return self._series(metric, values, self.workload.namespace, f'pod="{name}"', _container(container), *labels)

    def strange_pods(self, metric: str, values: str, *labels: str, container: str = APP) -> Series:
        """Series of pods that no selector of the workload may take."""
        own, inner = self.workload, (_container(container), *labels)
        elsewhere = self._series(metric, values, f"{own.namespace}-other", f'pod="{own.pod}"', *inner)
        return (*elsewhere, *self._series(metric, values, own.namespace, f'pod="other-{own.pod}"', *inner))

    def of_workload(self, name: str, values: str, *stale: str) -> Series:
        """What kube-state-metrics says of the workload: `replicas_wanted` and so on.

        `stale` are values of a second copy of it, which lags behind.
        """
        own = self.workload
        texts = zip("ab"[: 1 + len(stale)], (values, *stale), strict=True)
        return tuple(
            found
            for copy, text in texts
            for found in self._series(
                _METRICS[own.kind][name], text, own.namespace, f'{own.kind}="{own.name}"', f'instance="{copy}"'
            )
        )

    def strange_workloads(self, name: str, values: str) -> Series:
        """The same of workloads that are not the service's."""
        own, metric = self.workload, _METRICS[self.workload.kind][name]
        elsewhere = self._series(metric, values, f"{own.namespace}-other", f'{own.kind}="{own.name}"')
        return (*elsewhere, *self._series(metric, values, own.namespace, f'{own.kind}="{own.name}-other"'))

    @property
    def second(self) -> Leaf:
        """Name of another pod of the workload."""
        return f"{self.workload.name}{_SECOND_POD[self.workload.kind]}"

    def data(self, *labels: tuple[str, Leaf]) -> tuple[tuple[str, Leaf], ...]:
        """Labels that an alert has from the data."""
        return traffic.of_data(self.service, *labels)

    def named(self, expr: str, *found: Leaf) -> tuple[str, str]:
        """What `pods(service, expr)` becomes while `found` are the pods, the worst first."""
        of = "".join(f" in {value}" for _, value in traffic.cluster(self.service))
        named = "".join(f" {pod}{of};" for pod in found)
        return pods(self.service, expr), f" Pods, the worst three at most:{named}"

    def _series(self, metric: str, values: str, namespace: Leaf, *labels: Leaf) -> Series:
        inner = traffic.series_labels(self.service, f'namespace="{namespace}"', *labels)
        return ((f"{metric}{{{inner}}}", values),)


def pace(alert: Alert) -> Pace:
    """How a gauge is proven: by the minute beside the others, by the hour where the alert waits for long."""
    return "minutes" if is_short(alert) else "hours"


def is_short(alert: Alert) -> bool:
    """Whether the alert waits for so short a time that it can be proven by the minute."""
    return proof.seconds(alert.for_) <= _LONGEST_BY_THE_MINUTE


def _container(name: str) -> str:
    return f'container="{name}"' if name else ""


_METRICS = {
    "deployment": {
        "replicas_ready": "kube_deployment_status_replicas_ready",
        "replicas_wanted": "kube_deployment_spec_replicas",
        "replicas_updated": "kube_deployment_status_replicas_updated",
        "generation": "kube_deployment_metadata_generation",
        "observed": "kube_deployment_status_observed_generation",
    },
    "statefulset": {
        "replicas_ready": "kube_statefulset_status_replicas_ready",
        "replicas_wanted": "kube_statefulset_replicas",
        "replicas_updated": "kube_statefulset_status_replicas_updated",
        "generation": "kube_statefulset_metadata_generation",
        "observed": "kube_statefulset_status_observed_generation",
    },
    "daemonset": {
        "replicas_ready": "kube_daemonset_status_number_ready",
        "replicas_wanted": "kube_daemonset_status_desired_number_scheduled",
        "replicas_updated": "kube_daemonset_status_updated_number_scheduled",
        "generation": "kube_daemonset_metadata_generation",
        "observed": "kube_daemonset_status_observed_generation",
    },
}
