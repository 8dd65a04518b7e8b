"""The program run in this process or in one of its own, and what it can be made to find."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from gitops_obs import cli
from gitops_obs.change import Change
from gitops_obs.errors import Diagnostic, Severity, Span

ROOT = Path(__file__).parents[2]

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


def run(*arguments, stdin=None):
    """Run a command in this process, through the same code as the installed program."""
    done = CliRunner().invoke(cli.group, arguments, input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def start(*arguments, cwd, **environment):
    """Run the program in a process of its own; `environment` is added to what there is."""
    done = subprocess.run(
        [sys.executable, "-m", "gitops_obs", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)
