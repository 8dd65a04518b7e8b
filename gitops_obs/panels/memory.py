"""Memory of the fullest container of each kind, against its limit, and when the kernel killed one.

**Question:** is it running out of memory?

**Good:** level, and well below the dashed limit. A saw-tooth whose tops touch the limit ends in kills, the red points.

**What to do:** rising since a deploy: a leak, take it back. Level and close to the limit: raise the limit. The working
set is what the kernel's killer looks at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import companion, kit
from gitops_obs.promql import RATE_INTERVAL
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Memory"

_BY = "max by (container)"


def build(service: Service) -> object | Omitted:
    """Bytes in use and allowed; kills as points on the limit."""
    workload = kit.workload(service)
    asked = ("memory_usage", "memory_limit", "oom_killed")
    used, limit, killed = (companion.query("k8s_resources", name, workload, RATE_INTERVAL) for name in asked)
    if used is None:
        return Omitted("the service file says nothing under `runs_on:`")
    targets = [kit.target(f"{_BY} ({used})", "{{container}}")]
    if limit:
        targets.append(kit.target(f"{_BY} ({limit})", "{{container}} limit"))
    if limit and killed:
        marks = f"{_BY} ({limit})\nand on (container)\n{_BY} ({killed})"
        targets.append(kit.target(marks, "{{container}} killed"))
    return kit.timeseries(
        TITLE,
        "Working set of the fullest container of each kind, and its limit. Good: level and well below. A red point is "
        "a container killed for want of memory.",
        "bytes",
        targets,
        overrides=[kit.limit("/ limit$/"), kit.marks("/ killed$/", kit.BAD)],
        nothing="No container metrics for this workload",
    )
