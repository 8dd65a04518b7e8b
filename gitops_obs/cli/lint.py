"""Check service files, rules and dashboards, and write nothing.

Finds what `build` finds, and more: what a preset cannot answer, and what the checks say about dashboards and rules.
FILES are service files, services or patterns; without any, everything is checked. Other files are read as what they
are: Prometheus rules, PrometheusRule manifests, or dashboards as JSON, and need no project around them.
No network is used without --online. A comment `# gitops-obs: disable OBS332 — why` silences a finding; see
`gitops-obs explain OBS014`.

Examples:
  gitops-obs lint                             # everything
  gitops-obs lint services/checkout.yaml      # one file
  gitops-obs lint rules/*.yaml board.json     # files that were not made here
  gitops-obs lint --online --fail-on warning  # ask Prometheus too; stricter
  gitops-obs lint --output-format sarif --output-file lint.sarif
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gitops_obs.cli import _complete, _output
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options


@_command(__doc__, reports=True)
@click.argument("files", nargs=-1, shell_complete=_complete.services)
@click.option("--owner", default="", shell_complete=_complete.owners, help="Only services of this owner.")
@click.option("--changed-since", default="", metavar="REV", help="Only services changed since a Git revision.")
@click.option("--online", is_flag=True, help="Ask Prometheus too: series, types, cost, alerts that fire now.")
@click.option("--prometheus", default="", metavar="URL", help="Address; else $PROMETHEUS_URL, else the project file's.")
@click.option("--environment", default="", metavar="NAME", help="Environment of the project file, not the first.")
@click.option("--allow-config-url", is_flag=True, help="Send the token to an address that only a file names.")
@click.pass_obj
def command(options: Options, /, files: tuple[str, ...], **asked: Any) -> int:
    """Check, print the findings."""
    from gitops_obs.cli import _lint  # noqa: PLC0415  # what `--help` need not pay

    if not asked["online"] and (asked["prometheus"] or asked["environment"] or asked["allow_config_url"]):
        raise click.UsageError("only --online asks a Prometheus: add it, or leave out the address")
    found = _lint.run(options, files, asked)
    noun = "file" if found.files else "service"
    _output.findings(options, found.diagnostics, found.checked, noun=noun)
    return options.exit_code(found.diagnostics)
