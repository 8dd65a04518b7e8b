"""How long requests take, over time.

**Question:** since when do users wait, the unlucky ones or all of them?

**Good:** p99 below the dashed line of the objective, and near its thin grey self of a week (or a day) ago. p99 up and
p50 level means a part suffers: one route, one instance, lock or retry. All of them up means everybody waits.

**What to do:** points mark exemplars where the telemetry has them; they open the trace. *By route* says which route,
*Saturation* whether the service is starved. Without a histogram the mean is all there is, and it hides the unlucky.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.signal import Signal

TITLE = "Latency"


def build(service: Service) -> object | Omitted:
    """p50, p90 and p99 (and the objective's own), or the mean; the past in grey, the objective as a line."""
    signal = kit.signal(service, timed=True)
    found = _quantiles(service, signal) or _mean(signal)
    if not found:
        return Omitted(signal.why_not("quantiles"), "quantiles")
    lines = kit.latency_steps(service)
    why = "" if signal.quantile("0.5", signal.panel_window) else f" {signal.why_not('quantiles')}"
    description = (
        "How long requests take. Good: the slower ones stay below the objective's line and near the grey one of an "
        f"earlier period. Which route is slow is in By route below.{why}"
        + kit.watched(service, latency="REDLatencyHigh")
    )
    colours = [
        kit.override(name, colour=colour) for name, colour in zip(("p50", "p90", "p99"), kit.SERIES, strict=True)
    ]
    return kit.timeseries(
        TITLE,
        description,
        "s",
        found,
        lines=lines,
        wide=True,
        ceiling=lines[-1][0] if lines else None,
        overrides=[*colours, kit.past()],
        nothing=kit.nothing_of(signal),
    )


def _quantiles(service: Service, signal: Signal) -> list[dict[str, Any]]:
    own = {service.latency.quantile} if service.latency else set()
    asked = {q: signal.quantile(q, signal.panel_window) for q in sorted({"0.5", "0.9", "0.99"} | own, key=Decimal)}
    found = [
        kit.target(expr, kit.percentile(q), exemplars=signal.exemplars and q == "0.99")
        for q, expr in asked.items()
        if expr is not None
    ]
    past = signal.shifted("$compare") if signal.histogram_for() else None
    q = service.latency.quantile if service.latency else "0.99"
    before = past.quantile(q, signal.panel_window) if past else None
    return [*found, kit.target(before, f"{kit.percentile(q)}, $compare ago")] if found and before else found


def _mean(signal: Signal) -> list[dict[str, Any]]:
    mean = signal.mean(signal.panel_window)
    return [kit.target(mean, "mean")] if mean else []
