"""CPU cores in use, against the limit, and when the kernel held the service back.

**Question:** is it starved of CPU?

**Good:** the line stays well below the dashed limit, and there are no red points. A point means that a quarter or more
of the scheduling periods were cut short, which shows up as latency although the average looks harmless.

**What to do:** raise the limit or take it away, add replicas, or look at what a deploy made expensive. Without a limit
there is no dashed line and no throttling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import companion, kit
from gitops_obs.promql import RATE_INTERVAL
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "CPU"


def build(service: Service) -> object | Omitted:
    """Cores in use and allowed; throttling as points on the limit."""
    workload = kit.workload(service)
    asked = ("cpu_usage", "cpu_limit", "cpu_throttling")
    used, limit, throttled = (companion.query("k8s_resources", name, workload, RATE_INTERVAL) for name in asked)
    if used is None:
        return Omitted("the service file says nothing under `runs_on:`")
    targets = [kit.target(used, "in use")]
    targets += [kit.target(limit, "limit")] if limit else []
    targets += [kit.target(f"{limit}\nand\n{throttled} > 0.25", "held back")] if limit and throttled else []
    return kit.timeseries(
        f"{TITLE}, cores",
        "CPU in use and its limit. Good: well below, without red points, which mean that the limit held the service "
        "back in a quarter of the time or more.",
        "short",
        targets,
        overrides=[kit.override("in use", colour=kit.SERIES[0]), kit.limit("limit"), kit.marks("held back", kit.BAD)],
        nothing="No container metrics for this workload",
    )
