"""What `doctor` says about the machine: Python, packages, extras, programs, plug-ins, completion, the cache folder."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gitops_obs import __version__, load_customs
from gitops_obs.cli import _doctor_shell
from gitops_obs.cli._line import BROKEN, NOTE, OK, Line
from gitops_obs.store import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PACKAGES = ("click", "grafanalib", "jinja2", "jsonschema-rs", "orjson", "promql-parser", "PyYAML", "rich")
_EXTRAS = {"yaml_rs": ("yaml-rs", "fast", "reads files faster"), "watchfiles": ("watchfiles", "watch", "build --watch")}
_PROGRAMS = {"promtool": "checks and tests the generated rules", "amtool": "checks Alertmanager routes"}
_TIMEOUT = 10  # seconds for `--version`


def lines(root: Path | None) -> Iterator[Line]:
    """Everything that does not depend on the files of a project."""
    yield Line("machine", OK, f"gitops-obs {__version__}, Python {platform.python_version()} ({sys.executable})")
    yield Line("machine", OK, ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES))
    yield from _extras()
    yield from _programs()
    yield from _doctor_shell.lines(os.environ)
    yield from _plugins()
    if root:
        yield _cache(root)


def _extras() -> Iterator[Line]:
    for module, (package, extra, use) in _EXTRAS.items():
        if find_spec(module):
            yield Line("machine", OK, f"{package} {metadata.version(package)}")
        else:
            yield Line("machine", NOTE, f"{package} is not installed ({use})", f"pip install 'gitops-obs[{extra}]'")


def _programs() -> Iterator[Line]:
    for name, use in _PROGRAMS.items():
        path = shutil.which(name)
        if path is None:
            yield Line("machine", NOTE, f"{name} is not on PATH ({use})", "install Prometheus' command-line tools")
        else:
            yield Line("machine", OK, f"{name} {_version(path)}")


def _version(path: str) -> str:
    """The version a Prometheus program prints: `promtool, version 2.42.0+ds (branch: …` → `2.42.0+ds`."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "(does not start)"
    words = (done.stdout or done.stderr).split()
    return words[words.index("version") + 1] if "version" in words[:-1] else "(unknown version)"


def _plugins() -> Iterator[Line]:
    for kind, group in load_customs.GROUPS.items():
        for point in metadata.entry_points(group=group):
            origin = f"{point.dist.name} {point.dist.version}" if point.dist else "unknown package"
            try:
                point.load()
            except Exception as error:  # noqa: BLE001  # anything may go wrong in somebody else's package
                reason = f"{type(error).__name__}: {error}"
                yield Line("machine", BROKEN, f"{kind}: `{point.name}` from {origin} does not load: {reason}",
                           "update or uninstall the package")  # fmt: skip
            else:
                yield Line("machine", OK, f"{kind}: `{point.name}` from {origin}")


def _cache(root: Path) -> Line:
    folder = root / FOLDER
    place = folder if folder.exists() else root
    if os.access(place, os.W_OK):
        return Line("machine", OK, f"{FOLDER}/ can be written; builds after the first are fast")
    return Line("machine", NOTE, f"{FOLDER}/ cannot be written, so every build starts anew", f"chmod u+w {place}")
