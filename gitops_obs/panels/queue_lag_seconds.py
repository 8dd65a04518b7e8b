"""How long the workers would need for what waits, at their present speed.

**Question:** how old is what users see?

**Good:** seconds. This, not the number of messages, is what an objective for a queue should name.

**What to do:** minutes and rising: add workers. Without any speed there is no estimate, and the line ends; *Messages
waiting* then shows whether they are stuck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Time to catch up"


def build(service: Service) -> object | Omitted:
    """An estimate in seconds."""
    signal = kit.signal(service)
    expr = signal.query("queue_lag_seconds", signal.panel_window)
    if expr is None:
        return Omitted("the preset does not tell how old waiting messages are")
    return kit.timeseries(
        TITLE,
        "Time the workers need for what waits, at their present speed. Good: seconds. Rising for long: add workers.",
        "s",
        [kit.target(expr)],
        many=True,
        nothing="No estimate: nothing is being consumed",
    )
