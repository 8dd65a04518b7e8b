"""Whether the shell completes the words of gitops-obs, as far as that can be told from outside of it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from gitops_obs.cli._complete import VARIABLE
from gitops_obs.cli._line import NOTE, OK, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SIGNS = (VARIABLE, "gitops-obs completion")  # the script itself, or a line that asks for it
_SYSTEM = {
    "bash": ("share/bash-completion/completions/gitops-obs",),
    "zsh": ("share/zsh/site-functions/_gitops-obs", "share/zsh/vendor-completions/_gitops-obs"),
    "fish": ("share/fish/vendor_completions.d/gitops-obs.fish",),
}


def lines(environment: Mapping[str, str]) -> Iterator[Line]:
    """One line about the shell that `SHELL` names; none where it names none that can complete."""
    shell, home = Path(environment.get("SHELL", "")).name, Path(environment.get("HOME", "/"))
    if shell not in _SYSTEM:
        return
    own = _own(shell, home, environment)
    installed = (Path(prefix) / path for prefix in ("/usr", "/usr/local") for path in _SYSTEM[shell])
    found = next((file for file in (*own, *installed) if _has_sign(file)), None)
    if found:
        yield Line("machine", OK, f"{shell} completes gitops-obs ({_short(found, home)})")
        return
    into = f"{'>' if shell == 'fish' else '>>'} {_short(own[0], home)}"
    yield Line("machine", NOTE, f"{shell} does not complete gitops-obs, as far as its files tell",
               f"gitops-obs completion {shell} {into}")  # fmt: skip


def _own(shell: str, home: Path, environment: Mapping[str, str]) -> list[Path]:
    """Where people put completion for themselves, the usual place first."""
    if shell == "zsh":
        return [Path(environment.get("ZDOTDIR") or home) / ".zshrc"]
    if shell == "fish":
        folder = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "fish"
        return [folder / "completions/gitops-obs.fish", folder / "config.fish"]
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    names = (".bashrc", ".bash_profile", ".profile", ".bash_completion")
    return [*(home / name for name in names), data / "bash-completion/completions/gitops-obs"]


def _has_sign(file: Path) -> bool:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(sign in text for sign in _SIGNS)


def _short(file: Path, home: Path) -> str:
    return f"~/{quote(str(file.relative_to(home)))}" if file.is_relative_to(home) else quote(str(file))
