"""Asks `amtool`, which comes with Alertmanager, whether a configuration is one, and where it sends alerts."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from gitops_obs import alertmanager
from gitops_obs.errors import Diagnostic, GitopsObsError, Span
from gitops_obs.inputs import PROJECT_FILE
from gitops_obs.spec import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.alertmanager.cases import Case
    from gitops_obs.routing import Routing
    from gitops_obs.source import Document

_SECONDS = 30
_SAID = 300  # characters of amtool's own words that a message repeats
_LAST = "the fragment of each owner must be merged in as last built, below no route that takes its alerts first"


def is_installed() -> bool:
    """Whether there is an amtool to ask."""
    return shutil.which("amtool") is not None


def generated(routing: Routing, cases: Iterable[Case], document: Document) -> list[Diagnostic]:
    """Findings OBS136 about what is generated: fragments are tried in a root of which nothing else is known.

    Raises GitopsObsError (exit code 2) where amtool is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "alertmanager.yml"
        file.write_text(alertmanager.text(alertmanager.whole(routing)), "utf-8")
        return merged(file, cases, document)


def merged(config: Path, cases: Iterable[Case], document: Document) -> list[Diagnostic]:
    """Findings OBS136 about `config`, a whole configuration, at the lines of the project file `document`.

    Raises GitopsObsError (exit code 2) where amtool is not installed.
    """
    program = shutil.which("amtool")
    if program is None:
        hint = "install it: Debian's package is called prometheus-alertmanager"
        raise GitopsObsError(Diagnostic("OBS136", "amtool is not installed", Span(PROJECT_FILE), hint=hint))
    done = _run([program, "check-config", str(config)])
    if done.returncode:
        said = " ".join(f"{done.stdout} {done.stderr}".replace(str(config), config.name).split())[:_SAID]
        return [Problem("OBS136", (), f"amtool refuses the configuration: {said}", _LAST).at(document)]
    root = yaml.safe_load(config.read_text("utf-8"))["route"]["receiver"]
    return [problem.at(document) for problem in _astray(program, config, cases, root)]


def _astray(program: str, config: Path, cases: Iterable[Case], root: str) -> Iterator[Problem]:
    for case in cases:
        wanted = case.receiver or root
        # quoted as the matchers that amtool takes them for
        labels = [f"{name}={json.dumps(text, ensure_ascii=False)}" for name, text in case.labels]
        test = [program, "config", "routes", "test", f"--config.file={config}", f"--verify.receivers={wanted}"]
        done = _run([*test, *labels])
        if done.returncode:
            owner, severity = case.label("team"), case.label("severity")
            got = done.stdout.partition("\n")[0] or " ".join(done.stderr.split())[:_SAID]
            message = f"{severity} {case.label('alertname')} of `{owner}` goes to `{got}` instead of `{wanted}`"
            yield Problem("OBS136", ("owners", owner, "slack", severity), message, _LAST, key=True)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
