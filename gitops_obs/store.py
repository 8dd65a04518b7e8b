"""What is worth keeping between runs, outside Git, in `.gitops-obs/`: templates by digest, and a manifest of the build.

Losing it costs time and nothing else, so an unwritable folder is no error. Everything in it is keyed by a fingerprint
of gitops-obs itself: another version never reads what this one wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any

import orjson

FOLDER = ".gitops-obs"
_DIGEST = 16  # bytes in front of each file, by which a damaged one is told


class Store:
    """A folder of small files, each written whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER / "cache"
        self.prefix = fingerprint()

    def get(self, name: str) -> bytes | None:
        """What `put` kept under `name`, None where there is nothing, or no longer what was kept."""
        try:
            kept = (self.folder / f"{self.prefix}-{name}").read_bytes()
        except OSError:
            return None
        data = kept[_DIGEST:]
        return data if _digest(data) == kept[:_DIGEST] else None

    def get_json(self, name: str) -> Any:
        """The JSON under `name`, None where there is nothing, or nothing that can be read."""
        data = self.get(name)
        try:
            return None if data is None else orjson.loads(data)
        except orjson.JSONDecodeError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`; silently nothing where the folder cannot be written."""
        with contextlib.suppress(OSError):
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder.parent / ".gitignore").write_text("*\n")
            temporary = self.folder / f".{os.getpid()}-{name}"
            temporary.write_bytes(_digest(data) + data)
            temporary.replace(self.folder / f"{self.prefix}-{name}")

    def forget_others(self) -> None:
        """Delete what other versions of gitops-obs left."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                if not entry.name.startswith(self.prefix):
                    Path(entry.path).unlink()


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


@cache
def fingerprint() -> str:
    """Digest of this installation's files by name, size and time of change."""
    digest = hashlib.blake2b(digest_size=8)
    _add(Path(__file__).parent, digest)
    return digest.hexdigest()


def _add(folder: Path, digest: hashlib.blake2b) -> None:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                _add(Path(entry.path), digest)
        else:
            stat = entry.stat()
            digest.update(f"{entry.path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
