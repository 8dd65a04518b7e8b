"""Requests per second, now.

**Question:** is anybody using the service? A sudden fall is an outage upstream, a sudden rise a reason for everything
else on the page.

**Good:** about what it was at this hour yesterday and last week; the chart below shows both.

**What to do:** at 0, look whether the proxy or the queue before the service still sends. "No metric" means
that no such series is there at all: the scrape or `telemetry.select` is wrong, not the traffic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Requests"


def build(service: Service) -> object | Omitted:
    """A number; the name of the metric where there is none."""
    signal = kit.signal(service)
    expr = signal.requests(signal.panel_window)
    if expr is None:
        return Omitted(signal.why_not("requests"), "requests")
    description = (
        "Requests per second. Good: about what it was at this hour last week. At 0, look at what sends the traffic."
        + kit.watched(service, traffic_drift="REDTrafficDrift")
    )
    return kit.stat(TITLE, description, "reqps", [kit.instant(expr)], nothing="No metric")
