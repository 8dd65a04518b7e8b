"""Recording and alert rules as values, before they are text: what `recordings/` and `alerts/` return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitops_obs import keys, recorded, units

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
    measured with its value, `impact` who is hurt, `action` what to do now with the command for it. The link to the
    dashboard looks back for `since` from when the alert was last evaluated; `variables` adds to its query.
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
    since: str = "3h"
    variables: str = ""


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
        "labels": all_labels(rule, service),
        "annotations": all_annotations(rule, service),
    }


def all_labels(alert: Alert, service: Service) -> dict[str, str]:
    """What routes and inhibits; all of it always, because a label that both sides lack counts as equal."""
    own = {"severity": alert.severity, "team": service.owner, "service": service.name, "tier": service.tier}
    return {**own, "slo": "none", **dict(alert.labels)}


def all_annotations(alert: Alert, service: Service) -> dict[str, str]:
    """What a person is told, and where to look."""
    project, links = service.project, service.links
    texts = {
        "summary": alert.summary,
        "description": alert.description,
        "impact": alert.impact,
        "action": alert.action,
        "dashboard_url": _dashboard(alert, service),
    }
    if links.has_runbook:
        texts["runbook_url"] = links.runbook
    if project.repository:
        texts["service_file_url"] = f"{project.repository}/blob/{project.branch}/{service.file}"
    if links.has_repository and service.has_versions:
        texts["compare_url"] = _compare(service)
    return {key: text for key, text in texts.items() if text}


def milliseconds(expr: str) -> str:
    """A template for the seconds in `expr` as Grafana's links want them; `time()` is that of the evaluation."""
    return f'{{{{ query "1000 * ({expr})" | first | value | printf "%.0f" }}}}'


def looked_back(alert: Alert) -> str:
    """Where the link to the dashboard begins, in PromQL."""
    return f"time() - {units.plain(units.duration(alert.since))}"


def _dashboard(alert: Alert, service: Service) -> str:
    panel = f"viewPanel={keys.panel_id(alert.panel)}&" if alert.panel else ""
    span = f"from={milliseconds(looked_back(alert))}&to={milliseconds('time()')}"
    return f"{service.project.grafana_url}/d/{service.uid}?{panel}{span}{alert.variables}"


def _compare(service: Service) -> str:
    """The page that compares the version which began to run within the last hour with what ran before; "" without."""
    versions = recorded.of(service, recorded.VERSIONS).replace('"', '\\"')
    new, old = f"topk(1, {versions} unless {versions} offset 1h)", f"topk(1, {versions} offset 1h)"
    url = f'{service.links.repository}/compare/{{{{ . | first | label "version" }}}}...{{{{ $new }}}}'
    inner = f'{{{{ with query "{old}" }}}}{url}{{{{ end }}}}'
    return f'{{{{ with query "{new}" }}}}{{{{ $new := . | first | label "version" }}}}{inner}{{{{ end }}}}'
