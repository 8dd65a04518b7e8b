"""Write service files from OpenSLO v1 documents.

Each service named by an SLO in FILES becomes services/<service>.yaml, with the preset whose metrics its queries
count. What cannot be taken over, is taken over differently or is left out is a finding. A service file that is there
is never overwritten: what to merge is printed, and --write adds `slos:` to a file that has none.

Examples:
  gitops-obs openslo import slo.yaml
  gitops-obs openslo import slos/*.yaml --owner payments
  gitops-obs openslo import slo.yaml --preset otel_http   # not aspnetcore
  gitops-obs openslo import slo.yaml --write              # into a file there
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _complete, _output
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options


@_command(__doc__, reports=True)
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--owner", default="", shell_complete=_complete.owners, help="Team that owns the services.")
@click.option("--preset", default="", shell_complete=_complete.presets, help="Telemetry convention of their metrics.")
@click.option("--write", is_flag=True, help="Add `slos:` to service files that are there and have none.")
@click.pass_obj
def command(options: Options, /, files: tuple[str, ...], owner: str, preset: str, write: bool) -> int:
    """Read the documents, write service files, print the findings."""
    from gitops_obs.cli import _imported  # noqa: PLC0415  # what `--help` need not pay

    found = _imported.run(options, files, owner=owner, preset=preset, merge=write)
    for text in found.snippets:
        click.echo(text, err=options.format != "text")
    _output.findings(options, found.diagnostics, found.checked)
    if found.written:
        _output.next_step(options, "gitops-obs build")
    return options.exit_code(found.diagnostics)
