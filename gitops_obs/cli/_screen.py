"""Tables and pages: drawn by rich for a terminal, plain text for everything else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gitops_obs.formats._visible import printable

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options

BUILT_IN = "built in"
"""Where most things come from; a terminal has no room for a column that says nothing else."""

_GAP = "  "


def table(options: Options, rows: list[dict[str, str]]) -> None:
    """Print rows under their keys. Piped, each is one line, and nothing is cut."""
    if not rows:
        return
    rows = [{key: printable(value) for key, value in row.items()} for row in rows]
    if sys.stdout.isatty():
        _drawn(options, rows)
        return
    lines = [[key.upper() for key in rows[0]], *([*row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo(_GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def page(options: Options, markdown: str) -> None:
    """Print Markdown: rendered on a terminal, else as it is."""
    if sys.stdout.isatty():
        from rich.markdown import Markdown  # noqa: PLC0415  # only people need it drawn

        _console(options).print(Markdown(markdown))
    else:
        click.echo(markdown.rstrip("\n"))


def _drawn(options: Options, rows: list[dict[str, str]]) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    keys = [key for key in rows[0] if any(row[key] != BUILT_IN for row in rows)]
    for key in keys:
        one_word = not any(" " in row[key] for row in rows)
        drawn.add_column(key.upper(), no_wrap=one_word, style="cyan" if key == keys[0] else "", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(row[key]) for key in keys))
    _console(options).print(drawn)


def _console(options: Options) -> Any:
    from rich.console import Console  # noqa: PLC0415

    colored = options.colored()
    return Console(force_terminal=colored, no_color=not colored, highlight=False)
