"""Recording and alert rules as values, before they are text: what `recordings/` and `alerts/` return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitops_obs import keys

if TYPE_CHECKING:
    from gitops_obs.model import Service


@dataclass(frozen=True, slots=True)
class Omitted:
    """A panel, recording or alert that a service does not get. `reason` is one sentence for its owner.

    `question` names what the preset cannot answer (errors, quantiles, …) when that is why, "" otherwise.
    """

    reason: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """`record` is the series' name; `labels`, `service` among them, are added to what the expression leaves."""

    record: str
    expr: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert rule, without what every alert of a service gets (service, team, severity, links).

    `severity` is page or ticket, the durations PromQL text ("" for none). `panel` names the panel of the service
    dashboard that shows what the alert looks at. Texts may use Prometheus templates such as
    `{{ $value | humanizePercentage }}`; `summary` is one line without numbers that churn, `description` says what is
    measured with its value, `impact` who is hurt, `action` what to do now with the command for it.
    """

    name: str
    expr: str
    severity: str
    summary: str
    description: str
    impact: str
    action: str
    for_: str = ""
    keep_firing_for: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules evaluated together, in order."""

    name: str
    interval: str
    rules: tuple[Recording | Alert, ...]


def as_dict(rule: Recording | Alert, service: Service) -> dict[str, Any]:
    """The rule as Prometheus reads it, keys in the order in which people write them."""
    if isinstance(rule, Recording):
        return {"record": rule.record, "expr": rule.expr, "labels": dict(rule.labels)}
    durations = {"for": rule.for_, "keep_firing_for": rule.keep_firing_for}
    return {
        "alert": rule.name,
        "expr": rule.expr,
        **{key: text for key, text in durations.items() if text},
        "labels": _labels(rule, service),
        "annotations": _annotations(rule, service),
    }


def _labels(alert: Alert, service: Service) -> dict[str, str]:
    """What routes and inhibits; all of it always, because a label that both sides lack counts as equal."""
    own = {"severity": alert.severity, "team": service.owner, "service": service.name, "tier": service.tier}
    return {**own, "slo": "none", **dict(alert.labels)}


def _annotations(alert: Alert, service: Service) -> dict[str, str]:
    project = service.project
    texts = {
        "summary": alert.summary,
        "description": alert.description,
        "impact": alert.impact,
        "action": alert.action,
        "dashboard_url": f"{project.grafana_url}/d/{service.uid}",
    }
    if alert.panel:
        texts["dashboard_url"] += f"?viewPanel={keys.panel_id(alert.panel)}"
    if service.links.has_runbook:
        texts["runbook_url"] = service.links.runbook
    if project.repository:
        texts["service_file_url"] = f"{project.repository}/blob/{project.branch}/{service.file}"
    return {key: text for key, text in texts.items() if text}
