"""What `doctor` says about a project: file, settings and where they come from, services, generated/, schemas."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from gitops_obs import build, load_customs
from gitops_obs.cli import _doctor_schemas, _origin
from gitops_obs.cli._line import BROKEN, NOTE, OK, STALE, Line
from gitops_obs.errors import GitopsObsError, Severity
from gitops_obs.inputs import PROJECT_FILE, SERVICES
from gitops_obs.request import Request
from gitops_obs.routing import SEVERITIES
from gitops_obs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gitops_obs.project import ProjectFile
    from gitops_obs.request import Result

_STALE = "OBS501"


def lines(root: Path) -> Iterator[Line]:
    """Everything about the project at `root`."""
    workspace = Workspace(root)
    yield from _file(workspace)
    yield from _settings(workspace)
    try:
        result = build.run(workspace, Request(check=True))
    except GitopsObsError as error:
        for found in error.diagnostics:
            yield Line("project", BROKEN, f"{found.span}: {found.message}", found.hint)
        return
    yield _services(workspace, result)
    yield _generated(result)
    yield from _doctor_schemas.lines(root, workspace.service_files()[0])


def _file(workspace: Workspace) -> Iterator[Line]:
    if not (workspace.root / PROJECT_FILE).is_file():
        fix = "a build does without; write one to name teams and environments"
        yield Line("project", NOTE, f"no {PROJECT_FILE} in {workspace.root}", fix)
    elif not workspace.diagnostics:
        yield Line("project", OK, f"{workspace.root / PROJECT_FILE}")
    for found in workspace.diagnostics:
        state = BROKEN if found.severity is Severity.ERROR else NOTE
        yield Line("project", state, f"{found.span}: {found.message}", f"gitops-obs explain {found.code}")


def _settings(workspace: Workspace) -> Iterator[Line]:
    """Each setting, its value and its origin: line of the project file, or default."""
    file = workspace.root / PROJECT_FILE
    document = None
    if file.is_file():
        document, findings = load_customs.read_document(workspace.root, file, "project")
        if findings:
            return
    for path, value in _values(workspace.project):
        said = document is not None and _origin.at(document.value, path) is not None
        origin = f"{PROJECT_FILE}:{document.span(path, key=True).line}" if document and said else "default"
        yield Line("settings", OK, f"{'.'.join(path)} = {_shown(value)} ({origin})")


def _values(found: ProjectFile) -> Iterator[tuple[tuple[str, ...], Any]]:
    model = found.model
    yield ("owners",), ", ".join(found.owners or ()) or "any"
    yield ("environments",), ", ".join(found.environments)
    yield ("cluster_label",), model.cluster_label
    yield ("repository",), model.repository
    yield ("branch",), model.branch
    yield ("grafana", "url"), model.grafana_url
    yield ("grafana", "editable"), model.editable
    yield ("rules", "interval"), model.interval
    yield ("rules", "rate_window"), model.rate_window
    yield ("rules", "scrape_interval"), model.scrape_interval
    yield ("rules", "max_rules_per_group"), model.max_rules_per_group
    yield ("defaults", "tier"), found.tier
    yield ("defaults", "window"), found.window
    yield ("defaults", "alerts"), ", ".join(found.alerts)
    yield from _routing(found)


def _routing(found: ProjectFile) -> Iterator[tuple[tuple[str, ...], Any]]:
    routing = found.routing
    yield ("outputs", "alertmanager"), routing.output
    yield ("routing", "default"), routing.default
    yield ("routing", "hours"), ", ".join(hours.name for hours in routing.hours)
    for severity in SEVERITIES:
        yield ("routing", severity), ", ".join(routing.pace(severity).as_dict().values())
    yield ("routing", "slack_api_url_file"), routing.api_url_file
    yield ("routing", "slack_token_file"), routing.token_file


def _services(workspace: Workspace, result: Result) -> Line:
    count = len(workspace.service_files()[0])
    files = (found.span.file for found in result.diagnostics if found.code != _STALE)
    troubled = {file for file in files if file.startswith(f"{SERVICES}/")}
    text = f"{count} service file{'' if count == 1 else 's'} in {SERVICES}/"
    if not troubled:
        return Line("services", OK if count else BROKEN, text, "" if count else "gitops-obs new <service>")
    return Line("services", STALE, f"{text}, {len(troubled)} with findings", "gitops-obs lint")


def _generated(result: Result) -> Line:
    stale = Counter(found.code for found in result.diagnostics)[_STALE]
    if stale:
        text = f"generated/ is out of date: {stale} file{'' if stale == 1 else 's'}"
        return Line("services", STALE, text, "gitops-obs build")
    if result.failed:
        return Line("services", STALE, "generated/ cannot be judged while service files have errors", "gitops-obs lint")
    return Line("services", OK, "generated/ is what the service files say")


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"
