"""The few questions asked of Git, read-only and by argument list."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, GitopsObsError, Span

if TYPE_CHECKING:
    from pathlib import Path


def changed_since(root: Path, revision: str) -> list[str]:
    """Files below `root` that differ from `revision`, untracked ones included, relative to `root`.

    Raises GitopsObsError where Git does not know the revision or is not there.
    """
    if revision.startswith("-") or not revision.isprintable():
        raise _failed(f"`{revision}` is not a revision")
    commit = _git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    changed = _git(root, "diff", "--name-only", "--relative", "-z", commit, "--", ".")
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted({*changed.split("\0"), *untracked.split("\0")} - {""})


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: PLW1510  # the exit code is looked at below
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # names of files are bytes
        )
    except FileNotFoundError:
        raise _failed("git is not installed") from None
    if done.returncode:
        raise _failed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "git failed")
    return done.stdout


def _failed(why: str) -> GitopsObsError:
    hint = "name a revision that is fetched here, such as origin/main"
    return GitopsObsError(Diagnostic("OBS001", f"cannot tell what changed: {why}", Span(".git"), hint=hint))
