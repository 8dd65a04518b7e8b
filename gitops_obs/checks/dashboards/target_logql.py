"""Queries of Loki have a stream selector, and their brackets match.

A rough check: there is no LogQL parser for Python. dashboard-linter parses such queries in full.

**What to do:** begin with a selector such as `{job="checkout"}`, and look for the bracket that is missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _logql, _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS420"

_SELECTOR = re.compile(r'\{\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*""')
_PAIRS = {")": "(", "]": "[", "}": "{"}


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A query of Loki without selector, or with brackets that do not match."""
    for panel, target in _logql.queries(dashboard):
        bare = _logql.without_text(target["expr"])
        if not _SELECTOR.search(bare):
            yield _reading.of_target(panel, target, "the query has no stream selector")
        elif not _balanced(bare):
            yield _reading.of_target(panel, target, "the brackets of the query do not match")


def _balanced(bare: str) -> bool:
    opened: list[str] = []
    for character in bare:
        if character in _PAIRS.values():
            opened.append(character)
        elif character in _PAIRS and (not opened or opened.pop() != _PAIRS[character]):
            return False
    return not opened
