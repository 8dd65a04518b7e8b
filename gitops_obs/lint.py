"""Findings about what would be generated: what is left out and why, and the checks over dashboards and rules.

Services of one shape differ in text only, so each shape's dashboard is looked at once and what is found is said of
every service that has it. Rules hold durations and bounds as text, so they are looked at once for each set of those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gitops_obs import alerts as built_in
from gitops_obs import build, checks, customs, foreign, keys, rulefile, rules, source, suppressions, template, units
from gitops_obs import compile as compiler
from gitops_obs.checks.rules._reading import Rules, Settings
from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.inputs import MARKER, SERVICES
from gitops_obs.request import Request, Result
from gitops_obs.spec import Problem

if TYPE_CHECKING:
    from gitops_obs.checks.dashboards import Issue as DashboardIssue
    from gitops_obs.compile import Compiled
    from gitops_obs.model import Service
    from gitops_obs.workspace import Workspace


@dataclass(slots=True)
class _Seen:
    """What is known already: problems of dashboards by shape, and which rules have none. `more` has further checks."""

    more: foreign.More | None = None
    pages: dict[Any, list[Problem]] = field(default_factory=dict)
    sound: set[Any] = field(default_factory=set)


def run(workspace: Workspace, request: Request, more: foreign.More | None = None) -> Result:
    """All findings about the services asked for; writes nothing. `more` are further checks of rules."""
    result = Result(list(workspace.diagnostics))
    names, findings = workspace.service_files()
    result.diagnostics += findings
    names = build.asked(names, request, workspace, result)
    seen = _Seen(more)
    for name in names:
        _service(workspace, request, name, seen, result)
    return result


def settings(workspace: Workspace | None) -> Settings:
    """What checks of rules know of the project, or take for granted without one."""
    if workspace is None:
        return Settings()
    project = workspace.project.model
    return Settings(
        scrape_interval=float(units.duration(project.scrape_interval)), max_rules=project.max_rules_per_group
    )


def _service(workspace: Workspace, request: Request, name: str, seen: _Seen, result: Result) -> None:
    data = workspace.content(name)
    if isinstance(data, Diagnostic):
        result.diagnostics.append(data)
        return
    read = workspace.read(name, data)
    if read.service and request.owner and read.service.owner != request.owner:
        return
    result.checked += 1
    said = list(read.findings)
    if read.service is not None:
        said += _of_service(workspace, read.service, data, seen)
    if MARKER in data:
        file, text = f"{SERVICES}/{name}", data.decode("utf-8-sig", "replace")
        # a service that cannot be read is not looked at further, so what its comments silence is not known
        asked = foreign.looked_for(seen.more) if read.service else None
        said = suppressions.applied(file, text, said, request.today, asked)
    result.diagnostics += said


def _of_service(workspace: Workspace, service: Service, data: bytes, seen: _Seen) -> list[Diagnostic]:
    """Findings about what becomes of a sound service file."""
    python = workspace.customs.need_python(service)
    shape = template.shape(service)[0]
    own = _own_bounds(service, data)
    key = (shape, _texts(service), own)
    try:
        if shape not in seen.pages or python:
            seen.pages[shape] = problems(service, workspace)
        found = seen.pages[shape]
        if key not in seen.sound or python or seen.more:
            about_rules = rule_problems(service, workspace, own, seen.more)
            found = found + about_rules
            if not about_rules:
                seen.sound.add(key)
    except (Exception, SystemExit) as error:
        if not python:
            raise
        return [build.custom_failed(workspace, service, error)]
    if not found:
        return []
    document = source.Document(service.file, data.decode("utf-8-sig"), None)
    return [problem.at(document) for problem in found]


def _texts(service: Service) -> tuple[str, ...]:
    """The texts in rules by which services of one shape can differ to a check: durations and bounds of buckets."""
    values = [value.text for setting in service.alerts for value in setting.values]
    objectives = [service.latency, *(route.latency for route in service.routes)]
    return (*values, *(objective.le for objective in objectives if objective))


def problems(service: Service, workspace: Workspace) -> list[Problem]:
    """What there is to say about one service's dashboard and what is left out, at paths of its service file."""
    compiled = compiler.service(service, workspace.customs)
    found = []
    for reason, names in _unanswered(compiled).items():
        listed = ", ".join(f"`{name}`" for name in names)
        path = ("telemetry", "preset")
        found.append(Problem("OBS112", path, f"left out: {listed}", reason, severity=Severity.INFO))
    for code, issue in _issues(compiled):
        where = f"panel `{issue.panel}`: " if issue.panel else ""
        found.append(Problem(code, ("service",), where + issue.message, checks.advice(code)))
    return found


def rule_problems(
    service: Service, workspace: Workspace, own: tuple[Decimal, ...] = (), more: foreign.More | None = None
) -> list[Problem]:
    """What the checks, and `more` of them, say about one service's rules, where its service file sets the alert.

    `own` are the bounds that its file says its histogram has instead of the preset's.
    """
    rules_of = of_service(service, workspace, own)
    issues = [*checks.rules.run(rules_of), *(more(rules_of) if more else ())]
    ids = _alert_ids(service, workspace) if issues else {}
    found = []
    for code, issue in issues:
        alert = ids.get(issue.rule.name) if issue.rule and issue.rule.is_alert else None
        said = alert is not None and service.setting(alert) is not None
        path = ("alerts", alert or "") if said else ("service",)
        found.append(Problem(code, path, foreign.said_of(issue), issue.hint, severity=issue.severity, key=said))
    return found


def of_service(service: Service, workspace: Workspace, own: tuple[Decimal, ...] = ()) -> Rules:
    """The rules of one service as the checks read them."""
    groups, _ = compiler.rules(service, workspace.customs)
    data = [
        {"name": g.name, "interval": g.interval, "rules": [rules.as_dict(rule, service) for rule in g.rules]}
        for g in groups
    ]
    read = tuple(rulefile.of_groups(data))
    known = settings(workspace)
    about = Settings(True, known.scrape_interval, known.max_rules, bounds(service, own))  # noqa: FBT003  # `ours`
    return Rules(read, tuple(dict.fromkeys(rule.group for rule in read)), about)


def _alert_ids(service: Service, workspace: Workspace) -> dict[str, str]:
    """Id in service files of each alert of a service, by its name in Prometheus."""
    found = {alert.name: name for name, alert in built_in.build(service) if isinstance(alert, rules.Alert)}
    for own in workspace.customs.alerts_of(service):
        for alert in customs.built_alert(own, service):
            found |= {alert.name: own.id} if isinstance(alert, rules.Alert) else {}
    return found


def _own_bounds(service: Service, data: bytes) -> tuple[Decimal, ...]:
    """Bounds in `telemetry.buckets`, which the model leaves out because nothing is built from them."""
    if b"buckets" not in data:
        return ()
    value = source.read(service.file, data.decode("utf-8-sig"))[0].value
    return tuple(Decimal(str(bound)) for bound in value["telemetry"].get("buckets") or ())


def bounds(service: Service, own: tuple[Decimal, ...] = ()) -> dict[str, frozenset[str]]:
    """Declared bounds of the service's duration histograms, as text, by the name of their buckets."""
    signal = service.signal
    found = [histogram for histogram in (signal.preset.duration, signal.preset.duration_by_route) if histogram]
    if signal.histogram != "classic":
        return {}
    return {f"{h.metric}_bucket": frozenset(map(units.plain, own or h.buckets)) for h in found if own or h.buckets}


def _issues(compiled: Compiled) -> list[tuple[str, DashboardIssue]]:
    """Faults of the dashboard. A custom panel may read metrics of something else than the service's own targets."""
    service, targets = compiled.service, ("target_job", "target_instance")
    # a service whose series carry no `instance` has no variable for it, and says so in its file
    without = () if service.has_instance else ("template_instance", "target_instance")
    own = {keys.panel_id(name) for name in service.panels}
    titles = {panel["title"] for panel in checks.dashboards.panels(compiled.dashboard) if panel["id"] in own}
    codes = {checks.module(name).CODE for name in targets}
    issues = checks.dashboards.run(compiled.dashboard, without)
    return [(code, issue) for code, issue in issues if not (code in codes and issue.panel in titles)]


def _unanswered(compiled: Compiled) -> dict[str, list[str]]:
    """What the preset cannot answer, by reason; what the service file does not ask for is no finding."""
    found: dict[str, list[str]] = {}
    for name, omitted in compiled.omitted:
        names = found.setdefault(omitted.reason, []) if omitted.question else []
        if name not in names:
            names.append(name)
    return found
