"""Options that several commands share, and what follows from them: project, colour, findings, exit code."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from gitops_obs import formats
from gitops_obs.cli import _color, _exit_codes
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gitops_obs.errors import Diagnostic
    from gitops_obs.workspace import Workspace

_SEVERITIES = ["error", "warning", "info"]


@dataclass
class Options:
    """What the shared options say, filled in while the command line is read.

    `writes_findings` tells a command whose output is findings, so that errors come in the same format.
    """

    command: str = ""
    writes_findings: bool = False
    project: str = "."
    color: str = "auto"
    quiet: bool = False
    verbose: int = 0
    json: bool = False
    output_format: str = "text"
    output_file: str = ""
    fail_on: str = "error"
    min_severity: str = "info"
    show_duplicates: bool = False

    @property
    def format(self) -> str:
        """The format of findings; `--json` is stronger than `--output-format`, which may come from the environment."""
        return "json" if self.json else self.output_format

    @property
    def folder(self) -> Path:
        """The folder from which the project is looked for."""
        return Path(self.project).resolve()

    @cached_property
    def root(self) -> Path:
        """The project's folder. Raises GitopsObsError (OBS122) where there is none."""
        from gitops_obs import inputs  # noqa: PLC0415  # what `--help` need not pay

        return inputs.find_root(self.folder)

    @property
    def today(self) -> date:
        """The day by which snoozed findings are said again, in UTC."""
        return datetime.now(tz=UTC).date()

    def workspace(self) -> Workspace:
        """The project, read afresh but for its services."""
        from gitops_obs.workspace import Workspace  # noqa: PLC0415

        return Workspace(self.root)

    def colored(self, stream: Any = None) -> bool:
        """Whether to colour what goes to `stream`; None is where results go."""
        terminal = (stream or sys.stdout).isatty() and not (stream is None and self.output_file)
        return _color.wanted(self.color, os.environ, terminal=terminal)

    def shown(self, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings to print: those at or above `--min-severity`, and always those that fail the command."""
        least = min(_severity(self.min_severity), _severity(self.fail_on))
        return tuple(found for found in diagnostics if found.severity >= least)

    def exit_code(self, diagnostics: Sequence[Diagnostic]) -> int:
        """1 where a finding is at or above `--fail-on`, else 0; always 0 for SARIF (`_exit_codes` says why)."""
        failed = any(found.severity >= _severity(self.fail_on) for found in diagnostics)
        return _exit_codes.FINDINGS if failed and self.format != "sarif" else _exit_codes.OK


def _severity(word: str) -> int:
    return Severity.ERROR + 1 if word == "never" else Severity[word.upper()]


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep what was said on the command line or in the environment; a default overrides nothing."""
    name, options = parameter.name or "", context.ensure_object(Options)
    if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
        setattr(options, name, value)
    if name == "color":
        context.color = options.colored()


def _option(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_remember, **settings)


def common() -> list[click.Parameter]:
    """Options of every command, before or behind its name."""
    folder = click.Path(exists=True, file_okay=False)
    colors = click.Choice(["auto", "always", "never"])
    when = "auto (unless given), always or never; auto asks NO_COLOR, FORCE_COLOR and the terminal."
    return [
        _option("-C", "--project", metavar="DIR", type=folder, help="Look for the project in DIR and above, not here."),
        _option("--color", metavar="WHEN", type=colors, help=when),
        _option("-q", "--quiet", is_flag=True, help="Print results and errors only."),
        _option("-v", "--verbose", count=True, help="Say more about what is done."),
    ]


def findings() -> list[click.Parameter]:
    """Options of commands that report findings."""
    names, variable = formats.names(), "GITOPS_OBS_OUTPUT_FORMAT"
    form = f"{', '.join(names)}; text unless given here or in ${variable}."
    file, fails, least = click.Path(dir_okay=False), click.Choice([*_SEVERITIES, "never"]), click.Choice(_SEVERITIES)
    fail_on = "Exit 1 from this severity on: error (unless given), warning, info or never."
    return [
        _option("--output-format", metavar="FORMAT", type=click.Choice(names), envvar=variable, help=form),
        _option("--json", is_flag=True, help="Short for --output-format json."),
        _option("--output-file", metavar="FILE", type=file, help="Write findings to FILE."),
        _option("--fail-on", metavar="SEVERITY", type=fails, help=fail_on),
        _option("--min-severity", metavar="SEVERITY", type=least, help="Print from here on: info unless given."),
        _option("--show-duplicates", is_flag=True, help="Print a problem for every service that has it, not once."),
    ]
