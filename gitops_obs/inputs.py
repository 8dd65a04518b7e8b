"""Where a project is, and one digest of everything in it that every service depends on. Imports next to nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, GitopsObsError, Span

if TYPE_CHECKING:
    from pathlib import Path

PROJECT_FILE = "gitops-obs.yaml"
SERVICES = "services"
CUSTOM = ("presets", "panels", "alerts")
"""Folders of a project whose files any service may use."""

MARKER = b"gitops-obs:"
"""What stands in every file with a comment that silences a finding (`suppressions.py`)."""

START = "run `gitops-obs init`, or write services/<name>.yaml"


def find_root(start: Path) -> Path:
    """The nearest folder from `start` upwards with gitops-obs.yaml or services/. Raises GitopsObsError (OBS122)."""
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file() or (folder / SERVICES).is_dir():
            return folder
        if (folder / ".git").exists():
            break
    message = "no services/ and no gitops-obs.yaml here or above"
    raise GitopsObsError(Diagnostic("OBS122", message, Span(SERVICES), hint=START))


def digest(root: Path) -> str:
    """Digest of the project file and of all presets, panels and alerts, by path and content."""
    found = hashlib.blake2b(digest_size=16)
    for file in (root / PROJECT_FILE, *(file for folder in CUSTOM for file in sorted((root / folder).glob("*")))):
        if file.is_file():
            content, linked = file.read_bytes(), file.is_symlink() or file.parent.is_symlink()
            found.update(f"{file.relative_to(root).as_posix()}\0{linked}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def runs_python(root: Path) -> bool:
    """Whether a build runs Python of the project's own, whose outcome no digest can foretell."""
    return any(any((root / folder).glob("*.py")) for folder in (*CUSTOM, "dashboards"))
