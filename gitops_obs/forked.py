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
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

_HEAD = struct.Struct("<I")
_BATCH = 64


def each(function: Callable[[T], R], items: Sequence[T], jobs: int) -> Iterator[R]:
    """Results of `function` for all `items`, by `jobs` processes (1: here, in order).

    An exception in a child is raised here. Children never outlive the iterator.
    """
    if jobs <= 1 or not hasattr(os, "fork"):
        yield from map(function, items)
        return
    sys.stdout.flush()
    sys.stderr.flush()
    readers: dict[int, int] = {}
    try:
        for n in range(jobs):
            reader, pid = _child(function, items[n::jobs])
            readers[reader] = pid
        yield from _results(readers)
    finally:
        for reader, pid in readers.items():
            os.close(reader)
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def _child(function: Callable[[T], R], items: Sequence[T]) -> tuple[int, int]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return reader, pid
    os.close(reader)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and stops us
    try:
        for start in range(0, len(items), _BATCH):
            _send(writer, [function(item) for item in items[start : start + _BATCH]])
    except BaseException as error:  # noqa: BLE001  # raised again by the parent
        _send(writer, error)
    os.close(writer)
    os._exit(0)


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
                os.waitpid(readers.pop(reader), 0)
                os.close(reader)
                continue
            buffers[reader] += data
            value: list[R] | BaseException
            for value in _complete(buffers[reader]):
                if isinstance(value, BaseException):
                    raise value
                yield from value


def _complete(buffer: bytearray) -> Iterator[list[R] | BaseException]:
    """Values that have arrived whole; they leave the buffer."""
    while len(buffer) >= _HEAD.size:
        (size,) = _HEAD.unpack_from(buffer)
        if len(buffer) < _HEAD.size + size:
            return
        value = pickle.loads(bytes(buffer[_HEAD.size : _HEAD.size + size]))  # noqa: S301  # from our own child
        del buffer[: _HEAD.size + size]
        yield value
