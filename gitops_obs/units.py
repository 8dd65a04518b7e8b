"""Percentages, durations and decimals as people write them; exact, never through binary fractions."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86400),
          "w": Decimal(604800)}  # fmt: skip
# few enough digits that nothing computed from them is rounded, and nothing printed from them is long
_NUMBER = r"\d{1,15}(?:\.\d{1,15})?"
_PLAIN = re.compile(f"-?{_NUMBER}", re.ASCII)
_DURATION = re.compile(f"({_NUMBER})(ms|s|m|h|d|w)", re.ASCII)
_PERCENT = re.compile(f"({_NUMBER}) ?%", re.ASCII)
DAY = 86400
_LONGEST = 3650 * DAY
_SHOWN = 40  # characters of a wrong text that a message repeats


def plain(number: Decimal) -> str:
    """`number` as a person would write it: `0.001`, `695`, never an exponent or a trailing zero."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(text: str) -> Decimal:
    """Seconds in `250ms`, `1.5s`, `5m`, `2h`, `30d`, `1w`. Raises ValueError with what would be right."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise _no(text, "a duration; write a number and ms, s, m, h, d or w, such as 250ms")
    return Decimal(found[1]) * _UNITS[found[2]]


def whole_duration(text: str) -> str:
    """`text` as rules take it: `1.5m` → `90s`. Raises ValueError, also for parts of milliseconds and above 10 years."""
    seconds = duration(text)
    if seconds * 1000 % 1 or seconds > _LONGEST:
        raise _no(text, f"a duration that rules take; write whole milliseconds, {_LONGEST // DAY}d at most")
    return short_duration(seconds)


def fraction(value: str | float) -> Decimal:
    """The fraction in `99.9%`, `99.9` (both 0.999) — a number without a sign is a percentage. Raises ValueError."""
    text = written(value)
    if found := _PERCENT.fullmatch(text):
        return Decimal(found[1]) / 100
    if "," in text and _PERCENT.fullmatch(text.replace(",", ".").rstrip("%") + "%"):
        raise ValueError(f"`{text}` has a comma; write {text.replace(',', '.')}")
    if _PLAIN.fullmatch(text):
        return Decimal(text) / 100
    raise _no(text, "a percentage; write one such as 99.9%")


def quantity(value: str | float) -> Decimal:
    """A threshold: `5%` → 0.05, `250ms` → 0.25 (seconds), `0.5` → 0.5. Raises ValueError."""
    text = written(value)
    if found := _PERCENT.fullmatch(text):
        return Decimal(found[1]) / 100
    if _DURATION.fullmatch(text):
        return duration(text)
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    raise _no(text, "a number; write 5%, 250ms or 0.5")


def advice(error: ValueError) -> tuple[str, str]:
    """What is wrong and what would be right, from an error raised here."""
    message, _, hint = str(error).partition("; ")
    return message, hint


def _no(text: str, what: str) -> ValueError:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return ValueError(f"`{shown}` is not {what}")


def written(value: str | float) -> str:
    """`value` as its author wrote it, or would have: a small number without an exponent."""
    return value.strip() if isinstance(value, str) else plain(Decimal(str(value)))


def percent(ratio: Decimal) -> str:
    """`0.999` → `99.9%`."""
    return plain(ratio * 100) + "%"


def short_duration(seconds: Decimal) -> str:
    """Seconds as the shortest single unit that is whole: 300 → `5m`, 0.25 → `250ms`, 2592000 → `30d`, 0 → `0s`."""
    if not seconds:
        return "0s"
    for unit in ("d", "h", "m", "s"):
        size = _UNITS[unit]
        if seconds >= size and seconds % size == 0:
            return f"{plain(seconds / size)}{unit}"
    return f"{plain(seconds * 1000)}ms"
