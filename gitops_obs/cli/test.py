"""Run the generated tests of alerts by promtool.

Each alert of generated/rules is made to fire and held silent by tests under generated/tests, and service files may add
tests of their own (`tests:`). They run as they stand, so build first. Routes of alerts are tried by amtool. NAMES are
services or patterns; without any, everything is tested.

Each test gets the rules it needs, which is many times faster; with --all-rules it gets every rule of its service.

Examples:
  gitops-obs test                       # everything
  gitops-obs test checkout              # one service
  gitops-obs test --changed-since main  # what a branch changes
  gitops-obs test --output-format junit --output-file tests.xml
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _complete, _output
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options
    from gitops_obs.proven import Report


@_command(__doc__, reports=True)
@click.argument("names", nargs=-1, shell_complete=_complete.services)
@click.option("--owner", default="", shell_complete=_complete.owners, help="Only services of this owner.")
@click.option("--changed-since", default="", metavar="REV", help="Only services changed since a Git revision.")
@click.option(
    "-j", "--jobs", default=0, metavar="N", type=click.IntRange(0), help="Processes; one a core unless given."
)
@click.option("--all-rules", is_flag=True, help="Evaluate every rule of the service in each test; slower.")
@click.pass_obj
def command(  # noqa: PLR0917  # click names them
    options: Options, /, names: tuple[str, ...], owner: str, changed_since: str, jobs: int, all_rules: bool
) -> int:
    """Run tests, print what does not hold."""
    from gitops_obs import proven  # noqa: PLC0415  # what `--help` need not pay
    from gitops_obs.cli import _progress  # noqa: PLC0415
    from gitops_obs.promtool import program  # noqa: PLC0415
    from gitops_obs.request import Request  # noqa: PLC0415

    request = Request(names=names, owner=owner, changed_since=changed_since, jobs=jobs)
    promtool = program.find()
    with _progress.shown(options, "Testing", "tests") as progress:
        report = proven.run(options.workspace(), request, promtool, whole=all_rules, progress=progress)
    for file, why in report.skipped:
        _output.say(options, f"Skipped {file}: {why}")
    _output.findings(options, report.result.diagnostics, report.result.checked)
    if options.format == "text" and not options.quiet and not report.result.failed:
        _output.say(options, _summary(report, promtool.shown))
    return options.exit_code(report.result.diagnostics)


def _summary(report: Report, version: str) -> str:
    services = f"{report.services} service{'' if report.services == 1 else 's'}"
    return f"{report.tests} tests of {services} hold (promtool {version})"
