"""A panel in Python: what YAML cannot say, here one query for each route that has an objective of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafanalib.core import Target, TimeSeries
from grafanalib.formatunits import PERCENT_UNIT

from gitops_obs import kit

if TYPE_CHECKING:
    from gitops_obs.model import Service

WIDTH, HEIGHT = 12, 8


def build(service: Service) -> TimeSeries | None:
    """Error ratios of the routes whose availability objective differs from the service's, None where none does."""
    signal, label = kit.signal(service), service.signal.label("route")
    routes = [route for route in service.routes if route.availability]
    targets = [
        Target(
            expr=signal.error_ratio(signal.panel_window, (), f"{label}={route.match}"),
            legendFormat=f"{route.route} (objective {route.availability.percent})",
        )
        for route in routes
        if route.availability
    ]
    if not targets:
        return None
    return TimeSeries(
        title="Error ratio of routes with their own objective",
        description="Share of requests that fail, for routes that promise more or less than the whole service does.",
        unit=PERCENT_UNIT,
        targets=targets,
    )
