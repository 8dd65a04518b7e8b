"""Version that runs, and since when.

**Question:** was there a deploy just before?

**Good:** one version, older than the trouble. Two versions mean a rollout under way, or one that got stuck.

**What to do:** a version about as old as the trouble is the first suspect: the deploy lines in the charts
show whether it began then, and the row *By version* whether only the new one suffers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, recorded
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Version"


def build(service: Service) -> object | Omitted:
    """Name and age of each version that runs; ages of more than a week count as one."""
    if service.signal.versions() is None and service.workload is None:
        return Omitted(service.signal.why_not("version"), "version")
    running = kit.recorded_of(service, recorded.VERSIONS)
    expr = f"time() - min by (version) (\n  min_over_time(timestamp({running})[7d:1m])\n  and\n  {running}\n)"
    description = (
        "Version that runs, and since when (a week at most). Good: one, older than the trouble. A younger one is the "
        "first suspect; two mean a rollout under way."
    )
    return kit.stat(
        TITLE, description, "s", [kit.instant(expr, "{{version}}")], decimals=0, names=True, nothing="Not known"
    )
