"""99th percentile of how long requests take, by version.

**Question:** did the release make it slower?

**Good:** the new version's line continues the old one's. The first minutes after a start are often slower (caches,
compilation) and say little.

**What to do:** the new line stays above the old one: compare what changed, and take the release back if the objective
is missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "p99 by version"


def build(service: Service) -> object | Omitted:
    """One line a version."""
    signal = kit.signal(service, timed=True)
    label = signal.label("version")
    if label is None:
        return Omitted(signal.why_not("version"), "version")
    expr = signal.quantile("0.99", signal.panel_window, (label,))
    if expr is None:
        return Omitted(signal.why_not("quantiles"), "quantiles")
    lines = kit.latency_steps(service)
    return kit.timeseries(
        TITLE,
        "How long the slower requests take, by version. Good: the new line continues the old one, after the first "
        "minutes." + kit.watched(service, latency="REDLatencyHigh"),
        "s",
        [kit.target(expr, f"{{{{{label}}}}}")],
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        nothing=f"No durations with the label {label}",
    )
