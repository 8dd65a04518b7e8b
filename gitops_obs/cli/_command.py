"""What a command is: its module's docstring is its help page, the shared options come with it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click

from gitops_obs.cli import _options
from gitops_obs.cli._options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

_EXAMPLES, _COMMON = "Examples:\n", "Common options"


class Command(click.Command):
    """A command whose help shows examples before options, and options by what they are about."""

    def __init__(self, *args: Any, reports: bool = False, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.reports = reports
        self.sections = {
            "Options": list(self.params),
            "Findings": _options.findings() if reports else [],
            _COMMON: _options.common(),
        }
        self.params = [param for section in self.sections.values() for param in section]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors from here on know whose they are."""
        options = ctx.ensure_object(Options)
        options.command, options.writes_findings = ctx.info_name or "", self.reports
        return super().invoke(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what the command does, then the examples as they stand in the docstring."""
        text, _, examples = inspect.cleandoc(self.help or "").partition(_EXAMPLES)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)
        if examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"{line}\n" for line in examples.splitlines()))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, the command's own first."""
        for title, params in self.sections.items():
            options = [param for param in params if isinstance(param, click.Option)]
            if title == _COMMON and (help_option := self.get_help_option(ctx)):
                options.append(help_option)
            rows = [row for option in options if (row := option.get_help_record(ctx))]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def command(doc: str | None, *, reports: bool = False) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command with the help in `doc`; it returns its exit code, or None for 0.

    `reports` is for commands that report findings, which gives them the options for that.
    """
    return click.command(cls=Command, help=doc, reports=reports)
