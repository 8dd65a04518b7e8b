"""Finds custom panels and alerts: `panels/` and `alerts/` of a project, and the entry points of installed packages."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING, Any

from gitops_obs import alerts, customs, source, spec
from gitops_obs.customs import CustomAlert, Customs, Panel
from gitops_obs.errors import Diagnostic, Span
from gitops_obs.source import Document

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType, ModuleType

GROUPS = {"panels": "gitops_obs.panels", "alerts": "gitops_obs.alerts"}


def load(root: Path) -> tuple[Customs, list[Diagnostic], str]:
    """All custom panels and alerts of the project at `root`, findings, and a digest of the files they come from."""
    found, findings, digest = Customs(), [], hashlib.blake2b(digest_size=8)
    for folder in ("panels", "alerts"):
        files = sorted((root / folder).glob("*")) if (root / folder).is_dir() else []
        for file in files:
            if file.suffix not in (".yaml", ".py") or file.name.startswith("_"):
                continue
            if link := links(root, file):
                findings += link
                continue
            if file.is_file():
                digest.update(file.read_bytes())
            load_file = _load_yaml if file.suffix == ".yaml" else _load_python
            findings += load_file(root, folder, file, found)
        findings += _load_entry_points(folder, found)
    return found, findings, digest.hexdigest() if found.panels or found.alerts else ""


def links(root: Path, file: Path) -> list[Diagnostic]:
    """A finding OBS012 where `file` or its folder is a symbolic link, through which a build would read elsewhere."""
    for place in (file, file.parent):
        if place != root and place.is_symlink():
            name = place.relative_to(root).as_posix()
            hint = "replace the link by the file itself; a build reads only files of this repository"
            return [Diagnostic("OBS012", f"`{name}` is a symbolic link", Span(name), hint=hint)]
    return []


def read_document(root: Path, file: Path, schema: str) -> tuple[Document, list[Diagnostic]]:
    """A YAML file of the project held to a schema, and its findings; the document's value is None with any."""
    name = file.relative_to(root).as_posix()
    try:
        text, findings = source.decode(name, file.read_bytes())
    except OSError as error:
        text, findings = "", [Diagnostic("OBS001", f"cannot read `{name}`: {error.strerror}", Span(name))]
    if findings:
        return Document(name, text, None), findings
    document, findings = source.read(name, text)
    if not findings and not spec.holds(document.value, schema):
        findings = [problem.at(document) for problem in spec.explain(document.value, schema)]
    return document, findings


def _load_yaml(root: Path, folder: str, file: Path, found: Customs) -> list[Diagnostic]:
    kind = folder.removesuffix("s")
    document, findings = read_document(root, file, kind)
    if findings:
        return findings
    if document.value[kind] != file.stem:
        message = f"the file is called `{file.name}`, the {kind} `{document.value[kind]}`"
        return [spec.Problem("OBS105", (kind,), message, "give both the same name").at(document)]
    make: Any = customs.yaml_panel if kind == "panel" else customs.yaml_alert
    item, problems = make(document.value, document.file)
    return [p.at(document) for p in problems] or _add(folder, item, found)


def _load_python(root: Path, folder: str, file: Path, found: Customs) -> list[Diagnostic]:
    place = file.relative_to(root).as_posix()
    try:
        module = import_file(file)
        return _add(folder, _from_module(folder, file.stem, place, module), found)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever goes wrong in a user's file is a finding
        return [python_failed(place, error, file)]


def python_failed(place: str, error: BaseException, file: Path) -> Diagnostic:
    """The finding for an exception out of a user's Python file, with the last line of that file that was running."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == str(file):
        line = error.lineno or 0
    span = Span(place, line, 1, line, 2) if line else Span(place)
    hint = "run the file's build(service) in a Python shell to see the whole traceback"
    return Diagnostic("OBS403", f"{type(error).__name__}: {error}", span, hint=hint)


def import_file(file: Path) -> ModuleType:
    """The Python file as a module of its own. Raises whatever the file raises."""
    name = f"_gitops_obs_custom_{file.parent.name}_{file.stem.replace('-', '_').replace('.', '_')}"
    spec_ = importlib.util.spec_from_loader(name, _Loader(name, str(file)))
    if spec_ is None or spec_.loader is None:
        raise ImportError(f"cannot import {file.name}")
    module = importlib.util.module_from_spec(spec_)
    sys.modules[name] = module
    spec_.loader.exec_module(module)
    return module


class _Loader(SourceFileLoader):
    """Reads the source, always: bytecode is as old as its second, and has no place in a repository."""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002  # one module each
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def _from_module(folder: str, name: str, place: str, module: Any) -> Panel | CustomAlert:
    build = getattr(module, "build", None)
    if not callable(build):
        raise TypeError("the file defines no function `build(service)`")
    if folder == "panels":
        size = getattr(module, "WIDTH", 12), getattr(module, "HEIGHT", 8)
        return Panel(name, place, build, *size, python=True)
    keys = frozenset(getattr(module, "DEFAULTS", {})) | {"for", "keep_firing_for"}
    return CustomAlert(name, place, build, keys, python=True)


def _load_entry_points(folder: str, found: Customs) -> list[Diagnostic]:
    from importlib.metadata import entry_points  # noqa: PLC0415  # 10 ms

    findings: list[Diagnostic] = []
    for point in entry_points(group=GROUPS[folder]):
        place = f"{point.dist.name if point.dist else '?'} ({point.value})"
        try:
            item = _from_module(folder, point.name, place, point.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001
            message = f"{type(error).__name__}: {error}"
            findings.append(Diagnostic("OBS403", message, Span(place), hint="update or uninstall the package"))
        else:
            findings += _add(folder, item, found)
    return findings


def _add(folder: str, item: Any, found: Customs) -> list[Diagnostic]:
    registry: dict[str, Any] = getattr(found, folder)
    ours = folder == "alerts" and item.id in alerts.ids()
    if ours or item.id in registry:
        other = "gitops-obs" if ours else registry[item.id].place
        message = f"two {folder} are called `{item.id}`: here and in {other}"
        code = "OBS302" if folder == "alerts" else "OBS405"
        return [Diagnostic(code, message, Span(item.place), hint="rename one of the two")]
    registry[item.id] = item
    return []
