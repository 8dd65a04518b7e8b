"""Shell completion of names that are on disk. Whatever goes wrong here completes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import click

    from gitops_obs.cli._options import Options

VARIABLE = "_GITOPS_OBS_COMPLETE"
"""By which a shell asks for completions, as click names it."""


def _quietly(names: Callable[[Options], Iterable[str]]) -> Any:
    """A completer from a function that lists names; a shell's prompt is no place for errors."""

    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
        from gitops_obs.cli._options import Options  # noqa: PLC0415

        try:
            return sorted(name for name in names(context.ensure_object(Options)) if name.startswith(incomplete))
        except Exception:  # noqa: BLE001
            return []

    return complete


def _files(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.yaml") if not file.name.startswith("_")}


def _services(options: Options) -> Iterable[str]:
    return _files(options.root / "services")


def _presets(options: Options) -> Iterable[str]:
    from gitops_obs import preset  # noqa: PLC0415

    found = {name for name in preset.builtin_names() if preset.builtin(name).kind != "companion"}
    return found | _files(_root(options) / "presets")


def _owners(options: Options) -> Iterable[str]:
    workspace = options.workspace()
    return workspace.project.owners or ()


def _things(options: Options) -> Iterable[str]:
    from gitops_obs import alerts, checks, findings, panels, preset  # noqa: PLC0415

    built_in = {*alerts.ids(), *panels.ids(), *checks.ids(), *preset.builtin_names(), *findings.codes(), "exit-codes"}
    return built_in.union(*(_files(_root(options) / folder) for folder in ("alerts", "panels", "presets")))


def _root(options: Options) -> Path:
    try:
        return options.root
    except Exception:  # noqa: BLE001  # outside a project there are the built-in names
        return options.folder


services, presets, owners, things = (_quietly(names) for names in (_services, _presets, _owners, _things))
