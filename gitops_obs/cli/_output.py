"""Results on stdout or into a file, everything else on stderr."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitops_obs import formats
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.formats import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitops_obs.cli._options import Options
    from gitops_obs.formats import Change
    from gitops_obs.workspace import Workspace

_WIDTH = 100  # where no terminal has one


def findings(options: Options, diagnostics: Sequence[Diagnostic], checked: int, changes: Sequence[Change] = ()) -> None:
    """Print findings (and changed files) in the format asked for. `checked` counts services."""
    report = Report(
        diagnostics=options.shown(diagnostics),
        checked=checked,
        command=options.command,
        source=_source(options),
        color=options.colored() and options.format == "text",
        changes=tuple(changes),
        width=width(),
        show_duplicates=options.show_duplicates,
    )
    result(options, formats.render(options.format, report))


def result(options: Options, text: str) -> None:
    """Print `text`, the result of a command, or write it to `--output-file`. Raises GitopsObsError (OBS503)."""
    if not options.output_file:
        click.echo(text, nl=False, color=True)
        return
    try:
        Path(options.output_file).write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write `{options.output_file}`: {error.strerror}"
        hint = "name a file in a folder that exists and that you may write to"
        raise GitopsObsError(Diagnostic("OBS503", message, Span(options.output_file), hint=hint)) from error


def failed(options: Options, error: GitopsObsError) -> None:
    """Print why work could not go on: as findings where the command's output is findings, else on stderr."""
    if options.writes_findings and not (options.output_file and error.diagnostics[0].span.file == options.output_file):
        findings(options, error.diagnostics, checked=0)
        return
    remarks(options, error.diagnostics)


def remarks(options: Options, diagnostics: Sequence[Diagnostic]) -> None:
    """Print findings beside a result of another kind: on stderr, for people."""
    color = options.colored(sys.stderr)
    report = Report(tuple(diagnostics), 0, options.command, _source(options), color, width=width())
    # without the last line, which counts findings: this is no command that looks for any
    click.echo(formats.render("text", report).rstrip("\n").rpartition("\n")[0], err=True, color=True)


def aside(options: Options, diagnostics: Sequence[Diagnostic], checked: int) -> None:
    """Print findings on stderr, beside a result on stdout; only errors with `--quiet`."""
    shown = tuple(found for found in diagnostics if not options.quiet or found.severity is Severity.ERROR)
    if shown:
        color = options.colored(sys.stderr)
        report = Report(shown, checked, options.command, _source(options), color, width=width())
        click.echo(formats.render("text", report), nl=False, err=True, color=True)


def say(options: Options, text: str) -> None:
    """Tell the person who looks on; nothing with `--quiet`."""
    if not options.quiet:
        click.echo(text, err=True)


def project(options: Options, *, needed: bool) -> Workspace | None:
    """The project, for commands that have something to say without one too; None where there is none.

    Says on stderr how many of its own files cannot be read, for their things are then missing from what is shown.
    """
    try:
        workspace = options.workspace()
    except GitopsObsError:
        if needed:
            raise
        return None
    if unread := {found.span.file for found in workspace.diagnostics}:
        say(options, f"Not shown, because it has findings (`gitops-obs lint`): {', '.join(sorted(unread))}")
    return workspace


def next_step(options: Options, command: str) -> None:
    """Suggest what to do next, to a person at a terminal and to nobody else."""
    if sys.stdout.isatty() and not os.environ.get("CI"):
        say(options, f"Next: {command}")


def width() -> int:
    """Columns of the terminal, 100 without one."""
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def _source(options: Options) -> Callable[[str], str | None]:
    def read(file: str) -> str | None:
        try:
            return (options.root / file).read_text(encoding="utf-8-sig", errors="replace")
        except (OSError, ValueError, GitopsObsError):
            return None

    return read
