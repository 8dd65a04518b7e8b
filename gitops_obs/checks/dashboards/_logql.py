"""Queries of Loki."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')


def queries(dashboard: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Panel and target of each query that goes to a Loki."""
    for panel in _reading.panels(dashboard):
        for target in panel.get("targets", ()):
            if target.get("expr") and _reading.kind_of(target.get("datasource"), panel) == "loki":
                yield panel, target


def without_text(query: str) -> str:
    """`query` with empty string literals, so that brackets inside text do not count."""
    return _TEXT.sub('""', query)
