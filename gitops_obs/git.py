"""The few questions asked of Git, read-only and by argument list."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, GitopsObsError, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def changed_since(root: Path, revision: str) -> list[str]:
    """Files below `root` that differ from `revision`, untracked ones included, relative to `root`.

    Raises GitopsObsError where Git does not know the revision or is not there.
    """
    commit = _commit(root, revision)
    changed = _git(root, "diff", "--name-only", "--relative", "-z", commit, "--", ".")
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted({*changed.split("\0"), *untracked.split("\0")} - {""})


def extract(root: Path, revision: str, folder: Path, parts: Sequence[str]) -> Path:
    """Write the `parts` of `root` as they stood at `revision` into the empty `folder`, and give its `root` there.

    Uses an index of its own, so the repository stays as it is. Raises GitopsObsError as `changed_since` does.
    """
    commit = _commit(root, revision)
    place = folder / "tree" / _git(root, "rev-parse", "--show-prefix").strip()
    place.mkdir(parents=True)
    index = {"GIT_INDEX_FILE": str(folder / "index")}
    _git(root, "read-tree", commit, environment=index)
    files = _git(root, "ls-files", "-z", "--", *parts, environment=index)
    _git(root, "checkout-index", "-z", "--stdin", f"--prefix={folder / 'tree'}/", environment=index, stdin=files)
    return place


def _commit(root: Path, revision: str) -> str:
    if revision.startswith("-") or not revision.isprintable():
        raise _failed(f"`{revision}` is not a revision")
    return _git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()


def _git(root: Path, *arguments: str, environment: Mapping[str, str] | None = None, stdin: str | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: PLW1510  # the exit code is looked at below
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # names of files are bytes
            env=os.environ | (environment or {}),
            input=stdin,
        )
    except FileNotFoundError:
        raise _failed("git is not installed") from None
    if done.returncode:
        raise _failed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "git failed")
    return done.stdout


def _failed(why: str) -> GitopsObsError:
    hint = "name a revision that is fetched here, such as origin/main"
    return GitopsObsError(Diagnostic("OBS001", f"cannot tell what changed: {why}", Span(".git"), hint=hint))
