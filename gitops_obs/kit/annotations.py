"""Marks across all charts of a page: what was deployed, and which alerts fired."""

from __future__ import annotations

from typing import Any

from gitops_obs.kit.colours import BAD

_DEPLOY = "purple"
_REGION_MS = 300_000


def deploys(versions: str) -> dict[str, Any]:
    """A line where a version appears that did not run in the ten minutes before.

    `versions` selects series with the label `version`, one a running version. `$__interval` is the step of the query:
    with it each deploy has one sample, whatever the time range. Ten minutes bridge a gap in the recording.
    """
    expr = f"{versions}\nunless\ncount_over_time({versions}[10m] offset $__interval)"
    return _prometheus("Deploys", expr, _DEPLOY, title="Deploy", text="{{version}}", tags="version")


def posted(*tags: str) -> dict[str, Any]:
    """Annotations that were posted to Grafana with all of `tags`: who, and what for."""
    target = {"limit": 100, "matchAny": False, "tags": list(tags), "type": "tags"}
    grafana = {"type": "grafana", "uid": "-- Grafana --"}
    return {
        "name": "Deploy notes",
        "datasource": grafana,
        "enable": True,
        "hide": True,
        "iconColor": _DEPLOY,
        "target": target,
    }


def firing(matchers: str) -> dict[str, Any]:
    """A region while an alert fires; over more than twelve hours a line where it began.

    Grafana asks for about a hundred samples and joins those that are no more than `step` apart. Where they are further
    apart it would draw a line for each of them (processAnnotationResponse of its Prometheus datasource).
    """
    alerts = f'ALERTS{{alertstate="firing",{matchers}}}'
    near, begun = f"{alerts} and on () vector($__interval_ms) <= {_REGION_MS}", f"{alerts} unless {alerts}"
    expr = f"({near})\nor\n({begun} offset $__interval)"
    return _prometheus("Alerts", expr, BAD, title="{{alertname}}", text="{{severity}}", tags="severity", step="5m")


def _prometheus(
    name: str, expr: str, colour: str, *, title: str, text: str, tags: str, step: str = "60s"
) -> dict[str, Any]:
    return {
        "name": name,
        "enable": True,
        "iconColor": colour,
        "expr": expr,
        "step": step,
        "titleFormat": title,
        "textFormat": text,
        "tagKeys": tags,
        "useValueForTime": False,
    }
