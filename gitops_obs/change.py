"""What a build does, or with `--check` would do, to one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["create", "update", "delete", "unchanged"]
KINDS: tuple[Kind, ...] = ("create", "update", "delete", "unchanged")


@dataclass(frozen=True, slots=True)
class Change:
    """A file, relative to the project's root, of `service`; `service` is empty for files of no single service."""

    kind: Kind
    path: str
    service: str = ""
