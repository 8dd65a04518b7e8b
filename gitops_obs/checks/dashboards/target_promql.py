"""Queries are PromQL.

Every query of a Prometheus datasource parses, once Grafana's variables are replaced, and gives something that can be
drawn. A query that repeats another panel names one that exists.

**What to do:** correct the query; trying it in Prometheus shows where it breaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import promql
from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS419"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A query that does not parse, is empty, or repeats a panel that is not there."""
    ids = {panel.get("id") for panel in _reading.panels(dashboard)}
    for panel in _reading.panels(dashboard):
        for target in panel.get("targets", ()):
            if target.get("panelId") and target["panelId"] not in ids:
                yield _reading.of_target(panel, target, f"repeats panel {target['panelId']}, which is not there")
    for panel, target in _reading.queries(dashboard):
        expr = target["expr"]
        if not expr.strip():
            yield _reading.of_target(panel, target, "the query is empty")
        elif why := promql.error(expr):
            yield _reading.of_target(panel, target, f"not PromQL: {why}")
