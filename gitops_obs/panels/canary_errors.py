"""Share of requests that fail: the version chosen as `canary` on top of the page, against all others together.

**Question:** may the canary go on?

**Good:** the orange line is no higher than the blue one. With little traffic the canary's line is rough: one failed
request of twenty is five percent, so look at *Requests by version* as well.

**What to do:** clearly above for ten minutes: stop the canary and compare what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit, promql
from gitops_obs.panels import _tracks
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Error ratio, canary and stable"


def build(service: Service) -> object | Omitted:
    """Two lines."""
    signal = kit.signal(service)
    label, window = signal.label("version"), signal.panel_window
    if label is None:
        return Omitted(signal.why_not("version"), "version")
    errors, requests = signal.errors(window, (label,)), signal.requests(window, (label,))
    if errors is None or requests is None:
        return Omitted(signal.why_not("errors"), "errors")
    parts = [promql.aggregate("sum", _tracks.tracked(expr, label), ("track",)) for expr in (errors, requests)]
    lines = kit.error_steps(service)
    return kit.timeseries(
        TITLE,
        "Share of requests that fail, of the version chosen as canary and of all others. Good: the canary is no "
        "higher. Clearly above for ten minutes: stop it. Few requests make a rough line.",
        "percentunit",
        [kit.target(promql.ratio(*parts), "{{track}}")],
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        overrides=_tracks.OVERRIDES,
        nothing="No traffic by version",
    )
