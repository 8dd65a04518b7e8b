"""A shop window instrumented by hand with prometheus_client: the names of preset `prometheus_http`."""

from __future__ import annotations

import time

from _web import WELL, Faults, serve
from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("http_requests", "Requests", ["code", "handler", "method"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Duration of requests",
    ["handler"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BUILD = Gauge("catalogue_build_info", "Version of this program", ["version"])

faults = Faults()


def answer(method: str, path: str) -> int:
    """Answer as a handler would, and count."""
    started = time.perf_counter()
    status = 200 if faults.work() == WELL else 500
    DURATION.labels(path).observe(time.perf_counter() - started)
    REQUESTS.labels(str(status), path, method.lower()).inc()
    return status


BUILD.labels("2.7.0").set(1)
serve(answer, faults)
