"""Panels and dashboards as Grafana 9 to 13 store them, out of whatever describes them.

Taken are grafanalib's objects (anything with `to_json_data`), builders of the Grafana Foundation SDK (anything with
`build`) and what they build (`to_json`), and plain dictionaries, in any mixture. Finished again, nothing changes.

Our own dashboards say schema 37. It is the last version whose shapes all of Grafana 9 to 13 read: 9.0 stops at 36 and
ignores 37's `showLegend`; 38 renames `custom.displayMode` of tables to `cellOptions`, which 9.x does not read; from 37
on, 10 to 13 migrate by themselves, in the browser and on the server, whose floor is 21 at the highest
(grafana/grafana: DashboardMigrator.ts, apps/dashboard/pkg/migration/schemaversion/migrations.go). A dashboard by
somebody else keeps what it says, but at least 21: what lies below is migrated here, the rest by Grafana.
"""

from __future__ import annotations

import contextlib
import copy
import enum
import re
import string
import sys
from collections.abc import Mapping
from typing import Any

from gitops_obs import grid, keys, migrate, prune

SCHEMA_VERSION = 37
_LEAST_VERSION = 21
_VARIABLE = "datasource"
_WITHOUT_QUERIES = frozenset({"row", "text", "dashlist", "news", "welcome", "alertlist", "annolist"})
_PANEL_KEYS = ("id", "type", "title", "description", "gridPos", "collapsed", "datasource", "interval", "timeFrom",
               "targets", "transformations", "fieldConfig", "options", "links", "panels")  # fmt: skip
_TARGET_KEYS = ("refId", "datasource", "expr", "legendFormat", "format", "instant", "range")
_DASHBOARD_KEYS = ("uid", "title", "description", "tags", "schemaVersion", "editable", "graphTooltip", "timezone",
                   "time", "refresh", "timepicker", "links", "annotations", "templating", "panels")  # fmt: skip
_BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "target": {"limit": 100, "matchAny": False, "tags": [], "type": "dashboard"},
    "type": "dashboard",
}


def plain(described: Any) -> Any:
    """`described` as dictionaries, lists, texts and numbers. Raises TypeError for what cannot be a part of either."""
    # grafanalib prints warnings to stdout, where a caller's JSON may be going
    with contextlib.redirect_stdout(sys.stderr):
        return _plain(described)


def panel(described: Any, variable: str = _VARIABLE) -> dict[str, Any]:
    """One panel, finished, with its id and place as far as it has them.

    Where it names no datasource it gets the one that the template variable `variable` holds.
    """
    found = plain(described)
    if not isinstance(found, dict) or not (found.get("type") or "libraryPanel" in found):
        raise TypeError(f"{type(described).__name__} is not a panel: it has no `type`")
    return _panel(found, {"type": "prometheus", "uid": f"${{{variable}}}"})


def dashboard(described: Any, *, key: str = "", editable: bool | None = None, source: str = "") -> dict[str, Any]:
    """A whole dashboard, finished.

    `key` gives a uid to a dashboard without one. `source`, the file it comes from, is named in the description and
    makes the dashboard one of ours (tag `gitops-obs`). `editable` says whether it may be edited in Grafana (None: as
    the dashboard says). Panels without an id get one from their title.
    """
    found = _read(described)
    variables = [prune.variable(entry) for entry in (found.get("templating") or {}).get("list") or ()]
    variable = next((entry["name"] for entry in variables if entry.get("type") == "datasource"), _VARIABLE)
    reference = {"type": "prometheus", "uid": f"${{{variable}}}"}
    panels = grid.pack([*grid.from_rows(found.get("rows") or ()), *(found.get("panels") or ())])
    panels = _identified([_panel(entry, reference) for entry in panels])
    variables = [_referring(entry, reference) if entry.get("type") == "query" else entry for entry in variables]
    if _uses(panels, reference) and not any(entry["name"] == variable for entry in variables):
        variables.insert(0, datasource_variable())
    tooltip = found.get("graphTooltip") or int(bool(found.get("sharedCrosshair")))
    top = prune.dashboard(found) | {
        "uid": found.get("uid") or re.sub(r"[^a-zA-Z0-9_-]+", "-", key)[:40] or None,
        "schemaVersion": max(found.get("schemaVersion") or 0, _LEAST_VERSION),
        "graphTooltip": tooltip,
        "annotations": {"list": _annotations(found, reference)},
        "templating": {"list": variables},
        "panels": panels,
    }
    return _ordered(_owned(top, editable, source), _DASHBOARD_KEYS)


def datasource_variable(uid: str = "") -> dict[str, Any]:
    """The template variable that chooses the Prometheus; `uid` is the datasource it starts with."""
    current = {"current": {"selected": False, "text": uid, "value": uid}} if uid else {}
    chosen = {"name": _VARIABLE, "label": "Data source", "type": "datasource", "query": "prometheus"}
    return chosen | current | {"hide": 0, "includeAll": False, "multi": False, "refresh": 1}


def _read(described: Any) -> dict[str, Any]:
    rows, panels = getattr(described, "rows", None), getattr(described, "panels", None)
    if rows and panels and hasattr(described, "to_json_data"):
        bare = copy.copy(described)  # given both, grafanalib drops the panels
        bare.panels = []
        described = {**plain(bare), "panels": panels}
    found = plain(described)
    if not isinstance(found, dict):
        raise TypeError(f"{type(described).__name__} is not a dashboard")
    return dict(found)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    for name in ("to_json_data", "build", "to_json"):
        method = getattr(value, name, None)
        if callable(method) and not isinstance(value, type):
            return _plain(method())
    raise TypeError(f"{type(value).__name__} is neither a grafanalib object nor plain data")


def _panel(found: dict[str, Any], reference: dict[str, str]) -> dict[str, Any]:
    inside = [_panel(entry, reference) for entry in found.get("panels") or ()]
    found = prune.panel(migrate.panel(found))
    if found.get("type") not in _WITHOUT_QUERIES and "libraryPanel" not in found:
        found = _referring(found, reference)
        used = {target.get("refId") for target in found.get("targets", ())}
        letters = (letter for letter in _letters() if letter not in used)
        targets = [
            _ordered(_referring({**target, "refId": target.get("refId") or next(letters)}, found["datasource"]),
                     _TARGET_KEYS)
            for target in found.get("targets", ())
        ]  # fmt: skip
        found |= {"targets": targets} if targets else {}
    if "panels" in found:
        found["panels"] = inside
    return _ordered(found, _PANEL_KEYS)


def _referring(found: dict[str, Any], reference: Any) -> dict[str, Any]:
    """With a datasource, if it named none."""
    return found | {"datasource": found["datasource"] if _named(found.get("datasource")) else reference}


def _named(datasource: Any) -> bool:
    return bool(datasource) and datasource != "default"


def _letters() -> Any:
    yield from string.ascii_uppercase
    yield from (first + second for first in string.ascii_uppercase for second in string.ascii_uppercase)


def _identified(panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    everyone = [entry for outer in panels for entry in (outer, *outer.get("panels", ()))]
    nameless = [entry for entry in everyone if not entry.get("id")]
    names = [str(entry.get("title") or entry.get("type") or "panel") for entry in nameless]
    taken = [entry["id"] for entry in everyone if entry.get("id")]
    ids = {id(entry): number for entry, number in zip(nameless, keys.panel_ids(names, taken), strict=True)}

    def named(entry: dict[str, Any]) -> dict[str, Any]:
        inside = {"panels": [named(inner) for inner in entry["panels"]]} if "panels" in entry else {}
        return _ordered(entry | {"id": entry.get("id") or ids[id(entry)]} | inside, _PANEL_KEYS)

    return [named(entry) for entry in panels]


def _uses(panels: list[dict[str, Any]], reference: dict[str, str]) -> bool:
    return any(entry.get("datasource") == reference or _uses(entry.get("panels", []), reference) for entry in panels)


def _annotations(found: dict[str, Any], reference: dict[str, str]) -> list[dict[str, Any]]:
    listed = (found.get("annotations") or {}).get("list") or []
    given = [prune.without_nulls(_referring(entry, reference)) for entry in listed]
    return given if any(entry.get("builtIn") for entry in given) else [copy.deepcopy(_BUILT_IN), *given]


def _owned(top: dict[str, Any], editable: bool | None, source: str) -> dict[str, Any]:  # noqa: FBT001
    if editable is not None:
        top["editable"] = editable
    if source:
        note = f"Code generated by gitops-obs from {source}; DO NOT EDIT."
        said = top.get("description", "")
        top["description"] = said if note in said else " ".join(filter(None, (said, note)))
        top["tags"] = list(dict.fromkeys([*(top.get("tags") or ()), "gitops-obs"]))
    return {name: value for name, value in top.items() if value is not None}


def _ordered(found: dict[str, Any], first: tuple[str, ...]) -> dict[str, Any]:
    return {name: found[name] for name in first if name in found} | found
