"""A finished dashboard as the rules read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops_obs import promql

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWING_DATA = frozenset({"stat", "singlestat", "graph", "table", "timeseries", "gauge"})


@dataclass(frozen=True, slots=True)
class Issue:
    """A fault: in which panel (its title) and query (its refId), "" where it is the dashboard's, and what is wrong.

    `panel_id` tells panels of one title apart.
    """

    panel: str
    ref: str
    message: str
    panel_id: Any = field(default=None, compare=False)


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels but rows, those inside rows included."""
    for panel in dashboard.get("panels", ()):
        if panel.get("type") == "row":
            yield from panels(panel)
        else:
            yield panel


def data_panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Panels of the kinds that show numbers: stat, gauge, table, time series and their predecessors."""
    return (panel for panel in panels(dashboard) if panel.get("type") in _SHOWING_DATA)


def queries(dashboard: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Panel and target of each PromQL query that there is."""
    for panel in panels(dashboard):
        for target in panel.get("targets", ()):
            if "expr" in target and kind_of(target.get("datasource"), panel) == "prometheus":
                yield panel, target


def kind_of(datasource: Any, panel: dict[str, Any]) -> str:
    """The type of datasource that a target asks: prometheus unless it or its panel says otherwise."""
    for found in (datasource, panel.get("datasource")):
        if isinstance(found, dict) and found.get("type"):
            return str(found["type"])
    return "prometheus"


def selectors(dashboard: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any], promql.Selector]]:
    """Panel, target and selector, for every selector of queries that parse."""
    for panel, target in queries(dashboard):
        if promql.error(target["expr"]) is None:
            for selector in promql.selectors(target["expr"]):
                yield panel, target, selector


def variables(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Template variables, in order."""
    listed: list[dict[str, Any]] = (dashboard.get("templating") or {}).get("list") or []
    return listed


def variable(dashboard: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The template variable `name`."""
    return next((found for found in variables(dashboard) if found.get("name") == name), None)


def of_target(panel: dict[str, Any], target: dict[str, Any], message: str) -> Issue:
    """A fault of one query."""
    return Issue(str(panel.get("title", "")), str(target.get("refId", "")), message, panel.get("id"))


def of_panel(panel: dict[str, Any], message: str) -> Issue:
    """A fault of one panel."""
    return Issue(str(panel.get("title", "")), "", message, panel.get("id"))


def of_dashboard(message: str) -> Issue:
    """A fault of the dashboard as a whole."""
    return Issue("", "", message)
