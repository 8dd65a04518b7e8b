"""Findings about what would be generated: what is left out and why, and the checks over dashboards and rules.

Services of one shape differ in text only, so each shape is looked at once and what is found is said of every service
that has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import build, checks, source, template
from gitops_obs import compile as compiler
from gitops_obs.build import Request, Result
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.spec import Problem
from gitops_obs.workspace import SERVICES, Workspace

if TYPE_CHECKING:
    from gitops_obs.model import Service


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
    place = f"{SERVICES}/{name}"
    try:
        data = (workspace.root / SERVICES / name).read_bytes()
    except OSError as error:
        finding = Diagnostic("OBS001", f"cannot read `{place}`: {error.strerror}", Span(place))
        result.diagnostics.append(finding)
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
        seen[shape] = problems(read.service, workspace)
    if seen[shape]:
        document = source.Document(place, data.decode("utf-8-sig"), None)
        result.diagnostics += [problem.at(document) for problem in seen[shape]]


def problems(service: Service, workspace: Workspace) -> list[Problem]:
    """What there is to say about one service's dashboard and rules, at paths of its service file."""
    compiled = compiler.service(service, workspace.customs)
    found = []
    for name, omitted in compiled.omitted:
        path = ("telemetry", "preset") if omitted.question else ("service",)
        message = f"`{name}` is left out: {omitted.reason}"
        found.append(Problem("OBS112", path, message, severity=Severity.INFO))
    for code, issue in checks.run(compiled.dashboard):
        found.append(Problem(code, ("service",), f"panel `{issue.panel_title}`: {issue.message}"))
    for group in compiled.groups:
        if len(group.rules) > service.project.max_rules_per_group:
            message = f"rule group `{group.name}` has {len(group.rules)} rules"
            hint = f"the limit is {service.project.max_rules_per_group} (`rules.max_rules_per_group`)"
            found.append(Problem("OBS301", ("service",), message, hint, severity=Severity.WARNING))
    return found
