"""One build: services/ → generated/, every file checked, nothing written unless all of them are well."""

from __future__ import annotations

import fnmatch
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gitops_obs import extras, forked, git, inputs, manifest, unchanged
from gitops_obs.change import Change
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.inputs import SERVICES
from gitops_obs.load_customs import python_failed
from gitops_obs.manifest import Entry
from gitops_obs.render import Renderer
from gitops_obs.request import Result
from gitops_obs.store import Store
from gitops_obs.tree import FOLDER, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitops_obs.change import Kind
    from gitops_obs.model import Service
    from gitops_obs.request import Request
    from gitops_obs.workspace import Read, Workspace

_PER_JOB = 150  # services that make a process of their own worth its start
_OURS = ("alertmanager/", "dashboards/", "rules/", "tests/")
_HINT_STALE = "run `gitops-obs build` and commit generated/"


@dataclass(frozen=True, slots=True)
class _Record:
    """What became of one service file. `service` is "" where it could not be read or was not asked for."""

    file: str
    service: str = ""
    owner: str = ""
    line: str = ""
    changes: tuple[tuple[Kind, str], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def run(workspace: Workspace, request: Request, progress: Callable[[int, int], None] | None = None) -> Result:
    """Build as requested. `progress` is called with services done and services in all.

    With errors among the findings `generated/` is as it was. Raises GitopsObsError where the file system refuses.
    """
    tree = Tree(workspace.root)
    tree.discard()
    try:
        result = _run(workspace, request, tree, progress)
        if not request.check and not result.failed:
            tree.commit()
            for change in result.changes:
                if change.kind == "delete":
                    tree.delete(change.path.removeprefix(f"{FOLDER}/"))
    finally:
        tree.discard()
    return result


def _run(workspace: Workspace, request: Request, tree: Tree, progress: Callable[[int, int], None] | None) -> Result:
    result = Result(list(workspace.diagnostics))
    names, findings = workspace.service_files()
    result.diagnostics += findings
    names = asked(names, request, workspace, result)
    run_, tally = _Builder(workspace, request, tree), _Tally(result)
    with closing(forked.each(run_.record, names, _jobs(request, len(names)))) as found:
        for done, record in enumerate(found, start=1):
            tally.add(record)
            if progress:
                progress(done, len(names))
    tally.close()
    if not result.failed:
        _finish(run_, tally, result)
    return result


def _finish(run_: _Builder, tally: _Tally, result: Result) -> None:
    """What depends on all services: pages over many of them, what to delete, and the manifest."""
    workspace, request = run_.workspace, run_.request
    shared: list[tuple[str, str]] = []
    if request.whole:
        files, findings = extras.files(workspace, sorted(tally.owners), run_.store)
        result.diagnostics += findings
        for path, data in files:
            kind, stamp = run_.write(path, data)
            result.changes.append(Change(kind, f"{FOLDER}/{path}"))
            shared.append((path, stamp))
        if not result.failed:
            result.changes += list(_orphans(run_.tree, {change.path for change in result.changes}, result))
    if request.check:
        result.diagnostics += [_stale(change) for change in result.changes if change.kind != "unchanged"]
    elif not result.failed:
        kept = {} if request.whole else dict(run_.known.lines)
        kept.update(tally.lines)
        known = () if result.diagnostics else tuple(shared)  # what is found shall be found again
        manifest.save(run_.store, workspace.digest, known, (kept[file] for file in sorted(kept)))
        run_.store.forget_others()


class _Tally:
    """Takes records in any order and keeps of each only what the end of the build needs."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.lines: dict[str, str] = {}
        self.owners: set[str] = set()
        self._before = len(result.diagnostics)  # what is said about the project comes first
        self._files: dict[str, str] = {}
        self._twice: list[tuple[str, str]] = []

    def add(self, record: _Record) -> None:
        """Count one service file."""
        result = self.result
        result.diagnostics += record.diagnostics
        result.checked += bool(record.service or record.diagnostics)
        result.changes += [Change(kind, f"{FOLDER}/{path}", record.service) for kind, path in record.changes]
        if record.line:
            self.lines[record.file] = record.line
        if record.service:
            self.owners.add(record.owner)
            if self._files.setdefault(record.service, record.file) != record.file:
                self._twice.append((record.service, record.file))

    def close(self) -> None:
        """Say which services stand in two files, and put everything in order."""
        for service, file in self._twice:
            first, second = sorted((file, self._files[service]))
            message = f"service `{service}` stands in {SERVICES}/{first} as well"
            span = Span(f"{SERVICES}/{second}")
            self.result.diagnostics.append(Diagnostic("OBS106", message, span, hint="rename one of the two"))
        self.result.diagnostics[self._before :] = sorted(
            self.result.diagnostics[self._before :], key=Diagnostic.sort_key
        )
        self.result.changes.sort(key=lambda change: change.path)


class _Builder:
    """Builds one service file after the other; forked processes share what it had before."""

    def __init__(self, workspace: Workspace, request: Request, tree: Tree) -> None:
        self.workspace, self.request, self.tree = workspace, request, tree
        self.store = Store(workspace.root)
        self.known = manifest.load(self.store, workspace.digest)
        self.renderer = Renderer(workspace.customs, self.store)

    def record(self, file: str) -> _Record:
        """Read, compile and stage one service file."""
        data = self.workspace.content(file)
        if isinstance(data, Diagnostic):
            return _Record(file, diagnostics=(data,))
        digest = manifest.digest(data)
        known = self.known.lines.get(file)
        if known and (record := self._unchanged(Entry.of(known), digest, known)):
            return record
        read = self.workspace.read(file, data)
        if read.service is None:
            return _Record(file, diagnostics=tuple(read.findings))
        if self.request.owner and read.service.owner != self.request.owner:
            return _Record(file)
        return self._build(file, read, read.service, digest)

    def _unchanged(self, entry: Entry, digest: str, line: str) -> _Record | None:
        if self.request.owner and entry.owner != self.request.owner:
            return None
        if not unchanged.same(self.workspace.root, self.tree, entry, digest):
            return None
        changes: tuple[tuple[Kind, str], ...] = tuple(("unchanged", path) for path, _ in entry.outputs)
        return _Record(entry.file, entry.service, entry.owner, line, changes)

    def _build(self, file: str, read: Read, service: Service, digest: str) -> _Record:
        findings = read.findings
        try:
            files = self.renderer.files(service)
        except GitopsObsError:
            raise
        except (Exception, SystemExit) as error:
            if not self.workspace.customs.need_python(service):
                raise
            findings.append(custom_failed(self.workspace, service, error))
            return _Record(file, diagnostics=tuple(findings))
        written = [(path, *self.write(path, data)) for path, data in files]
        changes = tuple((kind, path) for path, kind, _ in written)
        stamps = tuple((path, stamp) for path, _, stamp in written)
        entry = Entry(file, service.name, service.owner, digest, read.paths, stamps)
        line = "" if findings or self.workspace.customs.need_python(service) else entry.line()
        return _Record(file, service.name, service.owner, line, changes, tuple(findings))

    def write(self, path: str, data: bytes) -> tuple[Kind, str]:
        """Stage `data` unless it is there already; what happened, and the file's stamp."""
        kind = self.tree.differs(path, data)
        if kind == "unchanged":
            return kind, self.tree.stamp(path)
        return kind, "" if self.request.check else self.tree.put(path, data)


def custom_failed(workspace: Workspace, service: Service, error: BaseException) -> Diagnostic:
    """The finding for an exception out of a custom panel or alert of `service`, on its line where that is known."""
    customs = workspace.customs
    places = [p.place for p in customs.panels_of(service)] + [a.place for a in customs.alerts_of(service)]
    for place in places:
        finding = python_failed(place, error, workspace.root / place)
        if finding.span.line:
            return finding
    message = f"a custom panel or alert failed: {type(error).__name__}: {error}"
    hint = "look at " + " and ".join(f"`{place}`" for place in places)
    return Diagnostic("OBS403", message, Span(service.file), hint=hint)


def asked(names: list[str], request: Request, workspace: Workspace, result: Result) -> list[str]:
    """The files that names, globs and `--changed-since` ask for."""
    if request.changed_since:
        changed = git.changed_since(workspace.root, request.changed_since)
        if not any(_touches_all(path) for path in changed):
            wanted = {PurePosixPath(path).name for path in changed if path.startswith(f"{SERVICES}/")}
            names = [name for name in names if name in wanted]
    if not request.names:
        return names
    kept = []
    stems = {name.rpartition(".")[0]: name for name in names}
    for pattern in request.names:
        stem = PurePosixPath(pattern).name.removesuffix(".yaml")
        found = fnmatch.filter(stems, stem)
        if not found:
            from gitops_obs.spec import nearest  # noqa: PLC0415

            message = f"no service matches `{pattern}`"
            result.diagnostics.append(Diagnostic("OBS122", message, Span(SERVICES), hint=nearest(stem, stems)))
        kept += found
    return [stems[stem] for stem in sorted(set(kept))]


def _touches_all(path: str) -> bool:
    return path == inputs.PROJECT_FILE or path.split("/", maxsplit=1)[0] in inputs.CUSTOM


def _jobs(request: Request, count: int) -> int:
    if request.jobs:
        return request.jobs
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, count // _PER_JOB))


def _orphans(tree: Tree, built: set[str], result: Result) -> Iterator[Change]:
    for link in tree.links():
        hint = "delete the link; gitops-obs writes only files, and only inside the repository"
        message = f"`{FOLDER}/{link}` is a symbolic link"
        result.diagnostics.append(Diagnostic("OBS502", message, Span(f"{FOLDER}/{link}"), hint=hint))
    for path in tree.files():
        if f"{FOLDER}/{path}" in built or not path.startswith(_OURS):
            continue
        if not extras.is_ours(tree.root / path):
            hint = "move it out of generated/, where every file is written by gitops-obs"
            message = f"`{FOLDER}/{path}` was not made by gitops-obs and is left alone"
            span = Span(f"{FOLDER}/{path}")
            result.diagnostics.append(Diagnostic("OBS504", message, span, Severity.WARNING, hint=hint))
            continue
        yield Change("delete", f"{FOLDER}/{path}", "")


def _stale(change: Change) -> Diagnostic:
    message = {
        "create": f"`{change.path}` is missing",
        "update": f"`{change.path}` is not what services/ describes",
        "delete": f"`{change.path}` is described by no service file",
    }[change.kind]
    return Diagnostic("OBS501", message, Span(change.path), hint=_HINT_STALE)
