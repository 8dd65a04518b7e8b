"""Queries of panels."""

from __future__ import annotations

from typing import Any


def target(
    expr: str, legend: str = "", *, exemplars: bool = False, interval: str = "", kind: str = ""
) -> dict[str, Any]:
    """A range query. `legend` names the series, such as `{{route}}`; without one Grafana finds a name.

    `interval` is the least step, such as `1d`; `kind` the format (`heatmap`).
    """
    found: dict[str, Any] = {"expr": expr, "legendFormat": legend or "__auto", "editorMode": "code", "range": True}
    found |= {"exemplar": True} if exemplars else {}
    found |= {"interval": interval} if interval else {}
    return found | ({"format": kind} if kind else {})


def instant(expr: str, legend: str = "", kind: str = "") -> dict[str, Any]:
    """A query at the end of the time range: what stats and tables (`kind` table) need."""
    found = {"expr": expr, "legendFormat": legend or "__auto", "editorMode": "code", "instant": True, "range": False}
    return found | ({"format": kind} if kind else {})
