"""Waiting with a deadline: polls, never a sleep that hopes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_PAUSE = 0.2


def until(ask: Callable[[], T], what: str, seconds: float = 45, right: Callable[[T], Any] = bool) -> T:
    """The first right answer of `ask` within `seconds`; AssertionError with `what` and the last answer otherwise."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if right(answer):
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s for {what}; last answer: {answer!r}")
        time.sleep(_PAUSE)
