"""Build dashboards and alert rules from the service files.

Reads services/ and writes generated/, all of it or, where anything is wrong, nothing. Never opens a network connection.
NAMES are services or patterns; without any, everything is built, and what no service file describes is deleted.

Examples:
  gitops-obs build                      # everything
  gitops-obs build checkout "pay*"      # some; the rest of generated/ stays
  gitops-obs build --check              # fail if out of date; write nothing
  gitops-obs build --changed-since origin/main    # what a branch changed
  gitops-obs build --watch              # again whenever a file is saved
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from gitops_obs.cli import _complete, _output, _progress
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.change import Kind
    from gitops_obs.cli._options import Options
    from gitops_obs.request import Request, Result

_WORDS: tuple[tuple[Kind, str], ...] = (
    ("create", "created"),
    ("update", "updated"),
    ("delete", "deleted"),
    ("unchanged", "unchanged"),
)


@_command(__doc__, reports=True)
@click.argument("names", nargs=-1, shell_complete=_complete.services)
@click.option("--check", is_flag=True, help="Write nothing; fail if generated/ is not what the service files say.")
@click.option("--watch", is_flag=True, help="Build again whenever a file is saved, until Ctrl-C.")
@click.option("--owner", default="", shell_complete=_complete.owners, help="Only services of this owner.")
@click.option("--changed-since", default="", metavar="REV", help="Only services changed since a Git revision.")
@click.option(
    "--jobs", default=0, metavar="N", type=click.IntRange(0), help="How many processes; as many as help unless given."
)
@click.pass_obj
def command(options: Options, /, names: tuple[str, ...], watch: bool, **asked: Any) -> int:
    """Build once, or on every change."""
    from gitops_obs.request import Request  # noqa: PLC0415  # what `--help` need not pay

    request = Request(names=names, today=options.today, **asked)
    if not watch:
        return once(options, request)
    if request.check:
        raise click.UsageError("--watch builds and --check does not: give one of them")
    from gitops_obs.cli import _watch  # noqa: PLC0415

    return _watch.run(options, request)


def once(options: Options, request: Request) -> int:
    """Build, say what was found and what was done; the exit code."""
    from gitops_obs import unchanged  # noqa: PLC0415

    result = unchanged.look(options.root, request) or _built(options, request)
    if options.format != "text":
        _output.findings(options, result.diagnostics, result.checked, result.changes)
    elif request.check or options.shown(result.diagnostics):
        _output.findings(options, result.diagnostics, result.checked)
    if options.format == "text" and not request.check:
        _tell(options, result)
    return options.exit_code(result.diagnostics)


def _built(options: Options, request: Request) -> Result:
    from gitops_obs import build  # noqa: PLC0415  # all that reads, compiles and writes

    with _progress.shown(options, "Checking" if request.check else "Building") as progress:
        return build.run(options.workspace(), request, progress)


def _tell(options: Options, result: Result) -> None:
    if result.failed:
        _output.say(options, "Nothing was written to generated/.")
        return
    if options.verbose:
        for change in result.changes:
            if change.kind != "unchanged":
                _output.say(options, f"{change.kind} {change.path}")
    if not options.quiet and not options.output_file:
        click.echo(sentence(result))
    if any(change.kind != "unchanged" for change in result.changes):
        _output.next_step(options, "git status generated/, and commit it together with services/")


def sentence(result: Result) -> str:
    """Say what a build did: `Built 8 services: 3 created, 1 updated, 0 deleted, 12 unchanged in generated/`."""
    kinds = Counter(change.kind for change in result.changes)
    counts = ", ".join(f"{kinds[kind]} {word}" for kind, word in _WORDS)
    services = "1 service" if result.checked == 1 else f"{result.checked} services"
    return f"Built {services}: {counts} in generated/"
