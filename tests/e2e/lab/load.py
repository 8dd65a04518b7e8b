"""Steady load on the small services, from threads of the test process."""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import suppress
from http.client import HTTPException
from typing import TYPE_CHECKING

from tests.e2e.lab.process import direct

if TYPE_CHECKING:
    from collections.abc import Sequence

_THREADS = 6
_TIMEOUT = 5


class Load:
    """`rate` requests a second in turn over `urls`, for at most `seconds`, whatever the service answers."""

    def __init__(self, urls: Sequence[str], rate: float, seconds: float) -> None:
        self._urls = itertools.cycle(urls)
        self._pause = _THREADS / rate
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(_THREADS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop, and wait for the requests that are under way."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(_TIMEOUT + 1)

    def _run(self, number: int) -> None:
        due = time.monotonic() + number * self._pause / _THREADS
        while not self._stopped.wait(max(0.0, due - time.monotonic())) and time.monotonic() < self._end:
            with self._lock:
                url = next(self._urls)
            with suppress(OSError, HTTPException):  # a fault, or a service that a test has killed
                direct(url, timeout=_TIMEOUT).close()
            due = max(due + self._pause, time.monotonic() - self._pause)
