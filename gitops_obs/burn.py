"""Error budgets and how fast they burn: the rows of multi-window, multi-burn-rate alerting for one objective.

Google's SRE workbook, chapter 5, table 5-8, and its fourth row as sloth and the Kubernetes mixin have it. A row's
factor is the share of the budget that its long window may cost, times period by long window: 14.4, 6, 3 and 1 over 30
days, 13.44, 5.6, 2.8 and 0.9333 over 28.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gitops_obs import edges, ruletimes, units
from gitops_obs.model import BurnRow

if TYPE_CHECKING:
    from gitops_obs.model import Project

ENOUGH = 10
"""Bad requests from which on an alert speaks: one failure at night is no incident."""

_LEAST = Decimal("0.9333")
"""No row is slower than the slowest published one: below it, an objective that is kept would alert."""

_FOUR_DIGITS, _TENTH, _DAYS = Decimal("0.0001"), Decimal("0.1"), 72 * 3600


class _Kind(NamedTuple):
    severity: str
    quick: bool
    long: str
    short: str
    share: Decimal


_KINDS = (
    _Kind("page", quick=True, long="1h", short="5m", share=Decimal("0.02")),
    _Kind("page", quick=False, long="6h", short="30m", share=Decimal("0.05")),
    _Kind("ticket", quick=True, long="1d", short="2h", share=Decimal("0.1")),
    _Kind("ticket", quick=False, long="3d", short="6h", share=Decimal("0.1")),
)
FAST = ("30m", "1h", "6h")
"""Windows that decide about pages, besides the project's rate window: recorded as often as rates are."""
SLOW = ("2h", "1d", "3d")
"""Windows that decide about tickets, with 6h: recorded seldom."""


@lru_cache(maxsize=1024)
def rows(budget: Decimal, period: Decimal, least: int, project: Project) -> tuple[BurnRow, ...]:
    """The rows for a `budget` (share of requests that may be bad) over `period` seconds, the quickest first.

    Without rows that no share of bad requests reaches, and those whose short window is below `least` seconds, which is
    as far as the service's source lets one look.
    """
    built = (_row(kind, budget, period, project) for kind in _KINDS if least <= units.duration(kind.short))
    return tuple(row for row in built if row is not None)


def unreachable(budget: Decimal, period: Decimal) -> list[str]:
    """Rows that no share of bad requests reaches, in words for a finding: `1h (a page at 144%)`."""
    found = ((kind, factor(kind.share, kind.long, period) * budget) for kind in _KINDS)
    return [f"{kind.long} (a {kind.severity} at {units.percent(share)})" for kind, share in found if share >= 1]


def factor(share: Decimal, long: str, period: Decimal) -> Decimal:
    """How many times as fast as it may the budget of `period` seconds burns when `long` costs `share` of it."""
    return max((share * period / units.duration(long)).quantize(_FOUR_DIGITS), _LEAST)


def every(window: str, project: Project) -> Decimal:
    """Seconds that one sample stands for among those that are summed up over `window`."""
    return units.duration(ruletimes.interval(project, "slo" if window in SLOW else "burn"))


def _row(kind: _Kind, budget: Decimal, period: Decimal, project: Project) -> BurnRow | None:
    burning = factor(kind.share, kind.long, period)
    threshold = burning * budget
    if threshold >= 1:
        return None
    share = (burning * units.duration(kind.long) / period * 100).quantize(_TENTH)
    enough = (ENOUGH / threshold).to_integral_value(ROUND_CEILING)
    samples = edges.around(enough / every(kind.long, project))
    return BurnRow(
        severity=kind.severity,
        quick=kind.quick,
        long=kind.long,
        short=kind.short,
        factor=units.plain(burning),
        share=f"{units.plain(share)}%",
        exhausted=_roughly(period / burning),
        threshold=units.plain(threshold),
        percent=units.percent(threshold),
        min_requests=str(enough),
        few=samples.under,
        enough=samples.over,
        edge=edges.around(threshold),
    )


def _roughly(seconds: Decimal) -> str:
    unit, size = ("d", units.DAY) if seconds >= _DAYS else ("h", 3600)
    return f"{units.plain((seconds / size).quantize(_TENTH))}{unit}"
