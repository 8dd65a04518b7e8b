"""What a cluster and the drift checker say of one service, in the names of kube-state-metrics, cAdvisor and gitops-obs.

`/fault?on=1&kind=drift` changes a deployment behind Git's back, `kind=oom` kills a container for want of memory.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from _web import Faults, serve
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

STARTED = time.time()
WORKLOAD = {"namespace": "shop", "deployment": "catalogue"}
PODS = ("catalogue-7d9f8b6c5d-x2k4p", "catalogue-7d9f8b6c5d-8zq5m")
IMAGE = "registry.example/shop/catalogue:2.7.0"
CHECKERS = ("kubernetes", "terraform", "ansible")
STATUSES = ("changed", "missing", "extra", "pending", "ignored", "unknown")
STATES = ("in_sync", "drift", "error", "partial", "empty")

faults = Faults()
Sample = tuple[str, dict[str, str], float]


class Cluster:
    """A collector for prometheus_client; everything is worked out anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """All families, counters by their suffix."""
        families: dict[str, Metric] = {}
        for name, labels, value in [*_cluster(), *_drift()]:
            if name not in families:
                kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                families[name] = kind(name, name)
            families[name].add_sample(name, labels, value)
        yield from families.values()


def _cluster() -> Iterator[Sample]:
    for name in ("status_replicas_ready", "spec_replicas", "status_replicas_updated"):
        yield f"kube_deployment_{name}", WORKLOAD, len(PODS)
    for name in ("metadata_generation", "status_observed_generation"):
        yield f"kube_deployment_{name}", WORKLOAD, 7
    for pod in PODS:
        yield from _pod({"namespace": "shop", "pod": pod}, killed=bool(faults.on.get("oom")) and pod == PODS[0])


def _pod(where: dict[str, str], *, killed: bool) -> Iterator[Sample]:
    age, inside = time.time() - STARTED, {**where, "container": "catalogue"}
    imaged = {**inside, "image": IMAGE}
    yield "kube_pod_container_info", {**imaged, "image_spec": IMAGE}, 1
    yield "kube_pod_container_resource_limits", {**inside, "resource": "cpu", "unit": "core"}, 1
    yield "kube_pod_container_resource_limits", {**inside, "resource": "memory", "unit": "byte"}, 512 * 2**20
    yield "kube_pod_container_status_restarts_total", inside, int(killed)
    yield "kube_pod_container_status_last_terminated_reason", {**inside, "reason": "OOMKilled"}, int(killed)
    yield "container_cpu_usage_seconds_total", imaged, 0.3 * age
    yield "container_cpu_cfs_periods_total", inside, 10 * age
    yield "container_cpu_cfs_throttled_periods_total", inside, 4 * age
    yield "container_memory_working_set_bytes", imaged, 300 * 2**20
    yield "process_start_time_seconds", where, STARTED


def _drift() -> Iterator[Sample]:
    for checker in CHECKERS:
        source = {"checker": checker, "source": "catalogue"}
        drifted = checker == "kubernetes" and bool(faults.on.get("drift"))
        yield from _check(source, drifted=drifted)
        for status in STATUSES:
            yield "gitops_obs_drift_resources", {**source, "status": status}, int(drifted and status == "changed")
        for state in STATES:
            yield (
                "gitops_obs_drift_check_state",
                {**source, "state": state},
                int(state == ("drift" if drifted else "in_sync")),
            )
        if drifted:
            thing = {"kind": "Deployment", "namespace": "shop", "name": "catalogue", "status": "changed"}
            yield "gitops_obs_drift_resource_info", {**source, **thing}, 1


def _check(source: dict[str, str], *, drifted: bool) -> Iterator[Sample]:
    now = time.time()
    yield "gitops_obs_drift_detected", source, int(drifted)
    yield "gitops_obs_drift_check_interval_seconds", source, 60
    yield "gitops_obs_drift_check_duration_seconds", source, 0.8
    yield "gitops_obs_drift_checked_resources", source, 5
    yield "gitops_obs_drift_resource_series_dropped", source, 0
    for name in ("check_last_run", "check_last_complete", "desired_fetch"):
        yield f"gitops_obs_drift_{name}_timestamp_seconds", source, now
    yield "gitops_obs_drift_last_in_sync_timestamp_seconds", source, STARTED if drifted else now
    yield "gitops_obs_drift_desired_revision_info", {**source, "revision": "8f14e45"}, 1
    if drifted:
        yield "gitops_obs_drift_first_detected_timestamp_seconds", source, STARTED


registry = CollectorRegistry()  # its process_start_time_seconds is that of pods
registry.register(Cluster())
serve(lambda _method, _path: 404, faults, registry)
