"""Words that panels share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.signal import Signal

NO_OBJECTIVE = "the service file sets no objective under `slos:`"


def percentile(q: str) -> str:
    """`0.99` → `p99`, `0.999` → `p99.9`."""
    digits = q.removeprefix("0.").ljust(2, "0")
    return f"p{digits[:2]}" + (f".{digits[2:]}" if digits[2:] else "")


def watched(service: Service, **alerts: str) -> str:
    """A sentence that names the alerts (id=name) looking at a panel; "" where the service has turned all off."""
    names = [name for key, name in alerts.items() if not ((found := service.setting(key)) and found.off)]
    return f" Watched by {' and '.join(names)}." if names else ""


def metric(signal: Signal) -> str:
    """Name of the metric that counts requests."""
    requests = signal.preset.requests
    return requests.metrics[0] if requests else ""


def nothing_of(signal: Signal) -> str:
    """What a chart says when there are no series at all, which is not the same as no traffic."""
    return f"No series of {metric(signal)} match. Is telemetry.select right, and the scrape?"
