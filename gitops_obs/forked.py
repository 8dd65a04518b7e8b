"""One function over many items in forked processes, results streamed back in any order."""

from __future__ import annotations

import os
import pickle
import select
import signal
import struct
import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

_HEAD = struct.Struct("<I")
_BATCH = 64


def each(function: Callable[[T], R], items: Sequence[T], jobs: int) -> Generator[R, None, None]:
    """Results of `function` for all `items`, by `jobs` processes (1: here, in order).

    An exception in a child is raised here, and ChildProcessError where one died. Children never outlive the iterator.
    """
    if jobs <= 1 or not hasattr(os, "fork"):
        yield from map(function, items)
        return
    sys.stdout.flush()
    sys.stderr.flush()
    readers: dict[int, int] = {}
    try:
        for n in range(jobs):
            reader, pid = _child(function, items[n::jobs], readers)
            readers[reader] = pid
        missing = len(items)
        result: R
        for result in _results(readers):
            missing -= 1
            yield result
        if missing:
            raise ChildProcessError(f"a process of the build left {missing} items undone; try `--jobs 1`")
    finally:
        for reader, pid in readers.items():
            os.close(reader)
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def _child(function: Callable[[T], R], items: Sequence[T], others: Iterable[int]) -> tuple[int, int]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return reader, pid
    status = 1
    try:
        for descriptor in (reader, *others):  # so that we notice when the parent is gone
            os.close(descriptor)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and stops us
        for start in range(0, len(items), _BATCH):
            _send(writer, [function(item) for item in items[start : start + _BATCH]])
        status = 0
    except BaseException as error:  # noqa: BLE001  # raised again by the parent
        _send(writer, _portable(error))
    finally:
        os._exit(status)  # whatever happens: nothing of the parent's runs twice


def _portable(error: BaseException) -> BaseException:
    """`error`, or its text where it cannot travel."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    except Exception:  # noqa: BLE001  # a user's exception may do anything
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _send(writer: int, value: object) -> None:
    data = pickle.dumps(value)
    view = memoryview(_HEAD.pack(len(data)) + data)
    while view:
        view = view[os.write(writer, view) :]


def _results(readers: dict[int, int]) -> Iterator[R]:
    buffers = {reader: bytearray() for reader in readers}
    while buffers:
        for reader in select.select(list(buffers), [], [])[0]:
            data = os.read(reader, 1 << 16)
            if not data:
                del buffers[reader]
                _, status = os.waitpid(readers.pop(reader), 0)
                os.close(reader)
                if status:
                    raise ChildProcessError(f"a process of the build died ({_how(status)}); try `--jobs 1`")
                continue
            buffers[reader] += data
            value: list[R] | BaseException
            for value in _complete(buffers[reader]):
                if isinstance(value, BaseException):
                    raise value
                yield from value


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _complete(buffer: bytearray) -> Iterator[list[R] | BaseException]:
    """Values that have arrived whole; they leave the buffer."""
    while len(buffer) >= _HEAD.size:
        (size,) = _HEAD.unpack_from(buffer)
        if len(buffer) < _HEAD.size + size:
            return
        value = pickle.loads(bytes(buffer[_HEAD.size : _HEAD.size + size]))  # noqa: S301  # from our own child
        del buffer[: _HEAD.size + size]
        yield value
