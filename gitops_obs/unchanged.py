"""Is there anything to build at all? A hash of each service file, a look at each output, and no heavy import.

It says "nothing changed" only where a whole build would find the same: every input as it was, every output where and
what it was, and nothing else under `generated/`. In any doubt it says nothing, and the build is done.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitops_obs import inputs, manifest
from gitops_obs.change import Change
from gitops_obs.manifest import Entry
from gitops_obs.request import Result
from gitops_obs.store import Store
from gitops_obs.tree import FOLDER, Tree

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.request import Request


def look(root: Path, request: Request) -> Result | None:
    """The result of a build in which nothing changed, None where something may have."""
    if not request.whole or inputs.runs_python(root):
        return None
    known = manifest.load(Store(root), inputs.digest(root))
    names = sorted(known.lines)
    if not known.shared or _names(root) != names:
        return None
    tree, changes = Tree(root), []
    for name in names:
        entry = Entry.of(known.lines[name])
        if not same(root, tree, entry, _digest(root, name)):
            return None
        changes += [Change("unchanged", f"{FOLDER}/{path}", entry.service) for path, _ in entry.outputs]
    if any(tree.stamp(path) != stamp for path, stamp in known.shared):
        return None
    changes += [Change("unchanged", f"{FOLDER}/{path}") for path, _ in known.shared]
    changes.sort(key=lambda change: change.path)
    if tree.links() or [f"{FOLDER}/{path}" for path in tree.files()] != [change.path for change in changes]:
        return None
    return Result(changes=changes, checked=len(names))


def same(root: Path, tree: Tree, entry: Entry, digest: str) -> bool:
    """Whether a service file with `digest` would give just what is there."""
    if entry.digest != digest or any(tree.stamp(path) != stamp for path, stamp in entry.outputs):
        return False
    return all((root / path).exists() for path in entry.paths)


def _digest(root: Path, name: str) -> str:
    try:
        with open(f"{root}/{inputs.SERVICES}/{name}", "rb", buffering=0) as file:  # noqa: PTH123  # hot path
            return manifest.digest(file.read())
    except OSError:
        return ""


def _names(root: Path) -> list[str] | None:
    """Names of the service files, None where anything there needs a finding."""
    folder = root / inputs.SERVICES
    if folder.is_symlink() or not folder.is_dir():
        return None
    names = []
    for entry in os.scandir(folder):
        if entry.name.endswith((".yaml", ".yml")) and not entry.name.startswith("."):
            if entry.is_symlink() or entry.name.endswith(".yml"):
                return None
            names.append(entry.name)
    return sorted(names)
