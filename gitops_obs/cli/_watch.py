"""`build --watch`: builds again whenever something that a build reads is saved."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitops_obs.cli import _exit_codes, _output
from gitops_obs.errors import GitopsObsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.cli._options import Options
    from gitops_obs.request import Request

_FOLDERS = ("services", "presets", "panels", "alerts", "dashboards")
_FILE = "gitops-obs.yaml"


def run(options: Options, request: Request) -> int:
    """Build now and after each change until Ctrl-C, which is the way to end it and no failure."""
    try:
        import watchfiles  # noqa: PLC0415  # an extra of its own
    except ImportError:
        raise click.UsageError("--watch needs the package `watchfiles`: pip install 'gitops-obs[watch]'") from None
    try:
        _build(options, request)
        _output.say(options, f"Watching {', '.join((*_FOLDERS, _FILE))}; Ctrl-C ends it.")
        for _ in _saved(options.root, watchfiles):
            _build(options, request)
    except KeyboardInterrupt:
        _output.say(options, "")
    return _exit_codes.OK


def _saved(root: Path, watchfiles: Any) -> Iterator[None]:
    """Yield after each change, starting anew where a watched folder came or went."""
    while True:
        watched = _folders(root)
        for _ in watchfiles.watch(*watched, watch_filter=lambda _kind, path: _is_read(root, path), recursive=False):
            yield
            if _folders(root) != watched:
                break


def _folders(root: Path) -> list[Path]:
    # the root itself, and not the file: editors replace files, and a watch on a file ends with it
    return [root, *(root / name for name in _FOLDERS if (root / name).is_dir())]


def _is_read(root: Path, path: str) -> bool:
    """Whether a build reads `path`, or reads a folder that has just come or gone."""
    place = Path(path).relative_to(root)
    if place.name.startswith(".") or place.name.endswith(("~", ".swp", ".pyc")) or place.name == "__pycache__":
        return False
    return place.parts[0] in _FOLDERS or str(place) == _FILE


def _build(options: Options, request: Request) -> None:
    from gitops_obs import build  # noqa: PLC0415  # what comes first is to say that the extra is missing
    from gitops_obs.cli.build import sentence  # noqa: PLC0415

    start = time.monotonic()
    try:
        result = build.run(options.workspace(), request)
    except GitopsObsError as error:
        _output.findings(options, error.diagnostics, checked=0)
        return
    if shown := options.shown(result.diagnostics):
        _output.findings(options, shown, result.checked)
    if not result.failed:
        click.echo(f"{time.strftime('%H:%M:%S')} {sentence(result)} in {time.monotonic() - start:.1f} s")
