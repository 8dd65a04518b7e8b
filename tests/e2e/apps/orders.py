"""A service instrumented with OpenTelemetry's SDK and its Prometheus exporter: the names of preset `otel_http`.

The second argument is its version.
"""

from __future__ import annotations

import sys
import time

from _web import LOST, WELL, Faults, serve
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource

# advised by the semantic conventions for HTTP metrics
BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

faults = Faults()
resource = Resource({"service.name": "orders", "service.namespace": "shop", "service.version": sys.argv[2]})
meter = MeterProvider(metric_readers=[PrometheusMetricReader()], resource=resource).get_meter("shop.orders")
duration = meter.create_histogram(
    "http.server.request.duration",
    unit="s",
    description="Duration of HTTP server requests",
    explicit_bucket_boundaries_advisory=BOUNDS,
)


def answer(method: str, path: str) -> int:
    """Answer as a handler would, and record what instrumentation of an HTTP server records."""
    started = time.perf_counter()
    outcome = faults.work()
    status = 200 if outcome == WELL else 500
    attributes: dict[str, str | int] = {"http.request.method": method, "http.route": path, "url.scheme": "http"}
    if outcome != LOST:
        attributes["http.response.status_code"] = status
    if outcome != WELL:
        attributes["error.type"] = "ConnectionResetError" if outcome == LOST else str(status)
    duration.record(time.perf_counter() - started, attributes)
    return status


serve(answer, faults)
