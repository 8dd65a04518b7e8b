"""Shapes that grafanalib still writes and Grafana has moved on from, as `finish` finds them in one panel.

Each function does what the migration of that number does in Grafana's `DashboardMigrator.ts`. Only those are here that
a dashboard saying schema 21 no longer gets from Grafana, or that a panel inside a dashboard of schema 37 needs.
"""

from __future__ import annotations

import re
from typing import Any

_PER_ROW = (1, 2, 3, 4, 6, 8, 12, 24)
_OLD_VARIABLE = re.compile(r"__(series|value|field)_(name|time|numeric|text|raw)\b")


def panel(found: dict[str, Any]) -> dict[str, Any]:
    """`found` (plain data, nulls and all) in shapes that Grafana 9 to 13 read without migrating."""
    found = dict(found)
    if found.get("type") == "graph":
        _graph_thresholds(found)
    if found.get("minSpan"):
        _max_per_row(found)
    if isinstance(found.get("options"), dict):
        found["options"] = _options(_variables(found["options"]))
    _mappings(found)
    return found


def _graph_thresholds(found: dict[str, Any]) -> None:
    """13: `grid.threshold1` and `threshold2` become `thresholds`."""
    grid = dict(found.pop("grid", None) or {})
    both = ((grid.get(f"threshold{n}"), grid.get(f"threshold{n}Color")) for n in (1, 2))
    values = [(value, colour) for value, colour in both if isinstance(value, (int, float))]
    falling = len(values) == 2 and values[0][0] > values[1][0]  # noqa: PLR2004
    mark = ("line", "lineColor") if grid.get("thresholdLine") else ("fill", "fillColor")
    drawn = [
        {"value": value, "op": "lt" if falling else "gt", mark[0]: True, mark[1]: colour, "colorMode": "custom"}
        for value, colour in values
    ]
    if drawn and isinstance(grid.get("threshold1"), (int, float)):
        found["thresholds"] = [*(found.get("thresholds") or []), *drawn]


def _max_per_row(found: dict[str, Any]) -> None:
    """17: `minSpan` becomes `maxPerRow`, for panels that repeat."""
    least = 24 / found["minSpan"]
    if found.get("maxPerRow") is None and found.get("repeat"):
        found["maxPerRow"] = max(number for number in _PER_ROW if number <= max(least, 1))


def _variables(value: Any) -> Any:
    """20 and 21: `$__series_name` becomes `$__series.name`, labels stand under `__field`."""
    if isinstance(value, str):
        return _OLD_VARIABLE.sub(r"__\1.\2", value).replace("__series.labels", "__field.labels")
    if isinstance(value, dict):
        return {key: _variables(inner) for key, inner in value.items()}
    return [_variables(inner) for inner in value] if isinstance(value, list) else value


def _options(options: dict[str, Any]) -> dict[str, Any]:
    """37: whether there is a legend stands in `showLegend`."""
    legend = options.get("legend")
    if not isinstance(legend, dict) or "displayMode" not in legend:
        return options
    hidden = legend["displayMode"] == "hidden" or legend.get("showLegend") is False
    shown = {"displayMode": "list" if hidden else legend["displayMode"], "showLegend": not hidden}
    return options | {"legend": legend | shown}


def _mappings(found: dict[str, Any]) -> None:
    """30: value mappings are objects of type and options; grafanalib's Table puts them beside `fieldConfig`."""
    config = found.get("fieldConfig")
    if not isinstance(config, dict):
        return
    defaults = dict(config.get("defaults") or {})
    aside = found.pop("mappings", None) if found.get("type") == "table" else None
    old = defaults.get("mappings") or aside
    if old:
        defaults["mappings"] = [_mapping(entry) for entry in old]
        found["fieldConfig"] = config | {"defaults": defaults}


def _mapping(entry: dict[str, Any]) -> dict[str, Any]:
    kind, result = entry.get("type"), {"text": entry.get("text")}
    if kind == 1:
        value = entry.get("value")
        if value == "null":
            return {"type": "special", "options": {"match": "null", "result": result}}
        return {"type": "value", "options": {str(value): result}}
    if kind == 2:  # noqa: PLR2004
        ends = {end: _number(entry.get(end)) for end in ("from", "to")}
        return {"type": "range", "options": ends | {"result": result}}
    return entry


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
