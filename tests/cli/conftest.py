"""A project on disk, and the program run over it in this process or in one of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitops_obs import build, cli, lint
from gitops_obs.build import Result
from gitops_obs.change import Change
from gitops_obs.errors import Diagnostic, Severity, Span

SERVICE = """\
service: checkout
owner: payments
telemetry:
  preset: prometheus_http
  select: {job: checkout}
slos:
  availability: 99.9%
"""
ERROR = Diagnostic(
    "OBS101", "unknown key `slo`", Span("services/checkout.yaml", 6, 1, 6, 5), hint="did you mean `slos`?"
)
WARNING = Diagnostic("OBS504", "`generated/x` was not made by gitops-obs", Span("generated/x"), Severity.WARNING)
INFO = Diagnostic("OBS112", "`version_now` is left out", Span("services/checkout.yaml", 4, 3, 4, 9), Severity.INFO)
CHANGES = [
    Change("create", "generated/rules/payments/checkout.yaml", "checkout"),
    Change("update", "generated/dashboards/payments/checkout.json", "checkout"),
    Change("unchanged", "generated/dashboards/_fleet.json"),
]


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Give every test the same environment, with nothing in it that changes output."""
    for name in list(os.environ):
        if name.startswith(("GITOPS_OBS_", "_GITOPS_OBS_")) or name in ("NO_COLOR", "FORCE_COLOR", "CI"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a folder with one good service file the present one."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "checkout.yaml").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Make an empty folder the present one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, stdin=None):
    """Run a command in this process, through the same code as the installed program."""
    done = CliRunner().invoke(cli.group, arguments, input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def program(*arguments, cwd, **environment):
    """Run the program in a process of its own; `environment` is added to what there is."""
    done = subprocess.run(
        [sys.executable, "-m", "gitops_obs", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(Path(build.__file__).parents[1])} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def outcome(monkeypatch):
    """Let `build` and `lint` find what a test says, and keep what they were asked for."""
    asked = []

    def finding(*diagnostics, changes=CHANGES, checked=1):
        def stub(_workspace, request, _progress=None):
            asked.append(request)
            return Result(list(diagnostics), list(changes), checked)

        monkeypatch.setattr(build, "run", stub)
        monkeypatch.setattr(lint, "run", stub)
        return asked

    return finding
