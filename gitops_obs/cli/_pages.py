"""Pages that `explain` shows and documentation is made of, one for each finding, alert, panel, preset and check."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitops_obs import alerts, checks, findings, load_customs, panels, preset
from gitops_obs.cli import _catalogue, _exit_codes, _preset_page
from gitops_obs.preset import builtin_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitops_obs.workspace import Workspace

EXIT_CODES = "exit-codes"


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its id; `name` is what else the thing is called (an alert's name, a check's code)."""

    kind: str
    id: str
    markdown: str
    name: str = ""


def find(thing: str, workspace: Workspace | None) -> list[Page]:
    """All pages of things called `thing`, in either case of letters."""
    wanted = thing.lower()
    return [page() for (_, names, page) in _all(workspace) if wanted in (name.lower() for name in names)]


def names(workspace: Workspace | None) -> list[str]:
    """Everything that has a page, by every name it has."""
    return sorted({name for _, known, _ in _all(workspace) for name in known if name})


def of_kind(kind: str) -> list[Page]:
    """Pages of all built-in things of one kind: finding, alert, panel, preset, check."""
    return [page() for found, _, page in _all(None) if found == kind]


def _all(workspace: Workspace | None) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Kind, names and page of everything; a page is written only when it is asked for."""
    for code in findings.codes():
        yield "finding", (code,), lambda code=code: _finding(code)
    for name in alerts.ids():
        yield "alert", (name, alerts.module(name).NAME), lambda name=name: _alert(name)
    for name in panels.ids():
        yield "panel", (name,), lambda name=name: _panel(name)
    for name in sorted(builtin_names()):
        yield "preset", (name,), lambda name=name: _preset(name, preset.builtin_data(name))
    for name in checks.ids():
        yield "check", (name, checks.module(name).CODE), lambda name=name: _check(name)
    yield "exit codes", (EXIT_CODES,), lambda: Page("exit codes", EXIT_CODES, exit_codes())
    if workspace:
        yield from _own(workspace)


def _own(workspace: Workspace) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    for name, alert in sorted(workspace.customs.alerts.items()):
        yield "alert", (name,), lambda name=name, place=alert.place: _custom(workspace, "alert", name, place)
    for name, panel in sorted(workspace.customs.panels.items()):
        yield "panel", (name,), lambda name=name, place=panel.place: _custom(workspace, "panel", name, place)
    for name in workspace.own_presets:
        file = workspace.root / "presets" / f"{name}.yaml"
        document, _ = load_customs.read_document(workspace.root, file, "preset")
        yield "preset", (name,), lambda name=name, data=document.value: _preset(name, data)


def exit_codes() -> str:
    """The page of exit codes."""
    title, _, body = (_exit_codes.__doc__ or "").partition("\n")
    return f"# {title.removesuffix('.')}\n{body}"


def _finding(code: str) -> Page:
    page = findings.page(code)
    text = f"# {code}: {page.title}\n\nSeverity: {page.severity.word}\n\n{page.body}"
    return Page("finding", code, text)


def _alert(name: str) -> Page:
    module: Any = alerts.module(name)
    head = f"# Alert `{name}`: {module.TITLE}\n\nIn Prometheus: `{module.NAME}`.\n\n"
    return Page("alert", name, f"{head}{_doc(module)}\n\n{_defaults(module.DEFAULTS)}\n", module.NAME)


def _defaults(defaults: Mapping[str, str]) -> str:
    rows = (f"| `{key}` | {value} |" for key, value in defaults.items())
    return "\n".join(["## Defaults", "", "| setting | default |", "| --- | --- |", *rows])


def _panel(name: str) -> Page:
    module: Any = panels.module(name)
    return Page("panel", name, f"# Panel `{name}`: {module.TITLE}\n\n{_doc(module)}\n")


def _check(name: str) -> Page:
    module: Any = checks.module(name)
    return Page("check", name, f"# {module.CODE}: check `{name}`\n\n{_doc(module)}\n", module.CODE)


def _preset(name: str, data: dict[str, Any]) -> Page:
    return Page("preset", name, _preset_page.markdown(data))


def _custom(workspace: Workspace, kind: str, name: str, place: str) -> Page:
    file = workspace.root / place
    text = _catalogue.described(workspace.root, place)
    if file.suffix == ".py" and file.is_file():
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or text
    elif file.is_file():
        data = load_customs.read_document(workspace.root, file, kind)[0].value
        text = f"{text}\n\n{data['description']}"
    return Page(kind, name, f"# {kind.capitalize()} `{name}` of this project\n\n{text}\n\nDefined in {place}.\n")


def _doc(module: Any) -> str:
    return inspect.cleandoc(module.__doc__ or "").rstrip()
