"""99th percentile of how long requests take: the version chosen as `canary` on top of the page, against each other one.

**Question:** is the canary slower?

**Good:** the orange line lies among the blue ones, after the first minutes of warming up.

**What to do:** above all of them for ten minutes: stop the canary and compare what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.panels import _tracks
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "p99, canary and stable"


def build(service: Service) -> object | Omitted:
    """One line for the canary and one for each other version, since quantiles cannot be added up."""
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
        "How long the slower requests take, of the version chosen as canary and of each other one. Good: the canary "
        "lies among them after its first minutes.",
        "s",
        [kit.target(_tracks.tracked(expr, label), f"{{{{track}}}} {{{{{label}}}}}")],
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        overrides=_tracks.OVERRIDES,
        nothing="No durations by version",
    )
