"""Workers in the group.

**Question:** are all of them there?

**Good:** as many as are deployed. A line that jumps means a group that keeps sharing out its work anew, during which
nobody works.

**What to do:** fewer than deployed: look at the logs of the missing ones. Jumping: raise the session timeout, or find
what takes longer than the poll interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Workers"


def build(service: Service) -> object | Omitted:
    """A count."""
    signal = kit.signal(service)
    expr = signal.query("queue_members", signal.panel_window)
    if expr is None:
        return Omitted("the preset does not count workers")
    return kit.timeseries(
        TITLE,
        "Workers in the group. Good: as many as are deployed. Jumping: the group keeps sharing out its work anew.",
        "short",
        [kit.target(expr, "workers")],
        decimals=0,
        nothing="No group of that name",
    )
