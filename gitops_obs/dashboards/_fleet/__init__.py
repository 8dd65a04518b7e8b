"""Panels of the pages over many services, one a file, the file name being its id; and how a page is made of them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from gitops_obs import finish, kit, recorded
from gitops_obs.dashboards._fleet import _links
from gitops_obs.dashboards._fleet._scope import Scope
from gitops_obs.dashboards._layout import Cell, Filled, Row
from gitops_obs.dashboards._layout import panels as placed

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Project

ROWS = (
    Row("Who needs help?", 4, (("numbers", 24),)),
    Row("Which service?", 14, (("services", 24),)),
    Row("What changed, and since when?", 10, (("changes", 12), ("errors", 12))),
    Row("Requests, durations, budgets", 10, (("requests", 8), ("latency", 8), ("budgets", 8))),
)
"""The page from top to bottom: 15 queries when it is opened."""

_FEW = 9  # cells for the services of one team


def page(project: Project, top: dict[str, Any], owner: Leaf | None = None) -> dict[str, Any]:
    """A finished dashboard over the services of `owner`, or of all owners. `top` has its uid, title and so on."""
    scope = Scope(project, owner)
    rows = [
        Filled(
            row.title,
            [
                Cell(key, _panel(key, scope), width, _FEW if owner is not None and key == "services" else row.height)
                for key, width in row.panels
            ],
        )
        for row in ROWS
    ]
    return finish.dashboard(
        top
        | {
            "schemaVersion": finish.SCHEMA_VERSION,
            "editable": project.editable,
            "graphTooltip": 1,
            "timezone": "browser",
            "time": {"from": "now-6h", "to": "now"},
            "refresh": "1m",
            "templating": {"list": _variables(scope)},
            "panels": placed(rows),
        }
    )


def _panel(key: str, scope: Scope) -> dict[str, Any]:
    """The panel of a file in this folder, its series linked to the pages of their services, the worst first."""
    panel = finish.panel(importlib.import_module(f"{__name__}.{key}").build(scope))
    if panel["type"] == "timeseries":
        title, url = _links.service(scope.project, "${__field.labels.service}")
        panel["fieldConfig"]["defaults"]["links"] = [{"title": title, "url": url}]
        panel["options"]["legend"] |= {"sortBy": "Last *", "sortDesc": key != "budgets"}
    return panel


def _variables(scope: Scope) -> list[dict[str, Any]]:
    project = scope.project
    found = [kit.variables.datasource(project.datasource)]
    if scope.owner is None:
        found.append(kit.variables.labels("owner", "Owner", recorded.INFO, "owner"))
    found.append(kit.variables.labels("tier", "Tier", recorded.INFO, "tier"))
    if project.cluster_label:
        found.append(kit.variables.labels("cluster", "Cluster", recorded.requests(project), project.cluster_label))
    return [*found, _SEARCH]


_SEARCH = {
    "name": "service",
    "label": "Service",
    "description": "A part of the name, or a regular expression",
    "type": "textbox",
    "query": "",
}


def marks(project: Project, owner: Leaf | None = None) -> list[dict[str, Any]]:
    """Deploys and pages across the charts; off at first where that would be those of everybody."""
    scope = Scope(project, owner)
    deploys = kit.annotations.deploys(scope.of(recorded.VERSIONS)) | {"titleFormat": "{{service}} deployed"}
    pages = kit.annotations.firing(scope.alerts("", 'severity="page"')[1:-1]) | {"textFormat": "{{service}}"}
    return [{**mark, "enable": owner is not None, "expr": _within(scope, mark["expr"])} for mark in (deploys, pages)]


def _within(scope: Scope, expr: str) -> str:
    return scope.listed(f"(\n{expr}\n)")
