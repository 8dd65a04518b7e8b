"""The datasource is a template variable.

One dashboard then serves every environment, and an import asks which Prometheus to use. The variable is called
`datasource` and labelled "Data source", or `prometheus_datasource` and "Prometheus data source" beside others.

**What to do:** add a variable of type datasource; panels refer to it as `${datasource}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS410"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A dashboard without such a variable, or with one of another name or label."""
    found = [v for v in _reading.variables(dashboard) if v.get("type") == "datasource"]
    if not found:
        yield _reading.of_dashboard("there is no variable for the datasource")
    for variable in found:
        kind = str(variable.get("query", ""))
        names, labels = {f"{kind.lower()}_datasource"}, {f"{kind.title()} data source"}
        if len(found) == 1:
            names.add("datasource")
            labels.add("Data source")
        if variable.get("name") not in names:
            yield _reading.of_dashboard(f"variable `{variable.get('name')}` should be called {_either(names)}")
        if variable.get("label") not in labels:
            yield _reading.of_dashboard(f"variable `{variable.get('name')}` should be labelled {_either(labels)}")


def _either(words: set[str]) -> str:
    return " or ".join(f"`{word}`" for word in sorted(words))
