"""Writing `generated/`: staged beside it, then moved in file by file, so that a failed or killed run tears nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, GitopsObsError, Span

if TYPE_CHECKING:
    from gitops_obs.change import Kind

FOLDER = "generated"
_STAGE = ".staged-"


class Tree:
    """`generated/` of a project. Paths given and returned are relative to it, with forward slashes."""

    def __init__(self, root: Path) -> None:
        self.root = root / FOLDER
        self.stage = self.root / f"{_STAGE}{os.getpid()}"
        self._folders: set[str] = set()
        self._existing: dict[str, bool] = {}

    def differs(self, path: str, data: bytes) -> Kind:
        """`create`, `update` or `unchanged`: what writing `data` to `path` would do. Refuses links (OBS502)."""
        folder = path.rpartition("/")[0]
        if not self._exists(folder):
            return "create"
        try:
            return "unchanged" if _read(f"{self.root}/{path}", len(data)) == data else "update"
        except FileNotFoundError:
            return "create"
        except OSError as error:
            raise _failed(f"{FOLDER}/{path}", error) from error

    def stamp(self, path: str) -> str:
        """Size and time of change of a file, "" where there is none: whether it is still what was written."""
        try:
            stat = os.stat(f"{self.root}/{path}")  # noqa: PTH116  # hot path
        except OSError:
            return ""
        return f"{stat.st_size}:{stat.st_mtime_ns}"

    def put(self, path: str, data: bytes) -> str:
        """Stage `data` for `path`; gives its stamp. Raises GitopsObsError (OBS503) where it cannot be written."""
        folder = path.rpartition("/")[0]
        try:
            if folder not in self._folders:
                (self.stage / folder).mkdir(parents=True, exist_ok=True)
                self._folders.add(folder)
            stat = _write(f"{self.stage}/{path}", data)
        except OSError as error:
            raise _failed(f"{FOLDER}/{path}", error) from error
        return f"{stat.st_size}:{stat.st_mtime_ns}"

    def commit(self) -> None:
        """Move everything staged into place. Each file is replaced at once; folders that are new move whole."""
        if not self.stage.is_dir():
            return
        try:
            _move_in(self.stage, self.root)
            shutil.rmtree(self.stage, ignore_errors=True)
        except OSError as error:
            raise _failed(FOLDER, error) from error

    def discard(self) -> None:
        """Drop what is staged, and what killed runs left."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.root):
                if entry.is_symlink() and entry.name.startswith(_STAGE):
                    os.unlink(entry.path)  # noqa: PTH108
                elif entry.name.startswith(_STAGE) and not self._is_of_another(entry.name):
                    shutil.rmtree(entry.path, ignore_errors=True)

    def _is_of_another(self, name: str) -> bool:
        """Whether a build that still runs stages there."""
        pid = name.removeprefix(_STAGE)
        return name != self.stage.name and pid.isdecimal() and _is_running(int(pid))

    def delete(self, path: str) -> None:
        """Delete a file, and its folder once that is empty."""
        target = self.root / path
        try:
            target.unlink()
        except OSError as error:
            raise _failed(f"{FOLDER}/{path}", error) from error
        with contextlib.suppress(OSError):
            target.parent.rmdir()

    def files(self) -> list[str]:
        """Every file, sorted, staged ones left out. Links are findings of `links`, not files."""
        return sorted(self._walk("", links=False))

    def links(self) -> list[str]:
        """Every symbolic link, files and folders."""
        return sorted(self._walk("", links=True))

    def _walk(self, folder: str, *, links: bool) -> list[str]:
        found: list[str] = []
        try:
            entries = list(os.scandir(self.root / folder))
        except OSError:
            return found
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                found += [path] if links else []
            elif entry.is_dir():
                found += [] if entry.name.startswith(_STAGE) else self._walk(path, links=links)
            elif not links:
                found.append(path)
        return found

    def _exists(self, folder: str) -> bool:
        known = self._existing.get(folder)
        if known is None:
            self._refuse_others(folder)
            known = self._existing[folder] = (self.root / folder).is_dir()
        return known

    def _refuse_others(self, folder: str) -> None:
        """Refuse links (OBS502) and files (OBS503) where folders belong."""
        path = self.root
        for step in ("", *folder.split("/")):
            path = path / step
            if path.is_symlink():
                shown = f"{FOLDER}/{path.relative_to(self.root).as_posix()}".removesuffix("/.")
                hint = "replace the link by a folder; gitops-obs writes only inside the repository"
                raise GitopsObsError(Diagnostic("OBS502", f"`{shown}` is a symbolic link", Span(shown), hint=hint))
            if path.exists() and not path.is_dir():
                error = NotADirectoryError(errno.ENOTDIR, "a file stands where a folder belongs")
                raise _failed(f"{FOLDER}/{folder}", error)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError) as error:
        return isinstance(error, PermissionError)
    return True


def _read(path: str, size: int) -> bytes | None:
    """The file's bytes if it has `size` of them, None otherwise."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, "no file stands there")
        return os.read(file, size + 1) if found.st_size == size else None
    finally:
        os.close(file)


def _write(path: str, data: bytes) -> os.stat_result:
    """Write a file, without the layers of `open`, which cost as much as a small write (benchmarks/)."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        written = os.write(file, data)
        while written < len(data):  # a file system that fills up may take a part first
            written += os.write(file, memoryview(data)[written:])
        return os.fstat(file)
    finally:
        os.close(file)


def _move_in(source: Path, target: Path) -> None:
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        destination = target / entry.name
        if entry.is_dir() and destination.is_dir():
            _move_in(Path(entry.path), destination)
        else:
            os.replace(entry.path, destination)  # noqa: PTH105  # hot path


def _failed(place: str, error: OSError) -> GitopsObsError:
    why = error.strerror or str(error)
    hint = "check permissions and free space, then build again"
    return GitopsObsError(Diagnostic("OBS503", f"cannot write `{place}`: {why}", Span(place), hint=hint))
