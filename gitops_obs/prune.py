"""What grafanalib says without having been told to: nulls, defaults and fields that no Grafana reads any more.

Dropped here so that diffs hold what a person meant. Only values equal to a default go; whatever was set stays.
"""

from __future__ import annotations

from typing import Any

# an explicit null means something here: the first threshold, an open end of a range, a value taken back
_NULLS_MATTER = frozenset({"steps", "mappings", "overrides", "transformations"})

_PANEL: dict[str, Any] = {
    "cacheTimeout": "",
    "description": "",
    "fontSize": "100%",
    "hideTimeOverride": False,
    "links": [],
    "mappings": [],
    "columns": [],
    "maxDataPoints": 100,
    "renderer": "flot",
    "targets": [],
    "thresholds": [],
    "transformations": [],
    "transparent": False,
}
_DEAD = ("editable", "error", "height", "isNew", "minSpan", "span")
_TARGET: dict[str, Any] = {
    "format": "time_series",
    "hide": False,
    "instant": False,
    "interval": "",
    "intervalFactor": 2,
    "metric": "",
    "step": 10,
    "target": "",
}
_FIELD: dict[str, Any] = {"custom": {}, "links": [], "mappings": [], "unit": ""}
_CUSTOM: dict[str, Any] = {
    "align": "auto",
    "axisLabel": "",
    "axisPlacement": "auto",
    "barAlignment": 0,
    "displayMode": "auto",
    "drawStyle": "line",
    "fillOpacity": 0,
    "filterable": False,
    "gradientMode": "none",
    "hideFrom": {"tooltip": False, "viz": False, "legend": False},
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "scaleDistribution": {"type": "linear", "log": 2},
    "showPoints": "auto",
    "spanNulls": False,
    "stacking": {},
    "thresholdsStyle": {"mode": "off"},
}
_OPTIONS: dict[str, Any] = {"sortBy": [], "showHeader": True, "dataLinks": [], "alertThreshold": True}
_DASHBOARD: dict[str, Any] = {"__inputs": [], "description": "", "hideControls": False, "style": "dark", "links": []}
_DEAD_ON_DASHBOARD = ("id", "gnetId", "version", "iteration", "rows", "sharedCrosshair")
_VARIABLE: dict[str, Any] = {"regex": "", "useTags": False, "tagsQuery": "", "tagValuesQuery": ""}
_INTERVALS = ("auto", "auto_min", "auto_count")


def panel(found: dict[str, Any]) -> dict[str, Any]:
    """A panel as plain data, without what nobody said. Its grid position, targets' datasources and id stay."""
    kept = _said(without_nulls(found), _PANEL, _DEAD)
    if kept.get("type") == "row":
        kept.pop("fieldConfig", None)
    if "fieldConfig" in kept:
        kept["fieldConfig"] = _field_config(kept["fieldConfig"], kept.get("type", ""))
    if kept.get("options"):
        kept["options"] = _said(kept["options"], _OPTIONS)
    if kept.get("targets"):
        kept["targets"] = [_target(target) for target in kept["targets"]]
    return kept


def variable(found: dict[str, Any]) -> dict[str, Any]:
    """A template variable without what nobody said."""
    kept = _said(without_nulls(found), _VARIABLE, () if found.get("type") == "interval" else _INTERVALS)
    if not kept.get("current", {}).get("text"):
        kept.pop("current", None)
    return kept


def dashboard(found: dict[str, Any]) -> dict[str, Any]:
    """The top level of a dashboard without what nobody said, and without what belongs to one Grafana (id, version)."""
    inner = {key: found[key] for key in ("panels", "annotations", "templating") if key in found}
    rest = without_nulls({key: value for key, value in found.items() if key not in inner})
    return _said(rest, _DASHBOARD, _DEAD_ON_DASHBOARD) | inner


def without_nulls(value: Any) -> Any:
    """`value` without keys whose value is None, except where None is an answer."""
    if isinstance(value, dict):
        return {
            key: inner if key in _NULLS_MATTER else without_nulls(inner)
            for key, inner in value.items()
            if inner is not None
        }
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _said(found: dict[str, Any], defaults: dict[str, Any], dead: tuple[str, ...] = ()) -> dict[str, Any]:
    # compared by type as well, since 0 == False
    return {
        key: value
        for key, value in found.items()
        if key not in dead and not (key in defaults and value == defaults[key] and type(value) is type(defaults[key]))
    }


def _field_config(found: dict[str, Any], kind: str) -> dict[str, Any]:
    defaults = _said(found.get("defaults", {}), {})
    if "custom" in defaults and kind in ("timeseries", "table"):
        defaults["custom"] = _said(defaults["custom"], _CUSTOM)
    defaults = _said(defaults, _FIELD)
    if "thresholds" in defaults and not defaults["thresholds"].get("steps"):
        defaults["thresholds"] = defaults["thresholds"] | {"steps": []}  # grafanalib's Stat has an empty text here
        if kind in ("timeseries", "graph", "text"):
            defaults.pop("thresholds")  # elsewhere, none at all means Grafana's own: red from 80 on
    return {"defaults": defaults, "overrides": found.get("overrides", [])}


def _target(found: dict[str, Any]) -> dict[str, Any]:
    kept = _said(found, _TARGET)
    if kept.get("query") == kept.get("expr"):
        kept.pop("query", None)
    return kept
