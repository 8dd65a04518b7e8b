"""What `lint` was asked to look at: services of the project, and files that were not made here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_obs import foreign, lint
from gitops_obs.errors import Diagnostic, GitopsObsError
from gitops_obs.inputs import SERVICES
from gitops_obs.request import Request

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options
    from gitops_obs.workspace import Workspace


@dataclass(slots=True)
class Found:
    """Findings, and how many services and other files were looked at."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    services: int = 0
    files: int = 0

    @property
    def checked(self) -> int:
        """How many files were looked at, each service being one."""
        return self.services + self.files


def run(options: Options, files: tuple[str, ...], owner: str, changed_since: str) -> Found:
    """Look at what is asked for. Raises GitopsObsError where a project is needed and there is none."""
    root = _root(options)
    others = [(name, Path(name)) for name in files if _is_other(Path(name), root)]
    names = tuple(name for name in files if not _is_other(Path(name), root))
    found = Found()
    workspace = options.workspace() if root or not others else None
    if workspace and (names or not others):
        request = Request(names=names, owner=owner, changed_since=changed_since, today=options.today)
        result = lint.run(workspace, request)
        found.diagnostics, found.services = result.diagnostics, result.checked
    if others:
        _others(options, [(_shown(name, path, root), path) for name, path in others], workspace, found)
    return found


def _others(options: Options, files: list[tuple[str, Path]], workspace: Workspace | None, found: Found) -> None:
    result = foreign.run(files, lint.settings(workspace), options.today)
    found.diagnostics += result.diagnostics
    found.files = result.checked


def _root(options: Options) -> Path | None:
    try:
        return options.root
    except GitopsObsError:
        return None


def _is_other(path: Path, root: Path | None) -> bool:
    """Whether it is a file, and none of the project's service files. Without a project everything is."""
    return root is None or (path.is_file() and path.resolve().parent != root / SERVICES)


def _shown(name: str, path: Path, root: Path | None) -> str:
    """The file's name in findings: from the project's root, as all others, or as it was given."""
    whole = path.resolve()
    return whole.relative_to(root).as_posix() if root and whole.is_relative_to(root) else name
