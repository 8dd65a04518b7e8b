"""99th percentile of how long requests take on the five slowest routes, over time.

**Question:** did all routes become slow together, or one alone?

**Good:** level lines, each where it always is; some routes are slow by nature.

**What to do:** a line that left its level at a deploy: look at what the deploy changed there. All lines up together: a
dependency that they share, or a lack of CPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "p99, five slowest routes"


def build(service: Service) -> object | Omitted:
    """p99 by route."""
    signal = kit.signal(service, routes=False)
    label = signal.label("route")
    if label is None:
        return Omitted(signal.why_not("route"), "route")
    expr = signal.quantile("0.99", signal.panel_window, (label,))
    if expr is None:
        return Omitted(signal.why_not("quantiles"), "quantiles")
    lines = kit.latency_steps(service)
    return kit.timeseries(
        TITLE,
        "The slowest routes, at each moment. Good: each at its usual level. All up together: something they share."
        + kit.watched(service, latency="REDLatencyHigh"),
        "s",
        [kit.target(f"topk(5, {expr})", f"{{{{{label}}}}}")],
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        nothing="No durations by route",
    )
