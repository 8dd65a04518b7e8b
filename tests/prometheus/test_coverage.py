"""How much of what an alert reads is there, told from its expression."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs.cli import _backtest_report as words
from gitops_obs.prometheus import coverage

if TYPE_CHECKING:
    from decimal import Decimal

THERE = {"whole{}": 1.0, "half{}": 0.5, 'a{b="c"}': 1.0}


def probe(selector: str, past: Decimal) -> float:
    """`whole` began four hours before the period."""
    return 0.0 if past > 4 * 3600 else THERE.get(selector.removesuffix("{}") + "{}", THERE.get(selector, 0.0))


@pytest.mark.parametrize(
    "expr, share, missing",
    [
        ("whole > 1", 1, []),
        ('sum(rate(a{b="c"}[5m])) > 0', 1, []),
        ("whole / half > 1", 0.5, []),
        ("whole / gone > 1", 0, ["`gone`"]),
        ("gone or whole > 1", 1, []),
        ("half or whole", 1, []),
        ("(gone or 0 * whole) / (whole > 0)", 1, []),
        ("(gone or 0 * lost) / whole", 0, ["`gone`", "`lost`"]),
        ("whole unless gone", 1, []),
        ("gone unless whole", 0, ["`gone`"]),
        ("whole and gone >= 5", 0, ["`gone`"]),
        ("absent(gone)", 1, []),
        ("absent_over_time(gone[5m])", 1, []),
        ("vector(1) > 0", 1, []),
        ("time() - whole > 60", 1, []),
        ("whole offset 1h", 1, []),
        ("whole / whole offset 1d", 0, ["`whole` 1d before"]),
        ("max_over_time(sum(rate(whole[5m] offset 3h))[1h:1m] offset 2h)", 0, ["`whole` 5h before"]),
        ('quantile by (s) (0.5, label_replace(whole, "n", "1", "", "") or whole offset 1w)', 1, []),
    ],
)
def test_what_is_missing_is_told(expr: str, share: float, missing: list[str]) -> None:
    """Of alternatives one is enough, of operands all are needed, and offsets look further back."""
    assert coverage.share(expr, probe) == (share, missing)


@pytest.mark.parametrize("data, said", [(0.41, "data for 41% of the time"), (0.99, ""), (0.0, ""), (None, "")])
def test_gaps_are_said(data: float | None, said: str) -> None:
    """An alert that was quiet with half of the data missing was perhaps not."""
    outcome: Any = SimpleNamespace(data=data)
    assert words.gaps(outcome) == said
