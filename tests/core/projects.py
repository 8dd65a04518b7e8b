"""Projects on disk for tests: written from mappings of paths to texts, built, and compared byte for byte."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings

from gitops_obs import build
from gitops_obs.request import Request, Result
from gitops_obs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitops_obs.errors import Diagnostic

THOROUGH = settings(deadline=None, derandomize=True, max_examples=200, suppress_health_check=list(HealthCheck))
"""For properties: the same examples on every machine, and enough of them."""


def service(name: str = "checkout", *lines: str, owner: str = "payments", preset: str = "prometheus_http") -> str:
    """Text of a service file with four lines and `lines`."""
    text = f"service: {name}\nowner: {owner}\ntelemetry: {{preset: {preset}, select: {{job: {name}}}}}\n"
    return text + "".join(f"{line}\n" for line in lines)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write `files`, paths relative to `root`, and give `root`."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def services(*names: str, **more: str) -> dict[str, str]:
    """Service files by path, one a name."""
    return {f"services/{name}.yaml": service(name, **more) for name in names}


def run(root: Path, *names: str, **request: Any) -> Result:
    """One build, in this process unless `jobs` says otherwise."""
    return build.run(Workspace(root), Request(names=names, **{"jobs": 1, **request}))


def tree(root: Path, folder: str = "generated") -> dict[str, bytes]:
    """Content by path of every file under `folder`; a link is shown as its target."""
    found = {}
    for place, folders, files in os.walk(root / folder):
        for name in [*files, *(f for f in folders if (root / place / f).is_symlink())]:
            path = root / place / name
            content = path.readlink().as_posix().encode() if path.is_symlink() else path.read_bytes()
            found[path.relative_to(root).as_posix()] = content
    return found


def times(root: Path) -> dict[str, int]:
    """Time of change by path of every generated file."""
    return {path: (root / path).stat().st_mtime_ns for path in tree(root)}


def codes(found: Result | list[Diagnostic]) -> list[str]:
    """Codes of findings, in the order found."""
    return [d.code for d in (found.diagnostics if isinstance(found, Result) else found)]
