"""How far long work has come: a bar on a terminal after one second, lines with `--verbose`, else nothing."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gitops_obs.cli import _output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitops_obs.cli._options import Options

_PATIENCE = 1.0  # seconds; what is done by then needs no bar
_STEPS = 10  # lines of a log, at most


@contextmanager
def shown(options: Options, title: str, noun: str = "services") -> Iterator[Callable[[int, int], None] | None]:
    """Give a function to call with services (or what `noun` says) done and in all, None where nobody looks."""
    bar = sys.stderr.isatty() and not options.quiet
    if not bar and not options.verbose:
        yield None
        return
    steps = (_Bar if bar else _Lines)(options, title, noun)
    try:
        yield steps
    finally:
        steps.close()


class _Lines:
    """A plain line after each tenth of the work."""

    def __init__(self, options: Options, title: str, noun: str) -> None:
        self.options, self.title, self.noun, self.said = options, title, noun, 0

    def __call__(self, done: int, total: int) -> None:
        tenth = done * _STEPS // max(total, 1)
        if tenth > self.said:
            self.said = tenth
            _output.say(self.options, f"{self.title} {done}/{total} {self.noun}")

    def close(self) -> None:
        """Nothing is left on the screen."""


class _Bar:
    """A bar that comes late, so that short work never flickers, and goes when the work is done."""

    def __init__(self, options: Options, title: str, noun: str) -> None:
        self.options, self.title, self.noun, self.start = options, title, noun, time.monotonic()
        self.bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.start < _PATIENCE:
            return
        if self.bar is None:
            self.bar = self._open()
        self.bar.update(0, completed=done, total=total)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()

    def _open(self) -> Any:
        from rich.console import Console  # noqa: PLC0415  # 60 ms that short work need not pay
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        console = Console(stderr=True, no_color=not self.options.colored(sys.stderr))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(self.noun))
        bar = Progress(*columns, console=console, transient=True)
        bar.add_task(self.title, total=None)
        bar.start()
        return bar
