"""Panels and alerts of the user's own: files in the project's `panels/` and `alerts/`, or installed packages.

A custom thing is a `build(service)` like a built-in one. Python files and entry points bring the function; YAML files
are data with placeholders (`${select}`, `${service}`, `${owner}`, `${window}`), checked against a schema.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops_obs import promql, units
from gitops_obs.rules import Alert, Omitted
from gitops_obs.spec import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitops_obs.model import Service

PLACEHOLDERS = ("select", "service", "owner", "window")
# what Grafana replaces, not we (model.dashboards give these variables)
_GRAFANA = re.compile(r"__\w+|datasource|cluster|job|instance|route|canary|compare")
_PLACEHOLDER = re.compile(r"\$\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Panel:
    """A custom panel. `place` says where it comes from; `python` that its function may look at all of a service."""

    id: str
    place: str
    build: Callable[[Service], Any]
    width: int = 12
    height: int = 8
    python: bool = False


@dataclass(frozen=True, slots=True)
class CustomAlert:
    """A custom alert: off for a service until its `alerts:` (or a default) says `<id>: on` or tunes it."""

    id: str
    place: str
    build: Callable[[Service], Any]
    keys: frozenset[str]
    python: bool = False


@dataclass(frozen=True, slots=True)
class Customs:
    """All custom panels and alerts of a project, by id."""

    panels: dict[str, Panel] = field(default_factory=dict)
    alerts: dict[str, CustomAlert] = field(default_factory=dict)

    def panels_of(self, service: Service) -> list[Panel]:
        """The panels that `service` names, in its order."""
        return [self.panels[name] for name in service.panels]

    def alerts_of(self, service: Service) -> list[CustomAlert]:
        """The custom alerts that are on for `service`."""
        return [self.alerts[s.id] for s in service.alerts if s.id in self.alerts and not s.off]

    def need_python(self, service: Service) -> bool:
        """Whether a function of the user's may look at every detail of `service`, which rules templates out."""
        return any(p.python for p in self.panels_of(service)) or any(a.python for a in self.alerts_of(service))


def yaml_panel(data: dict[str, Any], place: str) -> tuple[Panel, list[Problem]]:
    """The panel in `data`, which holds to `panel.schema.json`, and its problems (OBS201, OBS202)."""
    problems = [p for n, query in enumerate(data["queries"]) for p in _check(query["expr"], ("queries", n, "expr"))]

    def build(service: Service) -> dict[str, Any]:
        return _panel(data, service)

    return Panel(data["panel"], place, build, data.get("width", 12), data.get("height", 8)), problems


def yaml_alert(data: dict[str, Any], place: str) -> tuple[CustomAlert, list[Problem]]:
    """The alert in `data`, which holds to `alert.schema.json`, and its problems (OBS201, OBS202)."""
    problems = _check(data["expr"], ("expr",))
    durations = {key: _duration(data[key], key, problems) for key in ("for", "keep_firing_for") if key in data}

    def build(service: Service) -> Alert:
        setting = service.setting(data["alert"])
        severity = (setting and setting.severity) or data.get("severity", "ticket")
        summary, description, impact, action = (
            _filled(data.get(key, ""), service) for key in ("summary", "description", "impact", "action")
        )
        return Alert(
            name=data["name"],
            expr=_filled(data["expr"], service),
            severity=severity,
            for_=(setting and setting.get("for")) or durations.get("for", ""),
            keep_firing_for=(setting and setting.get("keep_firing_for")) or durations.get("keep_firing_for", ""),
            summary=summary,
            description=description,
            impact=impact,
            action=action,
        )

    return CustomAlert(data["alert"], place, build, frozenset({"for", "keep_firing_for"})), problems


def built_alert(alert: CustomAlert, service: Service) -> list[Alert | Omitted]:
    """What `alert` gives for `service`, always as a list."""
    built = alert.build(service)
    return list(built) if isinstance(built, (list, tuple)) else [built] if built is not None else []


def _panel(data: dict[str, Any], service: Service) -> dict[str, Any]:
    from gitops_obs import kit  # noqa: PLC0415  # grafanalib, only where a dashboard is built

    kind, signal = data.get("kind", "timeseries"), kit.signal(service, routes=False)
    targets = [
        {
            "expr": _filled(query["expr"], service, signal.select, signal.panel_window),
            "legendFormat": query.get("legend", ""),
            "refId": chr(ord("A") + n),
            **({"instant": True, "range": False} if kind in ("stat", "table", "gauge") else {}),
            **({"format": "table"} if kind == "table" else {}),
        }
        for n, query in enumerate(data["queries"])
    ]
    steps = [{"color": "green", "value": None}]
    steps += [{"color": step["color"], "value": step["value"]} for step in data.get("thresholds", ())]
    defaults = {"unit": data["unit"], "thresholds": {"mode": "absolute", "steps": steps}}
    return {
        "title": data["title"],
        "description": data["description"],
        "type": kind,
        "targets": targets,
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }


def _filled(text: str, service: Service, select: str = "", window: str = "") -> str:
    return _fill(
        text,
        {
            "select": select or service.signal.select,
            "service": service.name,
            "owner": service.owner,
            "window": window or service.project.rate_window,
        },
    )


def _fill(text: str, values: dict[str, str]) -> str:
    # one pass, so that nothing in a label's value is taken for a placeholder
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _duration(text: str, key: str, problems: list[Problem]) -> str:
    try:
        return units.whole_duration(text)
    except ValueError as error:
        problems.append(Problem("OBS104", (key,), *units.advice(error)))
        return ""


def _check(expr: str, path: tuple[str | int, ...]) -> list[Problem]:
    for name in _PLACEHOLDER.findall(expr):
        if name not in PLACEHOLDERS and not _GRAFANA.fullmatch(name):
            return [Problem("OBS202", path, f"unknown placeholder `${{{name}}}`", nearest(name, PLACEHOLDERS))]
    sample = {"select": 'job="x"', "service": "x", "owner": "x", "window": "5m"}
    why = promql.error(_fill(expr, sample))
    return (
        [Problem("OBS201", path, f"not PromQL: {why}", "try the query in Prometheus or Grafana first")] if why else []
    )
