"""Queries of template variables are valid.

A variable of type query asks `label_values(…)`, `label_names(…)`, `metrics(…)` or `query_result(…)`, and the expression
inside parses. A variable that fails leaves every panel of the page empty.

**What to do:** correct the query.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs import promql
from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS413"

_CALL = re.compile(r"\s*(label_names|label_values|metrics|query_result)\((.*)\)\s*", re.DOTALL)
_LABEL_AFTER = re.compile(r",\s*[a-zA-Z_]\w*\s*$")


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A query that is no such call, or whose expression does not parse."""
    for variable in _reading.variables(dashboard):
        query = variable.get("query", "")
        query = query.get("query", "") if isinstance(query, dict) else query
        why = _fault(str(query)) if variable.get("type") == "query" else None
        if why:
            yield _reading.of_dashboard(f"variable `{variable.get('name')}`: {why}")


def _fault(query: str) -> str | None:
    call = _CALL.fullmatch(query)
    if call is None:
        return f"`{query}` is no call of label_values, label_names, metrics or query_result"
    function, inside = call.groups()
    if function in ("metrics", "label_names"):
        return None
    expr = _LABEL_AFTER.sub("", inside) if function == "label_values" else inside
    return promql.error(expr)
