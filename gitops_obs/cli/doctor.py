"""Look over machine and project, and say what to mend.

Asks nothing over the network. Exits 0 when nothing needs you, 1 when services have findings or generated/ is out of
date, 2 when the project cannot be read.

Examples:
  gitops-obs doctor              # in a project
  gitops-obs -C ../shop doctor   # somewhere else
  gitops-obs doctor --json       # for a bug report
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from json import dumps
from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _exit_codes
from gitops_obs.cli._command import command as _command
from gitops_obs.errors import GitopsObsError

if TYPE_CHECKING:
    from gitops_obs.cli._line import Line
    from gitops_obs.cli._options import Options

_MARKS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "stale": ("✗", "red"), "broken": ("✗", "red")}
_CODES = {"ok": _exit_codes.OK, "note": _exit_codes.OK, "stale": _exit_codes.FINDINGS, "broken": _exit_codes.USAGE}


@_command(__doc__)
@click.option("--json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(options: Options, /, json: bool) -> int:
    """Collect the lines, print them."""
    lines = _lines(options)
    code = max(_CODES[line.state] for line in lines)
    if json:
        found = [asdict(line) for line in lines]
        document = {"type": "gitops-obs.doctor", "schema_version": 1, "exit_code": code, "lines": found}
        click.echo(dumps(document, indent=2))
        return code
    for section, group in groupby(lines, key=lambda line: line.section):
        click.echo(click.style(section.capitalize(), bold=True))
        for line in group:
            _print(line, options)
    return code


def _lines(options: Options) -> list[Line]:
    from gitops_obs.cli import _doctor_machine, _doctor_project  # noqa: PLC0415  # what `--help` need not pay
    from gitops_obs.cli._line import BROKEN, Line  # noqa: PLC0415

    try:
        root = options.root
    except GitopsObsError as error:
        finding = error.diagnostics[0]
        return [*_doctor_machine.lines(None), Line("project", BROKEN, finding.message, finding.hint)]
    return [*_doctor_machine.lines(root), *_doctor_project.lines(root)]


def _print(line: Line, options: Options) -> None:
    if options.quiet and line.state == "ok":
        return
    mark, color = _MARKS[line.state]
    click.echo(f"  {click.style(mark, fg=color)} {line.text}")
    if line.fix:
        click.echo(f"    → {line.fix}")
