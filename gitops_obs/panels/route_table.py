"""Every route with its requests, failures, latency and share of all failures, the worst first.

**Question:** where does it hurt?

**Good:** no colour in the columns of errors and latency.

**What to do:** click a route: the whole page then shows that route alone. One route with nearly all the errors points
at its code or its own dependency; all routes alike point at what they share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted


if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Routes"


def build(service: Service) -> object | Omitted:
    """A table of instant queries; the variable route does not narrow it."""
    signal = kit.signal(service, routes=False)
    label, window = signal.label("route"), signal.panel_window
    requests = signal.requests(window, (label,)) if label else None
    if label is None or requests is None:
        return Omitted(signal.why_not("route"), "route")
    errors, whole = signal.errors(window, (label,)), signal.errors(window)
    ratio, p99 = signal.error_ratio(window, (label,)), signal.quantile("0.99", window, (label,))
    shown = [(f"{requests} > 0", _requests_column(), True)]
    if ratio and errors and whole:
        share = f"{errors}\n/ on () group_left ()\n({whole} > 0)"
        shown += [(ratio, _ratio_column(service), True), (share, _share_column(), True)]
    if p99:
        shown.append((f"{p99} >= 0", _latency_column(service), True))
    names = iter("ABCD")
    columns = [replace(column, source=f"Value #{next(names)}" if len(shown) > 1 else "Value") for _, column, _ in shown]
    return kit.table(
        TITLE,
        "Every route, the worst first. Good: no colour. Click a route to see it alone on the whole page.",
        [kit.instant(expr, kind="table") for expr, _, _ in shown],
        [_route_column(service, label), *columns],
        sort="Errors" if ratio else "Requests",
        nothing=f"No requests by {label}",
    )
