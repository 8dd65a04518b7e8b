"""Service files from OpenSLO documents on disk: each is held to what a build asks of it before it is written."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_obs import promql, source
from gitops_obs.cli import _output, _scaffold, _start
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.inputs import SERVICES
from gitops_obs.openslo import documents, text
from gitops_obs.openslo.services import Draft, Given, drafts
from gitops_obs.spec import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.cli._options import Options
    from gitops_obs.model import Service
    from gitops_obs.preset import Preset
    from gitops_obs.workspace import Workspace


@dataclass(slots=True)
class Imported:
    """What an import found and wrote; `snippets` are texts that a person has to merge, `checked` counts services."""

    diagnostics: list[Diagnostic]
    snippets: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    checked: int = 0


def run(options: Options, files: Iterable[str], *, owner: str, preset: str, merge: bool) -> Imported:
    """Import `files`, paths as the person wrote them. Raises GitopsObsError (OBS107) where there is no such preset."""
    workspace = options.workspace()
    given = Given(
        presets=_presets(workspace, preset),
        owner=owner,
        preset=preset,
        owners=tuple(workspace.project.owners or ()),
        window=workspace.project.window,
    )
    unread: list[Diagnostic] = []
    objects = documents.read(_contents(files, options.root, unread))
    slos = objects.of("SLO")
    made = drafts(objects, given)
    result = Imported([*workspace.diagnostics, *unread, *objects.findings])
    result.checked = len({slo.text("spec", "service") for slo in slos})
    if not slos and not any(found.severity is Severity.ERROR for found in result.diagnostics):
        hint = "give files with documents of `kind: SLO`"
        place = Span(_place(next(iter(files)), options.root))
        result.diagnostics.append(Diagnostic("OBS140", "no SLO in these files", place, hint=hint))
    for draft in made:
        _service(options, workspace, draft, result, merge=merge)
    # one SLI may be read for several SLOs
    result.diagnostics = list(dict.fromkeys(result.diagnostics))
    return result


def _presets(workspace: Workspace, asked: str) -> dict[str, Preset]:
    found = {name: workspace.preset(name) for name in sorted(workspace.context.preset_names)}
    found = {name: preset for name, preset in found.items() if preset.requests is not None}
    if asked and asked not in found:
        hint = nearest(asked, found)
        raise GitopsObsError(Diagnostic("OBS107", f"no preset `{asked}` that counts requests", Span(""), hint=hint))
    return found


def _contents(files: Iterable[str], root: Path, unread: list[Diagnostic]) -> Iterator[tuple[str, bytes]]:
    for file in dict.fromkeys(files):
        place = _place(file, root)
        try:
            with Path(file).open("rb") as opened:
                yield place, opened.read(source.MAX_BYTES + 1)
        except OSError as error:
            hint = "give files with OpenSLO documents"
            unread.append(Diagnostic("OBS001", f"cannot read `{file}`: {error.strerror}", Span(place), hint=hint))


def _place(file: str, root: Path) -> str:
    """The file as findings name it, from the project's root."""
    return Path(os.path.relpath(file, root)).as_posix()


def _service(options: Options, workspace: Workspace, draft: Draft, result: Imported, *, merge: bool) -> None:
    path = f"{SERVICES}/{draft.name}.yaml"
    full = text.service_file(draft, _scaffold.modeline("service", 1))
    service = _held(workspace, draft, full, result)
    if service is None:
        return
    if (options.root / path).exists() or (options.root / path).is_symlink():
        _beside(options, workspace, draft, service, result, merge=merge)
        return
    missing = {at: schema for at, schema in _scaffold.schemas("service").items() if not (options.root / at).exists()}
    result.written += _start.write(options, options.root, {path: full} | missing)


def _held(workspace: Workspace, draft: Draft, full: str, result: Imported) -> Service | None:
    """The service in `full`, or None and why a build would refuse it, said where the document stands."""
    read = workspace.read(f"{draft.name}.yaml", full.encode())
    for finding in read.findings:
        message = f"the service file would be wrong: {finding.message}"
        fields = draft.place
        fields.say(Problem(finding.code, ("metadata", "name"), message, finding.hint, severity=finding.severity))
        result.diagnostics.append(fields.findings[-1])
    return read.service


def _beside(
    options: Options, workspace: Workspace, draft: Draft, service: Service, result: Imported, *, merge: bool
) -> None:
    """A service file is there: say that it says the same, add `slos:` where that is asked for, or show what to add."""
    path = f"{SERVICES}/{draft.name}.yaml"
    data = workspace.content(f"{draft.name}.yaml")
    there = workspace.read(f"{draft.name}.yaml", data).service if isinstance(data, bytes) else None
    if there and _measures(there) == _measures(service) and _objectives(there) == _objectives(service):
        _output.say(options, f"kept    {path} (it says the same)")
        return
    new = text.slos(draft)
    old = data.decode("utf-8-sig") if isinstance(data, bytes) and there else None
    if old is not None and there and not any(_objectives(there)) and _measures(there) == _measures(service):
        merged = f"{old.rstrip(chr(10))}\n{new}"
        after = workspace.read(f"{draft.name}.yaml", merged.encode()).service
        if after and _objectives(after) == _objectives(service):
            if merge:
                _save(options, path, merged, result)
                return
            new = "".join(difflib.unified_diff(old.splitlines(keepends=True), merged.splitlines(keepends=True),
                                               f"a/{path}", f"b/{path}"))  # fmt: skip
    elif there and _measures(there) != _measures(service):
        new = text.telemetry(draft) + new
    result.snippets.append(f"To merge into {path}:\n\n{new}")
    hint = "merge what is printed above by hand"
    if merge is False and new.startswith("---"):
        hint = "merge what is printed above, or run again with --write"
    result.diagnostics.append(
        Diagnostic("OBS145", f"`{path}` is there and was not changed", Span(path), Severity.WARNING, hint=hint)
    )


def _save(options: Options, path: str, merged: str, result: Imported) -> None:
    try:
        (options.root / path).write_text(merged, encoding="utf-8")
    except OSError as error:
        message = f"cannot write `{path}`: {error.strerror}"
        raise GitopsObsError(Diagnostic("OBS503", message, Span(path), hint="check permissions")) from error
    _output.say(options, f"changed {path} (added `slos:`)")
    result.written.append(path)


def _objectives(service: Service) -> tuple[object, ...]:
    return service.availability, service.latency, service.routes


def _measures(service: Service) -> tuple[object, ...]:
    """What a service's objectives are measured by, however its matchers are ordered."""
    signal = service.signal
    select = promql.selectors(promql.selector("x", signal.select))[0].matchers
    return signal.preset.id, sorted(select), signal.label("status"), signal.label("route"), signal.histogram
