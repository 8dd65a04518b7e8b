"""Panels have a unit that Grafana knows.

Without one, 0.25 may be seconds, a ratio or a quarter of a request. Value mappings, and stats that show text, need
none.

**What to do:** set the unit: `s`, `percentunit`, `reqps`, `bytes`, `short` for plain counts. Units of your own are
written `suffix: items`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS417"

_OWN = ("suffix:", "prefix:", "time:", "si:", "count:", "currency:")
# known to Grafana and not to grafanalib 0.7.1
_MORE = frozenset({"none", "string", "dtdurationms", "dtdurations", "dthms", "dtdhms", "clockms", "clocks", "timeticks",
                   "dateTimeFromNow", "dateTimeAsLocal", "dateTimeAsSystem", "reqps", "rps", "bool", "bool_yes_no",
                   "bool_on_off", "eps", "mps", "recps", "rowsps", "epm", "mpm", "recpm", "rowspm"})  # fmt: skip


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A panel that shows numbers without a unit, or with one that Grafana does not know."""
    for panel in _reading.data_panels(dashboard):
        if _needs_none(panel):
            continue
        unit = _unit(panel)
        if not unit:
            yield _reading.of_panel(panel, "no unit")
        elif unit not in _known() and not unit.startswith(_OWN):
            yield _reading.of_panel(panel, f"Grafana knows no unit `{unit}`")


@cache
def _known() -> frozenset[str]:
    from grafanalib import formatunits  # noqa: PLC0415  # constants only, but not needed by a build

    return _MORE | {value for name, value in vars(formatunits).items() if name.isupper() and isinstance(value, str)}


def _needs_none(panel: dict[str, Any]) -> bool:
    config = panel.get("fieldConfig") or {}
    mapped = config.get("defaults", {}).get("mappings")
    overridden = any(
        found.get("id") == "mappings" and found.get("value") is not None
        for override in config.get("overrides", ())
        for found in override.get("properties", ())
    )
    reduced = (panel.get("options") or {}).get("reduceOptions") or {}
    return bool(mapped or overridden or (panel.get("type") == "stat" and reduced.get("fields")))


def _unit(panel: dict[str, Any]) -> str:
    config = panel.get("fieldConfig") or {}
    properties = (p for override in config.get("overrides", ()) for p in override.get("properties", ()))
    overridden = [str(found["value"]) for found in properties if found.get("id") == "unit"]
    return str(
        config.get("defaults", {}).get("unit") or (overridden[-1] if overridden else "") or panel.get("format") or ""
    )
