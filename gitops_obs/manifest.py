"""What the last build made of each service file, so that an unchanged one costs a hash and two looks.

One line a service: file, service, owner, digest of the file, repository paths it names, and the stamp of each output.
Kept in `.gitops-obs/`, for this version of gitops-obs and this state of the project's other files only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.store import Store

_NAME = "manifest"


@dataclass(frozen=True, slots=True)
class Entry:
    """One service file as last built. `paths` are the places in the repository it names; they must still exist."""

    file: str
    service: str
    owner: str
    digest: str
    paths: tuple[str, ...]
    stamps: tuple[str, ...]

    def line(self) -> str:
        """The entry as a line of the manifest."""
        fields = (self.file, self.service, self.owner, self.digest, "\x1f".join(self.paths), "\x1f".join(self.stamps))
        return "\t".join(fields)

    @classmethod
    def of(cls, line: str) -> Entry:
        """The entry in a line."""
        file, service, owner, digest, paths, stamps = line.split("\t")
        return cls(file, service, owner, digest, _parts(paths), _parts(stamps))


def load(store: Store, digest: str) -> dict[str, str]:
    """Lines by file name, empty where the project's other files changed since (`digest`)."""
    data = store.get(_NAME)
    head, _, rest = (data or b"").decode("utf-8", "replace").partition("\n")
    if head != digest:
        return {}
    return {line[: line.index("\t")]: line for line in rest.splitlines() if line.count("\t") == 5}  # noqa: PLR2004


def save(store: Store, digest: str, lines: Iterable[str]) -> None:
    """Keep the lines for the next build."""
    store.put(_NAME, "\n".join([digest, *lines, ""]).encode())


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("\x1f")) if text else ()
