"""`--since` and `--until`: times as people write them, and the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from gitops_obs import units
from gitops_obs.prometheus.backtest import Period

_LONGEST = 366 * units.DAY


def read(since: str, until: str, step: str) -> Period:
    """The period asked for. A duration in `since` is before `until`, one in `until` before now.

    Raises click.UsageError where a text is neither a duration nor a time, or nothing lies between the two.
    """
    now = time.time()
    end = _moment("--until", until, now) if until else now
    begin = _moment("--since", since, end)
    if begin >= end:
        raise click.UsageError("--since must be before --until")
    if end > now + 60:
        raise click.UsageError("--until is in the future, of which Prometheus knows nothing")
    if end - begin > _LONGEST:
        raise click.UsageError("--since and --until are more than a year apart")
    return Period(begin, end, seconds("--step", step) if step else 0)


def seconds(option: str, text: str) -> float:
    """A duration above 0, in seconds. Raises click.UsageError."""
    try:
        found = float(units.duration(text))
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from None
    if not found:
        raise click.UsageError(f"{option} must be more than 0")
    return found


def _moment(option: str, text: str, end: float) -> float:
    try:
        return end - float(units.duration(text))
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        what = "neither a duration such as 7d nor a time such as 2026-01-31T08:00Z"
        raise click.UsageError(f"{option}: `{text[:40]}` is {what}") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
