"""What there is to choose from: presets, panels, alerts, checks, services, formats and codes, as rows of a table."""

from __future__ import annotations

import ast
import importlib
from typing import TYPE_CHECKING, Any

from gitops_obs import alerts, checks, findings, formats, load_customs, panels, preset
from gitops_obs.cli._screen import BUILT_IN
from gitops_obs.inputs import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitops_obs.preset import Preset
    from gitops_obs.workspace import Workspace

Rows = list[dict[str, str]]


def rows(kind: str, workspace: Workspace | None) -> Rows:
    """Rows of one kind, each with the same keys in the same order; the first is the id. Without a project: built-ins.

    Raises KeyError where there is no such kind.
    """
    return list(_KINDS[kind](workspace))


def kinds() -> tuple[str, ...]:
    """What `rows` knows."""
    return tuple(_KINDS)


def first_line(doc: str | None) -> str:
    """The first sentence of a docstring without the full stop at its end."""
    return (doc or "").strip().partition("\n")[0].removesuffix(".")


def described(root: Path, place: str) -> str:
    """What a file in a project's `panels/` or `alerts/` says it is: its title or summary, or its docstring."""
    file = root / place
    if not file.is_file():  # an installed package; its page is the package's own
        return place
    if file.suffix == ".py":
        return first_line(ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))))
    schema = file.parent.name.removesuffix("s")
    data = load_customs.read_document(root, file, schema)[0].value
    return str(data.get("title") or data["summary"])


def answers(preset_: Preset) -> Iterator[str]:
    """What a preset can tell besides the rate of requests, one word each."""
    labels = dict(preset_.labels)
    yield from ("errors",) if preset_.errors else ()
    yield from ("durations",) if preset_.duration else ("mean duration",) if preset_.gauges else ()
    yield from ("routes",) if "route" in labels else ()
    yield from ("versions",) if preset_.version_info or "version" in labels else ()
    yield from ("targets",) if preset_.target else ()


def _presets(workspace: Workspace | None) -> Iterator[dict[str, str]]:
    own = workspace.own_presets if workspace else ()
    for name in sorted({*preset.builtin_names(), *own}):
        found = workspace.preset(name) if workspace else preset.builtin(name)
        if found.kind != "companion":
            place = f"presets/{name}.yaml" if name in own else BUILT_IN
            yield {"preset": name, "title": found.title, "tells": ", ".join(answers(found)), "from": place}


def _panels(workspace: Workspace | None) -> Iterator[dict[str, str]]:
    for name in panels.ids():
        module = panels.module(name)
        yield _panel(name, module.TITLE, first_line(module.__doc__), BUILT_IN)
    if workspace is None:
        return
    for name, panel in sorted(workspace.customs.panels.items()):
        yield _panel(name, "", described(workspace.root, panel.place), panel.place)


def _panel(name: str, title: str, summary: str, place: str) -> dict[str, str]:
    return {"panel": name, "title": title, "shows": summary, "from": place}


def _alerts(workspace: Workspace | None) -> Iterator[dict[str, str]]:
    for name in alerts.ids():
        module: Any = alerts.module(name)
        severity = module.DEFAULTS.get("severity", "")
        yield _alert(name, module.NAME, severity, first_line(module.__doc__), BUILT_IN)
    if workspace is None:
        return
    for name, alert in sorted(workspace.customs.alerts.items()):
        yield _alert(name, "", "", described(workspace.root, alert.place), alert.place)


def _alert(name: str, shown: str, severity: str, summary: str, place: str) -> dict[str, str]:
    return {"alert": name, "name": shown, "severity": severity, "fires when": summary, "from": place}


def _checks(_workspace: Workspace | None) -> Iterator[dict[str, str]]:
    for name in checks.ids():
        module: Any = checks.module(name)
        yield {"check": name, "code": module.CODE, "summary": first_line(module.__doc__)}


def _services(workspace: Workspace | None) -> Iterator[dict[str, str]]:
    if workspace is None:
        return
    for name in workspace.service_files()[0]:
        file = f"{SERVICES}/{name}"
        service = workspace.read(name, (workspace.root / file).read_bytes()).service
        if service is None:
            yield _service(name.rpartition(".")[0], "", "", "see `gitops-obs lint`", file)
        else:
            yield _service(service.name, service.owner, service.tier, service.signal.preset.id, file)


def _service(name: str, owner: str, tier: str, preset_: str, file: str) -> dict[str, str]:
    return {"service": name, "owner": owner, "tier": tier, "preset": preset_, "file": file}


def _formats(_workspace: Workspace | None) -> Iterator[dict[str, str]]:
    for name in formats.names():
        yield {"format": name, "summary": first_line(importlib.import_module(f"gitops_obs.formats.{name}").__doc__)}


def _codes(_workspace: Workspace | None) -> Iterator[dict[str, str]]:
    for code in findings.codes():
        page = findings.page(code)
        yield {"code": code, "severity": page.severity.word, "title": page.title}


_KINDS: dict[str, Callable[[Workspace | None], Iterator[dict[str, str]]]] = {
    "presets": _presets,
    "panels": _panels,
    "alerts": _alerts,
    "checks": _checks,
    "services": _services,
    "formats": _formats,
    "codes": _codes,
}
