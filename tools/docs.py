"""Write the reference pages in docs/reference/ from the code; with --check only say which are out of date."""  # noqa: INP001

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitops_obs import checks, schema
from gitops_obs.cli import _catalogue, _pages, group

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
MARK = "<!-- Written by tools/docs.py; `make docs` writes it again. -->\n\n"
KINDS = {"preset": "presets", "panel": "panels", "alert": "alerts", "check": "checks", "finding": "findings"}
WIDTH = 80


def pages() -> dict[str, str]:
    """Path under docs/reference/ and text of every page."""
    found = {
        "cli.md": _commands(),
        "service-file.md": _fields("service", "The service file, `services/<service>.yaml`"),
        "project-file.md": _fields("project", "The project file, `gitops-obs.yaml`"),
        "exit-codes.md": _pages.exit_codes(),
    }
    for kind, folder in KINDS.items():
        found |= {f"{folder}/{page.id}.md": page.markdown for page in _pages.of_kind(kind)}
        found[f"{folder}/README.md"] = _index(kind, folder)
    found["README.md"] = _contents(found)
    return {path: f"{MARK}{text.strip()}\n" for path, text in found.items()}


def _contents(found: dict[str, str]) -> str:
    top = [path for path in found if path.endswith("README.md") or "/" not in path]
    lines = [f"- [{found[path].strip().partition(chr(10))[0].removeprefix('# ')}]({path})" for path in sorted(top)]
    lines.append("- [Incidents: what fires, and when](../incidents.md)")
    return "\n".join(["# Reference", "", *lines])


def _index(kind: str, folder: str) -> str:
    """All things of one kind as a table, each with a link to its page."""
    rows = _catalogue.rows("codes" if kind == "finding" else folder, None)
    rows = [{key: value for key, value in row.items() if key != "from"} for row in rows]
    listed = {next(iter(row.values())) for row in rows}
    lines = [f"# {folder.capitalize()}", ""]
    if rows:
        lines += [_row(rows[0]), _row("---" for _ in rows[0])]
        lines += [_row((f"[{name}]({name}.md)", *rest)) for name, *rest in (row.values() for row in rows)]
    if kind == "check":
        lines += ["", "Checks of [pint](https://cloudflare.github.io/pint/) that are not here, and why:", ""]
        lines += [f"- {name}: {why}" for name, why in checks.rules.LEFT_OUT.items()]
    if more := [page.id for page in _pages.of_kind(kind) if page.id not in listed]:
        lines += ["", f"Used by themselves: {', '.join(f'[{name}]({name}.md)' for name in more)}."]
    return "\n".join(lines)


def _commands() -> str:
    """The help of every command, as it is printed."""
    root = click.Context(group, info_name="gitops-obs", terminal_width=WIDTH)
    return "\n\n".join(["# Commands", f"```\n{group.get_help(root)}\n```", *_subcommands(group, root)])


def _subcommands(of: click.Group, parent: click.Context) -> Iterator[str]:
    """The help of the commands of a group, and of theirs."""
    for name in of.list_commands(parent):
        command = of.get_command(parent, name)
        if command is not None:
            context = click.Context(command, parent=parent, info_name=name, terminal_width=WIDTH)
            yield f"## {context.command_path}"
            yield f"```\n{command.get_help(context)}\n```"
            if isinstance(command, click.Group):
                yield from _subcommands(command, context)


def _fields(name: str, title: str) -> str:
    """Every field of a file: its path, what it takes, whether it must be there, what it is for."""
    rows = [_row(("field", "takes", "", "what it is")), _row(("---",) * 4)]
    rows += [_row(field) for field in _walk(schema.load(name), "")]
    return "\n".join([f"# {title}", "", *rows])


def _walk(node: dict[str, Any], path: str) -> Iterator[tuple[str, str, str, str]]:
    required = node.get("required", ())
    for key, inner in node.get("properties", {}).items():
        place = f"{path}.{key}" if path else key
        yield f"`{place}`", _takes(inner), "needed" if key in required else "", inner.get("description", "")
        yield from _walk(inner, place)
    anything = node.get("additionalProperties")
    if isinstance(anything, dict):
        yield f"`{path}.<name>`", _takes(anything), "", anything.get("description", "")
        yield from _walk(anything, f"{path}.<name>")
    for branch in node.get("oneOf", ()):
        yield from _walk(branch, path)


def _takes(node: dict[str, Any]) -> str:
    """What may stand in a field, in words."""
    words = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number", "null": "nothing"}
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "type" in node:
        kinds = [node["type"]] if isinstance(node["type"], str) else node["type"]
        return " or ".join(words.get(kind, kind) for kind in kinds)
    branches = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    return " or ".join(dict.fromkeys(_takes(branch) for branch in branches))


def _row(cells: Any) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _ours() -> dict[str, Path]:
    """Pages that are there and were written by this program."""
    files = sorted(FOLDER.rglob("*.md"))
    return {f.relative_to(FOLDER).as_posix(): f for f in files if f.read_text(encoding="utf-8").startswith(MARK)}


def main() -> int:
    """Write the pages and delete those of things that are gone, or check; 1 if any is out of date."""
    wanted, there = pages(), _ours()
    stale = [path for path, text in wanted.items() if not (file := FOLDER / path).is_file() or file.read_text() != text]
    gone = [path for path in there if path not in wanted]
    if "--check" in sys.argv[1:]:
        sys.stdout.writelines(f"docs/reference/{path} is out of date; run `make docs`\n" for path in [*stale, *gone])
        return 1 if stale or gone else 0
    for path in stale:
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(wanted[path], encoding="utf-8")
    for path in gone:
        there[path].unlink()
    sys.stdout.write(f"docs/reference/: {len(stale)} written, {len(gone)} deleted, {len(wanted)} in all\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
