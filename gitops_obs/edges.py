"""Numbers on both sides of a threshold, which proofs put into series: an alert fires at one and is silent at the other.

Three significant digits, because annotations show four: what Prometheus computes in binary then prints as written here.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache

from gitops_obs import humane, units
from gitops_obs.model import Edge

_ABOVE, _BELOW = Decimal("1.05"), Decimal("0.95")
_UP, _DOWN = Context(prec=3, rounding=ROUND_CEILING), Context(prec=3, rounding=ROUND_FLOOR)


@lru_cache(maxsize=4096)
def around(threshold: Decimal) -> Edge:
    """About 5 % above and below `threshold`, which is more than 0."""
    over, under = _UP.multiply(threshold, _ABOVE), _DOWN.multiply(threshold, _BELOW)
    if threshold < 1 <= over:  # a share: everything is as much as there can be
        over = Decimal(1)
    return Edge(
        over=units.plain(over),
        under=units.plain(under),
        over_rest=units.plain(max(1 - over, Decimal(0))),
        under_rest=units.plain(max(1 - under, Decimal(0))),
        over_percent=humane.percentage(over),
        under_percent=humane.percentage(under),
        over_duration=humane.duration(over),
    )
