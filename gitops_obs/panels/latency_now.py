"""How long the slower requests take, now, against the objective.

**Question:** do users wait?

**Good:** green, below the duration that the objective names. The number is the percentile of the objective (p99
without one), or the mean where the telemetry has no histogram.

**What to do:** one route or all of them? *By route* tells. All at once mostly means a dependency, or a lack of CPU:
see *Saturation*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Latency"


def build(service: Service) -> object | Omitted:
    """A number; a dash without traffic."""
    signal = kit.signal(service, timed=True)
    q = service.latency.quantile if service.latency else "0.99"
    expr, name = signal.quantile(q, signal.panel_window), kit.percentile(q)
    if expr is None:
        expr, name = signal.mean(signal.panel_window), "Mean"
    if expr is None:
        return Omitted(signal.why_not("quantiles"), "quantiles")
    title = f"{name} (≤ {service.latency.threshold})" if service.latency else f"{name} latency"
    description = (
        f"{name} of how long requests take. Good: within the objective. A dash means no traffic. Which route is slow "
        "is in By route below." + kit.watched(service, latency="REDLatencyHigh")
    )
    # a histogram without traffic has NaN for a quantile
    return kit.stat(title, description, "s", [kit.instant(f"{expr} >= 0")], colours=kit.latency_steps(service))
