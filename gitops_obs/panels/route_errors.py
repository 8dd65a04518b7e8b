"""Share of requests that fail on the five worst routes, over time.

**Question:** did all routes begin to fail together, or one alone?

**Good:** no lines at all: routes without failures are not drawn.

**What to do:** one line: look at that route's code and its own dependency. Several that rise at one moment share the
reason: a dependency, a deploy, a node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Error ratio, five worst routes"


def build(service: Service) -> object | Omitted:
    """The ratio by route, above 0."""
    signal = kit.signal(service, routes=False)
    label = signal.label("route")
    if label is None:
        return Omitted(signal.why_not("route"), "route")
    expr = signal.error_ratio(signal.panel_window, (label,))
    if expr is None:
        return Omitted(signal.why_not("errors"), "errors")
    lines = kit.error_steps(service)
    return kit.timeseries(
        TITLE,
        "The routes that fail most, at each moment. Good: empty. One line points at that route, several at what they "
        "share." + kit.watched(service, error_ratio="REDErrorRatioHigh"),
        "percentunit",
        [kit.target(f"topk(5, {expr} > 0)", f"{{{{{label}}}}}")],
        lines=lines,
        ceiling=lines[-1][0] if lines else None,
        nothing="No route fails",
    )
