"""What `lint` was asked to look at: services of the project, and files that were not made here."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitops_obs import foreign, lint
from gitops_obs.errors import Diagnostic, GitopsObsError
from gitops_obs.inputs import SERVICES
from gitops_obs.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitops_obs.cli._options import Options
    from gitops_obs.workspace import Workspace

_RATE, _TIMEOUT = 50, 30  # questions a second, seconds for each: they are small


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


def run(options: Options, files: tuple[str, ...], asked: Mapping[str, Any]) -> Found:
    """Look at what is asked for. Raises GitopsObsError where a project or a Prometheus is needed and there is none."""
    root = _root(options)
    others = [(name, Path(name)) for name in files if _is_other(Path(name), root)]
    names = tuple(name for name in files if not _is_other(Path(name), root))
    found = Found()
    workspace = options.workspace() if root or not others else None
    with _online(workspace, asked, found) as more:
        if workspace and (names or not others):
            request = Request(
                names=names, owner=asked["owner"], changed_since=asked["changed_since"], today=options.today
            )
            result = lint.run(workspace, request, more)
            found.diagnostics, found.services = [*found.diagnostics, *result.diagnostics], result.checked
        if others:
            shown = [(_shown(name, path, root), path) for name, path in others]
            result = foreign.run(shown, lint.settings(workspace), options.today, more)
            found.diagnostics, found.files = [*found.diagnostics, *result.diagnostics], result.checked
    return found


@contextmanager
def _online(workspace: Workspace | None, asked: Mapping[str, Any], found: Found) -> Iterator[foreign.More | None]:
    """The checks that ask a Prometheus, where they are asked for."""
    if not asked["online"]:
        yield None
        return
    from gitops_obs.prometheus import address  # noqa: PLC0415  # and what it imports, for --online only
    from gitops_obs.prometheus.client import Client, Limits  # noqa: PLC0415
    from gitops_obs.prometheus.live import Live  # noqa: PLC0415

    told = address.Asked(asked["prometheus"], asked["environment"], asked["allow_config_url"])
    where, held = address.find(told, os.environ, workspace.project.environments if workspace else {})
    found.diagnostics += held
    client = Client(where, Limits(rate=_RATE, timeout=_TIMEOUT))
    try:
        client.check()
        yield Live(client, time.time()).issues
    finally:
        client.close()


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
