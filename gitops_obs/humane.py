"""Numbers as Prometheus' template functions print them (prometheus/prometheus template/template.go).

Proofs compare annotations whole, so they must know what `{{ $value | humanizePercentage }}` becomes.
"""

from __future__ import annotations

from decimal import Decimal

_SMALL = ("", "m", "u", "n", "p", "f", "a", "z", "y")
_LARGE = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")


def percentage(ratio: Decimal) -> str:
    """`humanizePercentage`: 0.0152 → `1.52%`."""
    return _digits(ratio * 100) + "%"


def number(value: Decimal) -> str:
    """`humanize`: four digits and an SI prefix: 1500 → `1.5k`, 0.1 → `100m`."""
    if not value or value.is_infinite():
        return _digits(value)
    scaled, prefix = _scaled(value)
    return _digits(scaled) + prefix


def duration(seconds: Decimal) -> str:
    """`humanizeDuration`: 0.25 → `250ms`, 2.5 → `2.5s`, 5400 → `1h 30m 0s`."""
    if not seconds:
        return "0s"
    if abs(seconds) < 1:
        scaled, prefix = _scaled(seconds)
        return f"{_digits(scaled)}{prefix}s"
    whole, sign = int(abs(seconds)), "-" if seconds < 0 else ""
    days, hours, minutes, rest = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {rest}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {rest}s"
    if minutes:
        return f"{sign}{minutes}m {rest}s"
    return f"{sign}{_digits(abs(seconds))}s"


def _scaled(value: Decimal) -> tuple[Decimal, str]:
    prefixes, step = (_LARGE, Decimal(1000)) if abs(value) >= 1 else (_SMALL, Decimal("0.001"))
    for prefix in prefixes:
        if 1 <= abs(value) < 1000:  # noqa: PLR2004
            return value, prefix
        value /= step
    return value, prefixes[-1]


def _digits(value: Decimal) -> str:
    """Go's `%.4g`."""
    return f"{float(value):.4g}"
