"""How durations are spread, over time: each column a moment, each cell a bucket of the histogram.

**Question:** is everybody slow, or a few? Two bands mean two kinds of requests, such as cached and not.

**Good:** one dark band, low, with little above it.

**What to do:** a second band that appears at a deploy line is a new slow path. A band at the very top is cut off by
the last bucket: give the histogram wider ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Latency, all requests"


def build(service: Service) -> object | Omitted:
    """The histogram as a heatmap."""
    signal = kit.signal(service, timed=True)
    expr = signal.buckets(signal.panel_window)
    histogram = signal.histogram_for()
    if expr is None or histogram is None:
        return Omitted(signal.why_not("quantiles"), "quantiles")
    description = (
        "How durations are spread. Good: one low, dark band. A second band from a deploy on is a new slow path; a band "
        "at the top is cut off by the last bucket." + kit.watched(service, latency="REDLatencyHigh")
    )
    query = kit.target(expr, "{{le}}", kind="heatmap")
    return kit.heatmap(TITLE, description, histogram.unit, query, kit.nothing_of(signal))
