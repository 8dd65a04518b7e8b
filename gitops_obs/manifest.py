"""What the last build made of each service file, so that an unchanged one costs a hash and two looks.

The first line is the digest of all that every service depends on, the second names the outputs of no single service,
and then one line a service: file, service, owner, digest of the file, repository paths it names, and its outputs, each
with its stamp. Kept in `.gitops-obs/`, for this version of gitops-obs only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.store import Store

Outputs = tuple[tuple[str, str], ...]
"""Paths under `generated/`, each with its stamp (`Tree.stamp`)."""

_NAME = "manifest"
_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One service file as last built. `paths` are the places in the repository it names; they must still exist."""

    file: str
    service: str
    owner: str
    digest: str
    paths: tuple[str, ...]
    outputs: Outputs

    def line(self) -> str:
        """The entry as a line of the manifest."""
        paths = "\x1f".join(self.paths)
        return "\t".join((self.file, self.service, self.owner, self.digest, paths, _joined(self.outputs)))

    @classmethod
    def of(cls, line: str) -> Entry:
        """The entry in a line."""
        file, service, owner, digest_, paths, outputs = line.split("\t")
        return cls(file, service, owner, digest_, tuple(paths.split("\x1f")) if paths else (), _parted(outputs))


@dataclass(frozen=True, slots=True)
class Manifest:
    """Lines by file name, and the outputs of no single service (empty where the last build was not of all)."""

    lines: dict[str, str] = field(default_factory=dict)
    shared: Outputs = ()


def digest(content: bytes) -> str:
    """Digest of a service file."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def load(store: Store, inputs: str) -> Manifest:
    """The manifest, empty where what every service depends on changed since (`inputs`, its digest)."""
    head, _, rest = (store.get(_NAME) or b"").decode("utf-8", "replace").partition("\n")
    shared, _, lines = rest.partition("\n")
    if head != inputs:
        return Manifest()
    found = {line[: line.index("\t")]: line for line in lines.split("\n") if line.count("\t") == _FIELDS - 1}
    return Manifest(found, _parted(shared))


def save(store: Store, inputs: str, shared: Outputs, lines: Iterable[str]) -> None:
    """Keep the lines for the next build."""
    store.put(_NAME, "\n".join([inputs, _joined(shared), *lines, ""]).encode())


def _joined(outputs: Outputs) -> str:
    return "\x1f".join(f"{path}\x1e{stamp}" for path, stamp in outputs)


def _parted(text: str) -> Outputs:
    pairs = (part.partition("\x1e") for part in text.split("\x1f"))
    return tuple((path, stamp) for path, _, stamp in pairs) if text else ()
