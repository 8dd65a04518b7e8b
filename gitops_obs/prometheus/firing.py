"""`for` and `keep_firing_for` applied to what an alert's expression returned, as Prometheus applies them.

Follows AlertingRule.Eval (prometheus, rules/alerting.go): a label set is pending from its first result, fires once it
has been there for `for`, and is forgotten at one evaluation without a result, unless it fires and `keep_firing_for` has
not passed since then. Any result counts, NaN too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Timing:
    """`step` is the time between two evaluations, `hold` is `for`, `keep` is `keep_firing_for`; all in seconds."""

    step: float
    hold: float = 0
    keep: float = 0


def firing(active: Iterable[int], timing: Timing, last: int) -> list[tuple[int, int]]:
    """Evaluations at which one label set fires, as (first, last), both inclusive and in order.

    `active` numbers the evaluations with a result, rising; `last` is the number of the last evaluation of all.
    """
    found: list[tuple[int, int]] = []
    for first, end in _runs(active):
        if not (found and found[-1][1] >= first - 1):
            # pending first: fires at the first evaluation that is `for` later
            first += _evaluations(timing.hold, timing.step)  # noqa: PLW2901
            if first > end:
                continue
        kept = min(end + _evaluations(timing.keep, timing.step), last)
        if found and found[-1][1] >= first - 1:
            found[-1] = (found[-1][0], kept)
        else:
            found.append((first, kept))
    return found


def _runs(active: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow one another, as (first, last)."""
    first = last = -2
    for number in active:
        if number != last + 1:
            if last >= 0:
                yield first, last
            first = number
        last = number
    if last >= 0:
        yield first, last


def _evaluations(length: float, step: float) -> int:
    """How many steps it takes until `length` has passed."""
    return -int(-length // step)


def union(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans of time that overlap or touch made one, in order."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
