"""What Grafana does with a dashboard before Prometheus sees it: collects queries and fills in variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.lab.prometheus import Prometheus

Json = dict[str, Any]

# as Grafana finds variables: $name, [[name]], ${name}, ${name:format} (packages/grafana-data, variableRegex)
_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}")
_LABEL_VALUES = re.compile(r"label_values\((?:(?P<series>.+),)?\s*(?P<label>\w+)\s*\)", re.DOTALL)
_REGEX_SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}]")
_ALL = ("$__all", ["$__all"])

BUILT_IN = {"__rate_interval": "10s", "__interval": "5s", "__interval_ms": "5000", "__range": "21600s",
            "__range_s": "21600", "__range_ms": "21600000"}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """One query of a dashboard with its variables filled in. `place` is `dashboard: panel: refId`."""

    place: str
    expr: str
    instant: bool


def queries(dashboard: Json, prometheus: Prometheus) -> Iterator[Query]:
    """Every query of panels (those in collapsed rows too), annotations and variables."""
    title, values = dashboard["title"], _values(dashboard, prometheus)
    for panel in _panels(dashboard):
        for target in panel.get("targets", ()):
            if expr := target.get("expr"):
                place = f"{title}: {panel.get('title')}: {target['refId']}"
                yield Query(place, filled(expr, values), bool(target.get("instant")))
    for annotation in dashboard.get("annotations", {}).get("list", ()):
        if expr := annotation.get("expr"):
            yield Query(f"{title}: annotation: {annotation['name']}", filled(expr, values), instant=False)


def offers(dashboard: Json, prometheus: Prometheus) -> dict[str, list[str]]:
    """What each query variable offers, by name."""
    values = _values(dashboard, prometheus)
    found = (v for v in _variables(dashboard) if v["type"] == "query")
    return {variable["name"]: _options(variable, values, prometheus) for variable in found}


def filled(expr: str, values: dict[str, str]) -> str:
    """The expression with the variables that Grafana knows; others stay, and Prometheus refuses them."""
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2] or found[3], found[0]), expr)


def _variables(dashboard: Json) -> list[Json]:
    found: list[Json] = dashboard.get("templating", {}).get("list", [])
    return found


def _panels(dashboard: Json) -> Iterator[Json]:
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels") or ()


def _values(dashboard: Json, prometheus: Prometheus) -> dict[str, str]:
    """Variables as they are when a person opens the dashboard for the first time."""
    values = dict(BUILT_IN)
    for variable in _variables(dashboard):
        if variable["type"] != "datasource":
            values[variable["name"]] = _value(variable, values, prometheus)
    return values


def _value(variable: Json, values: dict[str, str], prometheus: Prometheus) -> str:
    current = (variable.get("current") or {}).get("value")
    if variable["type"] == "query":
        offered = _options(variable, values, prometheus)
    else:
        offered = [option["value"] for option in variable.get("options", ()) if option["value"] != "$__all"]
    if current in _ALL or (not current and variable.get("includeAll")):
        return variable.get("allValue") or "(" + "|".join(map(_escaped, offered)) + ")"
    chosen = current or (offered[0] if offered else "")
    chosen = chosen if isinstance(chosen, list) else [chosen]
    if variable.get("multi") or variable.get("includeAll"):
        chosen = [_escaped(value) for value in chosen]
    return chosen[0] if len(chosen) == 1 else "(" + "|".join(chosen) + ")"


def _options(variable: Json, values: dict[str, str], prometheus: Prometheus) -> list[str]:
    """Values of a query variable. Raises AssertionError where its query is not `label_values(…)`."""
    query = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
    found = _LABEL_VALUES.fullmatch(query.strip())
    assert found, f"variable {variable['name']}: {query}"
    match = {"match[]": filled(found["series"].strip(), values)} if found["series"] else {}
    names: list[str] = prometheus.get(f"label/{found['label']}/values", **match)
    return names


def _escaped(value: str) -> str:
    """A value as Grafana writes it into a regular expression inside a PromQL string."""
    return _REGEX_SPECIAL.sub(lambda found: "\\\\" + found[0], value)
