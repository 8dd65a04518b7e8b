"""The program promtool: where it is, and how old."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gitops_obs.errors import Diagnostic, GitopsObsError, Span

VARIABLE = "GITOPS_OBS_PROMTOOL"
NATIVE_SINCE = (2, 48)
"""The first version whose tests take native histograms with buckets (prometheus/prometheus CHANGELOG)."""

_VERSION = re.compile(r"promtool, version (\d+)\.(\d+)")
_HINT = "install Prometheus (Debian and Ubuntu: apt-get install prometheus), or name the program in $" + VARIABLE


@dataclass(frozen=True, slots=True)
class Promtool:
    """A promtool: its path and its version as (major, minor)."""

    path: str
    version: tuple[int, int]

    @property
    def shown(self) -> str:
        """The version as a person writes it."""
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def reads_native(self) -> bool:
        """Whether its tests take native histograms."""
        return self.version >= NATIVE_SINCE

    def run(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        """Run it; what it writes is text, and its exit code 0 where every test passed."""
        return subprocess.run(
            [self.path, *arguments], capture_output=True, text=True, errors="replace", check=False, env=_environment()
        )


def find() -> Promtool:
    """The promtool of this machine: `$GITOPS_OBS_PROMTOOL`, or the one on the path. Raises GitopsObsError (OBS350)."""
    named = os.environ.get(VARIABLE, "")
    path = shutil.which(named or "promtool")
    if path is None:
        message = f"`{named}` is no program" if named else "promtool is not installed"
        raise GitopsObsError(Diagnostic("OBS350", message, Span("promtool"), hint=_HINT))
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise GitopsObsError(
            Diagnostic("OBS350", f"cannot run `{path}`: {error.strerror}", Span("promtool"))
        ) from error
    found = _VERSION.search(done.stdout + done.stderr)
    if found is None:
        raise GitopsObsError(Diagnostic("OBS350", f"`{path}` is no promtool", Span("promtool"), hint=_HINT))
    return Promtool(path, (int(found[1]), int(found[2])))


def _environment() -> dict[str, str]:
    """Tests live for milliseconds: memory in place of a disk, no garbage collection below a gibibyte, one thread."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder is made in it, by promtool
    folder = {"TMPDIR": str(memory)} if memory.is_dir() and os.access(memory, os.W_OK) else {}
    return {**os.environ, **folder, "GOGC": "off", "GOMEMLIMIT": "1GiB", "GOMAXPROCS": "1"}
