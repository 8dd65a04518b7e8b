"""Queries of Loki count over `$__auto`.

It follows the width of the chart; a fixed range counts some lines twice, or leaves some out.

**What to do:** write `rate({…}[$__auto])`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _logql, _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS421"

_RANGE = re.compile(r"\[\s*([^\]\s]+)\s*\]")
_AUTO = frozenset({"$__auto", "${__auto}"})


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A query of Loki over a fixed range."""
    for panel, target in _logql.queries(dashboard):
        for found in _RANGE.findall(_logql.without_text(target["expr"])):
            if found not in _AUTO:
                yield _reading.of_target(panel, target, f"counts over [{found}] instead of [$__auto]")
