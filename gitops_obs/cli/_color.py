"""Whether to colour: decided here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def wanted(choice: str, env: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether output is coloured: `--color` first, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal.

    `choice` is auto, always or never. The variables count when they are not empty (no-color.org, force-color.org).
    """
    if choice != "auto":
        return choice == "always"
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR"):
        return True
    return terminal and env.get("TERM") != "dumb"
