"""Share of requests that fail, over time.

**Question:** since when are users hurt, and how badly?

**Good:** below the orange dashed line, which is the share that the objective leaves. Above it the error budget burns;
above the red one fast enough to page. The thin grey line is the same time a week (or a day) ago.

**What to do:** look at the deploy lines first, then at *By route* and *By version*. A gap means no traffic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Error ratio"


def build(service: Service) -> object | Omitted:
    """The ratio, its past in grey, the objective and the page threshold as lines."""
    signal = kit.signal(service)
    window = signal.panel_window
    expr = signal.error_ratio(window)
    if expr is None:
        return Omitted(signal.why_not("errors"), "errors")
    past = signal.shifted("$compare")
    before = past.error_ratio(window) if past else None
    targets = [kit.target(expr, "failed requests")]
    targets += [kit.target(before, "$compare ago")] if before else []
    lines = kit.error_steps(service)
    description = (
        "Share of requests that fail. Good: below the orange line, which is the objective's share; above the red one "
        "it pages. A gap means no traffic. Look at the deploy lines, then at By route and By version."
        + kit.watched(service, error_ratio="REDErrorRatioHigh")
    )
    return kit.timeseries(
        TITLE,
        description,
        "percentunit",
        targets,
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        overrides=[kit.override("failed requests", colour=kit.SERIES[0]), kit.past()],
        nothing=kit.nothing_of(signal),
    )
