"""Findings about what would be generated: what is left out and why, and the checks over dashboards and rules.

Services of one shape differ in text only, so each shape is looked at once and what is found is said of every service
that has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import build, checks, keys, source, template
from gitops_obs import compile as compiler
from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.inputs import SERVICES
from gitops_obs.request import Request, Result
from gitops_obs.spec import Problem

if TYPE_CHECKING:
    from gitops_obs.checks import Issue
    from gitops_obs.compile import Compiled
    from gitops_obs.model import Service
    from gitops_obs.workspace import Workspace


def run(workspace: Workspace, request: Request) -> Result:
    """All findings about the services asked for; writes nothing."""
    result = Result(list(workspace.diagnostics))
    names, findings = workspace.service_files()
    result.diagnostics += findings
    names = build.asked(names, request, workspace, result)
    seen: dict[Any, list[Problem]] = {}
    for name in names:
        _service(workspace, request, name, seen, result)
    return result


def _service(workspace: Workspace, request: Request, name: str, seen: dict[Any, list[Problem]], result: Result) -> None:
    data = workspace.content(name)
    if isinstance(data, Diagnostic):
        result.diagnostics.append(data)
        return
    read = workspace.read(name, data)
    if read.service and request.owner and read.service.owner != request.owner:
        return
    result.checked += 1
    result.diagnostics += read.findings
    if read.service is None:
        return
    shape = template.shape(read.service)[0]
    if shape not in seen or workspace.customs.need_python(read.service):
        try:
            seen[shape] = problems(read.service, workspace)
        except (Exception, SystemExit) as error:
            if not workspace.customs.need_python(read.service):
                raise
            result.diagnostics.append(build.custom_failed(workspace, read.service, error))
            return
    if seen[shape]:
        document = source.Document(f"{SERVICES}/{name}", data.decode("utf-8-sig"), None)
        result.diagnostics += [problem.at(document) for problem in seen[shape]]


def problems(service: Service, workspace: Workspace) -> list[Problem]:
    """What there is to say about one service's dashboard and rules, at paths of its service file."""
    compiled = compiler.service(service, workspace.customs)
    found = []
    for reason, names in _unanswered(compiled).items():
        listed = ", ".join(f"`{name}`" for name in names)
        path = ("telemetry", "preset")
        found.append(Problem("OBS112", path, f"left out: {listed}", reason, severity=Severity.INFO))
    for code, issue in _issues(compiled):
        where = f"panel `{issue.panel}`: " if issue.panel else ""
        found.append(Problem(code, ("service",), where + issue.message))
    return found


def _issues(compiled: Compiled) -> list[tuple[str, Issue]]:
    """Faults of the dashboard. A custom panel may read metrics of something else than the service's own targets."""
    service, targets = compiled.service, ("target_job", "target_instance")
    # a service whose series carry no `instance` has no variable for it, and says so in its file
    without = () if service.has_instance else ("template_instance", "target_instance")
    own = {keys.panel_id(name) for name in service.panels}
    titles = {panel["title"] for panel in checks.panels(compiled.dashboard) if panel["id"] in own}
    codes = {checks.module(name).CODE for name in targets}
    issues = checks.run(compiled.dashboard, without)
    return [(code, issue) for code, issue in issues if not (code in codes and issue.panel in titles)]


def _unanswered(compiled: Compiled) -> dict[str, list[str]]:
    """What the preset cannot answer, by reason; what the service file does not ask for is no finding."""
    found: dict[str, list[str]] = {}
    for name, omitted in compiled.omitted:
        names = found.setdefault(omitted.reason, []) if omitted.question else []
        if name not in names:
            names.append(name)
    return found
