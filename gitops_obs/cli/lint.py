"""Check service files, rules and dashboards, and write nothing.

Finds what `build` finds, and more: what a preset cannot answer, and what the checks say about dashboards and rules.
FILES are service files, services or patterns; without any, everything is checked. Other files are read as what they
are: Prometheus rules, PrometheusRule manifests, or dashboards as JSON, and need no project around them.

Examples:
  gitops-obs lint                             # everything
  gitops-obs lint services/checkout.yaml      # one file
  gitops-obs lint rules/*.yaml board.json     # files that were not made here
  gitops-obs lint --fail-on warning           # stricter, for CI
  gitops-obs lint --output-format sarif --output-file lint.sarif
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _complete, _output
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options


@_command(__doc__, reports=True)
@click.argument("files", nargs=-1, shell_complete=_complete.services)
@click.option("--owner", default="", shell_complete=_complete.owners, help="Only services of this owner.")
@click.option("--changed-since", default="", metavar="REV", help="Only services changed since a Git revision.")
@click.pass_obj
def command(options: Options, /, files: tuple[str, ...], owner: str, changed_since: str) -> int:
    """Check, print the findings."""
    from gitops_obs.cli import _lint  # noqa: PLC0415  # what `--help` need not pay

    found = _lint.run(options, files, owner, changed_since)
    noun = "file" if found.files else "service"
    _output.findings(options, found.diagnostics, found.checked, noun=noun)
    return options.exit_code(found.diagnostics)
