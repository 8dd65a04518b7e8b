"""Every route with its requests, failures, latency and share of all failures, the worst first.

**Question:** where does it hurt?

**Good:** no colour in the columns of errors and latency.

**What to do:** click a route: the whole page then shows that route alone. One route with nearly all the errors points
at its code or its own dependency; all routes alike point at what they share.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Service
    from gitops_obs.signal import Signal

TITLE = "Routes"


def build(service: Service) -> object | Omitted:
    """A table of instant queries, which the variable route does not narrow."""
    signal = kit.signal(service, routes=False)
    label = signal.label("route")
    found = list(_columns(service, signal, label)) if label else []
    if label is None or not found:
        return Omitted(signal.why_not("route"), "route")
    values = [f"Value #{name}" for name in "ABCD"] if len(found) > 1 else ["Value"]
    columns = [replace(column, source=value) for value, (_, column) in zip(values, found, strict=False)]
    return kit.table(
        TITLE,
        "Every route, the worst first. Good: no colour. Click a route to see it alone on the whole page.",
        [kit.instant(expr, kind="table") for expr, _ in found],
        [_route(service, label), *columns],
        sort=("Error ratio", "Requests") if signal.error_ratio("5m") else "Requests",
        nothing=f"No requests with the label {label}",
    )


def _columns(service: Service, signal: Signal, label: str) -> Iterator[tuple[str, kit.Column]]:
    """Expression and column of each number there is, by route."""
    window, by = signal.panel_window, (label,)
    if requests := signal.requests(window, by):
        yield f"{requests} > 0", kit.Column("", "Requests", "reqps", width=100)
    errors, whole, ratio = signal.errors(window, by), signal.errors(window), signal.error_ratio(window, by)
    if errors and whole and ratio:
        steps = kit.error_steps(service) or [(0.01, kit.WARN), (0.05, kit.BAD)]
        yield ratio, kit.Column("", "Error ratio", "percentunit", 2, 100, "background", steps)
    if p99 := signal.quantile("0.99", window, by):
        # a histogram without traffic has NaN for a quantile
        yield f"{p99} >= 0", kit.Column("", "p99", "s", width=90, cell="background", colours=kit.latency_steps(service))
    if errors and whole and ratio:
        share = f"(\n  {errors}\n  or\n  0 * {requests}\n)\n/ on () group_left ()\n({whole} > 0)"
        yield share, kit.Column("", "Of all errors", "percentunit", 0, 150, "gauge", base=kit.BAD, highest=1)


def _route(service: Service, label: str) -> kit.Column:
    only = f"/d/{service.uid}?${{__url_time_range}}&${{datasource:queryparam}}&var-route=${{__value.raw:percentencode}}"
    nameless = {"type": "special", "options": {"match": "empty", "result": {"text": "(no route)", "index": 0}}}
    return kit.Column(label, "Route", link=("Show this route alone", only), mappings=[nameless])
