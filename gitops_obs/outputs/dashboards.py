"""Grafana dashboards as classic JSON, which Grafana 9 to 13 load: `generated/dashboards/<owner>/<service>.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gitops_obs import template

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


def path(name: str, owner: str) -> str:
    """`dashboards/<owner>/<service>.json`."""
    return f"dashboards/{owner}/{name}.json"


def text(compiled: Compiled) -> str:
    """The dashboard of one service."""
    return json(compiled.dashboard)


def json(dashboard: dict[str, Any]) -> str:
    """Any dashboard as text: keys in the order they were built in, two spaces, a newline at the end."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return template.unquoted(orjson.dumps(dashboard, option=options).decode())
