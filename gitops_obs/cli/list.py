"""List presets, panels, alerts, checks, services and more.

WHAT is presets, panels, alerts, checks, services, formats or codes. Inside a project its own presets, panels and
alerts are listed with the built-in ones.

Examples:
  gitops-obs list presets          # what telemetry is understood
  gitops-obs list alerts           # with names and severities
  gitops-obs list services         # what services/ describes
  gitops-obs list codes --json     # for a program
"""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _output, _screen
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options

_WHAT = ("presets", "panels", "alerts", "checks", "services", "formats", "codes")


@_command(__doc__)
@click.argument("what", metavar="WHAT", type=click.Choice(_WHAT))
@click.option("--json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(options: Options, /, what: str, json: bool) -> None:
    """Print the rows of one registry."""
    from gitops_obs.cli import _catalogue  # noqa: PLC0415  # imports every registry

    rows = _catalogue.rows(what, _output.project(options, needed=what == "services"))
    if json:
        document = {"type": "gitops-obs.list", "schema_version": 1, "kind": what, "items": rows}
        click.echo(dumps(document, indent=2))
    else:
        _screen.table(options, rows)
