"""Messages that wait.

**Question:** do the workers keep up?

**Good:** low, or a hill that comes down by itself after a burst.

**What to do:** rising for long: add workers, or look at what made each message slower. A red point means that nothing
moves at all: restart the stuck consumer, and look at the message it is at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Messages waiting"


def build(service: Service) -> object | Omitted:
    """The lag, and points where a queue makes no progress."""
    signal = kit.signal(service)
    lag, stuck = (signal.query(name, signal.panel_window) for name in ("queue_lag", "queue_stuck"))
    if lag is None:
        return Omitted("the preset measures no queue")
    targets = [kit.target(lag)]
    targets += [kit.target(f"sum({stuck})", "stuck")] if stuck else []
    return kit.timeseries(
        TITLE,
        "Messages that wait. Good: low, or falling. Rising for long: add workers, or find what made them slower.",
        "short",
        targets,
        many=True,
        overrides=[kit.marks("stuck", kit.BAD)],
        nothing="No queue metrics match",
    )
