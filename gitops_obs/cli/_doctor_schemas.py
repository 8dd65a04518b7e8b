"""What `doctor` says about schemas: whether files name one, and whether what they name is that of this version."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_obs import schema
from gitops_obs.cli import _scaffold
from gitops_obs.cli._line import NOTE, OK, Line
from gitops_obs.inputs import PROJECT_FILE, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LINES = 3  # of a file, among which its modeline is looked for
_MODELINE = re.compile(rf"{re.escape(_scaffold.MODELINE)}(\S+)")


def lines(root: Path, services: Iterable[str]) -> Iterator[Line]:
    """Everything about the schemas of the project at `root` and of its service files."""
    kinds = {f"{SERVICES}/{name}": "service" for name in services}
    if (root / PROJECT_FILE).is_file():
        kinds[PROJECT_FILE] = "project"
    places = {path: _place(root / path) for path in kinds}
    without = [path for path, place in places.items() if not _is_schema(place, kinds[path])]
    if without:
        text = f"{len(without)} of {len(kinds)} files do not name their schema, such as {without[0]}"
        yield Line("services", NOTE, text, _begin(root, kinds[without[0]], without[0]))
    # an address is for the editor to reach
    files = [_file(root / path, place) for path, place in places.items() if path not in without and "://" not in place]
    bad = list(_copies(root, files))
    yield from bad
    if kinds and not without and not bad:
        yield Line("services", OK, "every file names its schema, so editors complete it")


def _copies(root: Path, named: list[Path]) -> Iterator[Line]:
    """What is wrong with the copies of schemas that files name, and with those in the usual place."""
    usual = [file for path in _scaffold.schemas(*schema.names()) if (file := root / path).is_file()]
    files = dict.fromkeys([*named, *usual])
    for folder in dict.fromkeys(file.parent for file in files):
        place, fix = os.path.relpath(folder, root), _write(folder)
        here = [file for file in files if file.parent == folder]
        if missing := [_name(file) for file in here if not file.is_file()]:
            yield Line("services", NOTE, f"{place}/ lacks a schema that files name: {', '.join(missing)}", fix)
        if old := [_name(file) for file in here if file.is_file() and _differs(file)]:
            yield Line("services", NOTE, f"{place}/ is of another version of gitops-obs: {', '.join(old)}", fix)


def _place(file: Path) -> str:
    """What the modeline of a file names, "" where it has none."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            head = "".join(line for _, line in zip(range(_LINES), opened, strict=False))
    except OSError:  # the build has a finding about it
        return ""
    found = _MODELINE.search(head)
    return found[1] if found else ""


def _is_schema(place: str, kind: str) -> bool:
    return "://" in place or Path(place).name == f"{kind}.schema.json"


def _file(file: Path, place: str) -> Path:
    return Path(os.path.normpath(file.parent / place))


def _name(file: Path) -> str:
    return file.name.removesuffix(".schema.json")


def _differs(file: Path) -> bool:
    return file.read_text(encoding="utf-8", errors="replace") != schema.text(_name(file))


def _begin(root: Path, kind: str, path: str) -> str:
    """How to give a file its modeline, and the schema that it names."""
    begin = f"begin it with `{_scaffold.modeline(kind, path.count('/'))}`"
    (copy,) = (root / path for path in _scaffold.schemas(kind))
    return begin if copy.is_file() else f"{_write(copy.parent)}, then {begin}"


def _write(folder: Path) -> str:
    return f"gitops-obs schema --write {shlex.quote(os.path.relpath(folder))}"
