"""Where each setting of an alert comes from: its default, the project, the owner's team, or the service file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitops_obs import alerts, load_customs
from gitops_obs.errors import Diagnostic, GitopsObsError, Span
from gitops_obs.inputs import PROJECT_FILE, SERVICES
from gitops_obs.spec import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitops_obs.source import Document, Path
    from gitops_obs.workspace import Workspace

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `place` is `default`, or file and line."""

    key: str
    value: str
    place: str


def settings(workspace: Workspace, service: str, alert: str) -> list[Setting]:
    """Settings of `alert` for `service`, as the service's file, its owner and the project make them.

    The first says whether the alert is on. Raises GitopsObsError where the service is not there or cannot be read.
    """
    file = workspace.root / SERVICES / f"{service}.yaml"
    document = _document(workspace, file, "service")
    layers: list[tuple[Document, Path]] = [(document, ("alerts", alert))]
    if (workspace.root / PROJECT_FILE).is_file():
        whole = _document(workspace, workspace.root / PROJECT_FILE, "project")
        owner = document.value["owner"]
        layers = [(whole, ("defaults", "alerts", alert)), (whole, ("owners", owner, "alerts", alert)), *layers]
    merged = _merged(_defaults(workspace, alert), layers, on=alert not in workspace.customs.alerts)
    derived = _derived(workspace, document, alert) if merged[0].value == "on" else []
    keys = {found.key for found in derived}
    return [*(found for found in merged if found.key not in keys), *derived]


def _derived(workspace: Workspace, document: Document, alert: str) -> list[Setting]:
    """What follows from objectives, which comes before defaults."""
    derived = getattr(alerts.module(alert), "derived", None) if alert in alerts.ids() else None
    name = document.file.removeprefix(f"{SERVICES}/")
    service = workspace.read(name, document.text.encode()).service if derived else None
    found = derived(service) if derived and service else ()
    return [Setting(key, value, _place(document, path)) for key, value, path in found]


def _merged(defaults: Mapping[str, str], layers: list[tuple[Document, Path]], *, on: bool) -> list[Setting]:
    """Lay the layers over each other as `resolve` does: mappings add up, anything else replaces what was said."""
    first = Setting("alert", "on" if on else "off", DEFAULT)
    values = {key: Setting(key, value, DEFAULT) for key, value in defaults.items()}
    before: Any = None
    for document, path in layers:
        said = at(document.value, path)
        if said is None:
            continue
        is_off = said in ("off", False)
        first = Setting("alert", "off" if is_off else "on", _place(document, path))
        if not (isinstance(said, dict) and isinstance(before, dict)):
            values = {key: Setting(key, value, DEFAULT) for key, value in defaults.items()}
        if isinstance(said, dict):
            values |= {key: Setting(key, str(value), _place(document, (*path, key))) for key, value in said.items()}
        before = said
    return [first, *(values.values() if first.value == "on" else ())]


def _defaults(workspace: Workspace, alert: str) -> Mapping[str, str]:
    if alert in alerts.ids():
        return dict(alerts.module(alert).DEFAULTS)
    return dict.fromkeys(sorted(workspace.customs.alerts[alert].keys), "as its file says")


def _document(workspace: Workspace, file: Any, schema: str) -> Document:
    if not file.is_file():
        place = file.relative_to(workspace.root).as_posix()
        known = (name.rpartition(".")[0] for name in workspace.service_files()[0])
        finding = Diagnostic("OBS122", f"no service `{file.stem}`", Span(place), hint=nearest(file.stem, known))
        raise GitopsObsError(finding)
    document, findings = load_customs.read_document(workspace.root, file, schema)
    if findings:
        raise GitopsObsError(*findings)
    return document


def at(value: Any, path: Path) -> Any:
    """What stands at `path` of a mapping of mappings, None where nothing does."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _place(document: Document, path: Path) -> str:
    return f"{document.file}:{document.span(path, key=True).line}"
