"""The few of many services that a chart shows: chosen once for the whole time range, so that lines do not break off."""

from __future__ import annotations

RANKED = 10
"""How many services a chart shows."""


def first(expr: str) -> str:
    """The services with the largest average of `expr` over the time range.

    `@ end()` makes Prometheus work it out once and not at every step; `$__interval` keeps it as cheap for a month as
    for an hour.
    """
    return f"topk({RANKED}, avg_over_time((\n{expr}\n)[$__range:$__interval] @ end()))"


def least(expr: str) -> str:
    """The services with the least of `expr` at the end of the time range."""
    return f"bottomk({RANKED}, last_over_time((\n{expr}\n)[10m:5m] @ end()))"
