"""Share of requests that fail, by version.

**Question:** is it the release?

**Good:** the new version fails no more than the old one.

**What to do:** only the new line is up: take the release back, then look for the reason. Both are up: it is not the
release; look at dependencies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Error ratio by version"


def build(service: Service) -> object | Omitted:
    """One line a version."""
    signal = kit.signal(service)
    label = signal.label("version")
    if label is None:
        return Omitted(signal.why_not("version"), "version")
    expr = signal.error_ratio(signal.panel_window, (label,))
    if expr is None:
        return Omitted(signal.why_not("errors"), "errors")
    lines = kit.error_steps(service)
    return kit.timeseries(
        TITLE,
        "Share of requests that fail, by version. Good: the new one fails no more than the old. Only the new one is "
        "up: take the release back." + kit.watched(service, error_ratio="REDErrorRatioHigh"),
        "percentunit",
        [kit.target(expr, f"{{{{{label}}}}}")],
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        nothing=f"No requests with the label {label}",
    )
