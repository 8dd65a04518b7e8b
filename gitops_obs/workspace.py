"""A project on disk: its root, project file, presets, custom panels and alerts, and the service files to read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitops_obs import alerts, inputs, load_customs, preset, project, resolve, source, spec, zones
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.inputs import PROJECT_FILE, SERVICES
from gitops_obs.project import ProjectFile

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.customs import Customs
    from gitops_obs.model import Service
    from gitops_obs.preset import Preset
    from gitops_obs.source import Document

_LINK_HINT = "replace the link by the file itself; a build reads only files of this repository"


@dataclass(frozen=True, slots=True)
class Read:
    """What a service file says: its service (None with any error), findings, and the repository paths it names."""

    service: Service | None
    findings: list[Diagnostic]
    paths: tuple[str, ...] = ()


@dataclass
class Workspace:
    """A project, read but for its services. `diagnostics` are the findings of reading the rest.

    `document` is the project file as written, None where there is none or it cannot be read.
    """

    root: Path
    project: ProjectFile = field(default_factory=ProjectFile)
    customs: Customs = field(init=False)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    digest: str = ""
    document: Document | None = None
    _presets: dict[str, Preset] = field(default_factory=dict)

    def __post_init__(self) -> None:
        customs, diagnostics, digest = load_customs.load(self.root)
        self.customs = customs
        self.diagnostics += diagnostics
        self._read_presets()
        self._read_project(digest)
        self.digest = inputs.digest(self.root)

    @cached_property
    def context(self) -> resolve.Context:
        """What service files are read against."""
        names = preset.builtin_names() | self._presets.keys()
        keys = _AlertKeys(self.customs)
        return resolve.Context(self.project, self.preset, names, keys, frozenset(self.customs.panels))

    def preset(self, name: str) -> Preset:
        """A preset of the project or a built-in one. Raises KeyError where there is none."""
        return self._presets.get(name) or preset.builtin(name)

    @property
    def own_presets(self) -> tuple[str, ...]:
        """Names of the project's own presets."""
        return tuple(sorted(self._presets))

    def service_files(self) -> tuple[list[str], list[Diagnostic]]:
        """Names of the files in services/, sorted, and findings about what else is there (OBS012, OBS013, OBS122)."""
        folder = self.root / SERVICES
        names: list[str] = []
        findings: list[Diagnostic] = []
        if folder.is_symlink():
            finding = Diagnostic("OBS012", "`services` is a symbolic link", Span(SERVICES), hint=_LINK_HINT)
            return [], [finding]
        for entry in sorted(os.scandir(folder), key=lambda e: e.name) if folder.is_dir() else ():
            if not entry.name.endswith((".yaml", ".yml")) or entry.name.startswith("."):
                continue
            place = f"{SERVICES}/{entry.name}"
            if entry.is_symlink():
                findings.append(Diagnostic("OBS012", f"`{place}` is a symbolic link", Span(place), hint=_LINK_HINT))
                continue
            if entry.name.endswith(".yml"):
                hint = f"rename it to {place.removesuffix('.yml')}.yaml"
                message = "service files end in .yaml"
                findings.append(Diagnostic("OBS013", message, Span(place), Severity.WARNING, hint=hint))
            names.append(entry.name)
        if not names and not findings:
            findings.append(Diagnostic("OBS122", "no service files in services/", Span(SERVICES), hint=inputs.START))
        return names, findings

    def content(self, name: str) -> bytes | Diagnostic:
        """The bytes of `services/<name>`, or the finding OBS001 that says why they cannot be had."""
        place = f"{SERVICES}/{name}"
        try:
            return (self.root / place).read_bytes()
        except OSError as error:
            return Diagnostic("OBS001", f"cannot read `{place}`: {error.strerror}", Span(place))

    def read(self, name: str, data: bytes) -> Read:
        """What `services/<name>` with content `data` says."""
        file = f"{SERVICES}/{name}"
        text, findings = source.decode(file, data)
        if findings:
            return Read(None, findings)
        value = source.read_fast(text)
        problems: list[spec.Problem] = []
        if value is None or not spec.holds(value, "service"):
            document, findings = source.read(file, text)
            value = document.value
            if value is None:
                return Read(None, findings)
            problems = spec.explain(value, "service") if not spec.holds(value, "service") else []
            value = _sound(value, problems)
        service, paths = None, []
        if value is not None:
            service, meant = resolve.service(value, file, self.context)
            paths = _paths(value)
            problems += meant + self._about_files(name, value, paths)
        if problems:
            findings += _placed(problems, source.Document(file, text, value))
        if any(finding.severity is Severity.ERROR for finding in findings):
            service = None
        return Read(service, findings, tuple(path for _, path in paths))

    def _about_files(
        self, name: str, value: dict[str, Any], paths: list[tuple[tuple[str, ...], str]]
    ) -> list[spec.Problem]:
        problems = []
        if name.rpartition(".")[0] != value["service"]:
            right = f"{SERVICES}/{value['service']}.yaml"
            if (self.root / right).exists():
                code, message = "OBS106", f"service `{value['service']}` stands in {right} as well"
                hint = "rename one of the two"
            else:
                code, message = "OBS105", f"the file is called `{name}`, the service `{value['service']}`"
                hint = f"rename the file to {right}, or the service"
            problems.append(spec.Problem(code, ("service",), message, hint))
        if value["service"] == value["owner"]:
            message = f"its dashboard would be called as the folder it is in, `{value['owner']}`"
            hint = "give the service or its owner another name; Grafana 9 refuses such a dashboard"
            problems.append(spec.Problem("OBS402", ("service",), message, hint))
        hint = "give a path from the root of the repository"
        for path, place in paths:
            if ".." in place.split("/"):
                problems.append(spec.Problem("OBS104", path, f"`{place}` may lead out of the repository", hint))
            elif not (self.root / place).exists():
                message = f"`{place}` does not exist"
                problems.append(spec.Problem("OBS119", path, message, hint, severity=Severity.WARNING))
        return problems

    def _read_presets(self) -> None:
        for file, value, document in self._documents("presets", "preset"):
            if value["preset"] != file.stem:
                problem = spec.Problem("OBS118", ("preset",), f"the file is called `{file.name}`, the preset otherwise")
                self.diagnostics.append(problem.at(document))
            else:
                self._presets[value["preset"]] = preset.from_data(value)

    def _documents(self, folder: str, schema: str) -> list[tuple[Path, dict[str, Any], Document]]:
        """Every YAML file in a folder of the project that holds to `schema`; findings for the others."""
        good = []
        for file in sorted((self.root / folder).glob("*.yaml")):
            if link := load_customs.links(self.root, file):
                self.diagnostics += link
                continue
            document, findings = load_customs.read_document(self.root, file, schema)
            self.diagnostics += [_as(f, "OBS118") if schema == "preset" else f for f in findings]
            if not findings:
                good.append((file, document.value, document))
        return good

    def _read_project(self, digest: str) -> str:
        file = self.root / PROJECT_FILE
        if not file.exists():
            self.project, _ = project.from_data({}, digest)
            return ""
        if link := load_customs.links(self.root, file):
            self.diagnostics += link
            return ""
        text, findings = source.decode(PROJECT_FILE, _read_bytes(file, PROJECT_FILE))
        document = source.Document(PROJECT_FILE, text, None)
        if not findings:
            document, findings = source.read(PROJECT_FILE, text)
        if not findings:
            self.document = document
            self.project, problems = project.from_data(document.value, digest)
            findings = _placed([*problems, *zones.problems(self.project.routing)], document)
        self.diagnostics += findings
        return text


class _AlertKeys(Mapping[str, frozenset[str]]):
    """Keys that may be set, by alert; a built-in alert is imported when a service sets something about it."""

    def __init__(self, customs: Customs) -> None:
        self._own = {name: alert.keys for name, alert in customs.alerts.items()}

    def __getitem__(self, name: str) -> frozenset[str]:
        return self._own[name] if name in self._own else alerts.keys(name)

    def __iter__(self) -> Iterator[str]:
        return iter({*alerts.ids(), *self._own})

    def __len__(self) -> int:
        return len({*alerts.ids(), *self._own})


def _sound(value: Any, problems: list[spec.Problem]) -> dict[str, Any] | None:
    """The part of a service file that holds to its schema, so that one bad key hides nothing about the others."""
    if not problems or not isinstance(value, dict):
        return None if problems else value
    bad = {problem.path[0] for problem in problems if problem.path}
    sound = {key: inner for key, inner in value.items() if key not in bad}
    return sound if spec.holds(sound, "service") else None


def _paths(value: dict[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """Places in the repository that a service file names."""
    found: list[tuple[tuple[str, ...], str]] = []
    runbook = value.get("links", {}).get("runbook", "")
    if runbook and not runbook.startswith(("http://", "https://")):
        found.append((("links", "runbook"), runbook))
    for checker, place in value.get("drift", {}).items():
        inner = place.items() if isinstance(place, dict) else [("", place)]
        found += [(("drift", checker, *([key] if key else [])), path) for key, path in inner]
    return found


def _placed(problems: list[spec.Problem], document: Document) -> list[Diagnostic]:
    return [problem.at(document) for problem in problems[: source.MOST]]


def _as(finding: Diagnostic, code: str) -> Diagnostic:
    return Diagnostic(code, finding.message, finding.span, finding.severity, finding.label, finding.hint)


def _read_bytes(file: Path, place: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"cannot read `{place}`: {error.strerror}"
        raise GitopsObsError(Diagnostic("OBS001", message, Span(place))) from error
