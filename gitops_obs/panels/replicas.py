"""Replicas that are ready, of those wanted, and restarts.

**Question:** is all of it running?

**Good:** both lines on top of each other, no bars. Ready below wanted for longer than a rollout takes means pods that
do not start or do not get ready.

**What to do:** `kubectl describe` one that is not ready: image, probe, quota or node. Restarts: its last log lines
(`kubectl logs --previous`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import companion, kit
from gitops_obs.promql import RATE_INTERVAL
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Replicas"


def build(service: Service) -> object | Omitted:
    """Counts of pods, and of restarts as bars."""
    workload = kit.workload(service)
    ready = companion.query("deploy_info", "replicas_ready", workload, RATE_INTERVAL)
    wanted = companion.query("deploy_info", "replicas_wanted", workload, RATE_INTERVAL)
    restarts = companion.query("k8s_resources", "restarts", workload, RATE_INTERVAL)
    if ready is None:
        return Omitted("the service file says nothing under `runs_on:`")
    targets = [kit.target(f"sum({ready})", "ready")]
    targets += [kit.target(f"sum({wanted})", "wanted")] if wanted else []
    targets += [kit.target(f"sum({restarts}) > 0", "restarts")] if restarts else []
    return kit.timeseries(
        TITLE,
        "Pods that are ready, of those wanted, and restarts. Good: one line on the other, no points. Ready below "
        "wanted for long: describe a pod that is not.",
        "short",
        targets,
        decimals=0,
        overrides=[kit.override("ready", colour=kit.SERIES[0]), kit.limit("wanted"), kit.marks("restarts", kit.BAD)],
        nothing="No kube-state-metrics for this workload",
    )
