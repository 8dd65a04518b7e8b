"""What `init` and `new` have in common: asking for what is not said, and writing files that are not there yet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gitops_obs import load_customs, preset
from gitops_obs.cli import _output
from gitops_obs.cli._scaffold import Start
from gitops_obs.errors import Diagnostic, GitopsObsError, Span
from gitops_obs.spec import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gitops_obs.cli._options import Options

_PRESET = "prometheus_http"


def ask(root: Path, said: Mapping[str, str], select: Iterable[str], owner: str = "") -> Start:
    """What makes a service, from options and, at a terminal, from answers. `said` has service, owner and preset.

    `owner` is offered as an answer. Raises click.UsageError where something is missing and nobody can be asked.
    """
    missing = [f"--{name}" for name, value in said.items() if not value]
    select = list(select)
    if not select:
        missing.append("--select")
    if missing and not sys.stdin.isatty():
        raise click.UsageError(f"no terminal to ask at: give {', '.join(missing)}")
    service = said["service"] or click.prompt("Name of the service", err=True)
    team = said["owner"] or click.prompt("Team that owns it", default=owner or None, err=True)
    data = preset_data(root, said["preset"] or click.prompt("Preset (gitops-obs list presets)", _PRESET, err=True))
    return Start(service, team, data, _pairs(select) if select else _ask_select(data, service))


def preset_data(root: Path, name: str) -> dict[str, Any]:
    """A preset of the project or a built-in one as data. Raises GitopsObsError (OBS107) where there is none."""
    own = root / "presets" / f"{name}.yaml"
    if own.is_file():
        document, findings = load_customs.read_document(root, own, "preset")
        if findings:
            raise GitopsObsError(*findings)
        data: dict[str, Any] = document.value
        return data
    if name in preset.builtin_names() and preset.builtin(name).kind != "companion":
        return preset.builtin_data(name)
    hint = nearest(name, preset.builtin_names())
    raise GitopsObsError(Diagnostic("OBS107", f"no preset `{name}`", Span(""), hint=hint))


def write(options: Options, root: Path, files: Mapping[str, str]) -> list[str]:
    """Write each file that is not there yet and say what was done; paths that were written."""
    written = []
    for path, text in files.items():
        file = root / path
        if file.exists() or file.is_symlink():
            _output.say(options, f"kept    {path} (it was there already)")
            continue
        _save(file, path, text)
        _output.say(options, f"wrote   {path}")
        written.append(path)
    return written


def add_line(options: Options, root: Path, path: str, line: str) -> None:
    """Make sure that `line` stands in a file such as .gitignore, whatever else does."""
    file = root / path
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if line in text.splitlines():
        return
    gap = "\n" if text and not text.endswith("\n") else ""
    _save(file, path, f"{text}{gap}{line}\n")
    _output.say(options, f"{'added to' if text else 'wrote  '} {path}")


def _save(file: Path, path: str, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write `{path}`: {error.strerror}"
        raise GitopsObsError(Diagnostic("OBS503", message, Span(path), hint="check permissions")) from error


def _pairs(select: list[str]) -> dict[str, str]:
    pairs = dict(pair.partition("=")[::2] for pair in select)
    if bad := [pair for pair in select if "=" not in pair or pair.endswith("=")]:
        raise click.UsageError(f"`{bad[0]}` is not LABEL=VALUE; write --select job=checkout")
    return pairs


def _ask_select(data: dict[str, Any], service: str) -> dict[str, str]:
    """Ask for each label of the preset's example, offering the example with the service's name put in."""
    example: dict[str, str] = data["select"]["example"]
    return {
        label: click.prompt(f"Label `{label}` of its series", value.replace("checkout", service), err=True)
        for label, value in example.items()
    }
