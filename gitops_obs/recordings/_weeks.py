"""What the recordings of usual weeks share: one, two and three weeks ago as one expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.model import Service

AGO = (1, 2, 3)
EVERY, LATER = 10, (2, 3, 4)
_A_WEEK, _FAR = 1008, 11 + 1  # samples


def median(service: Service, weeks: Iterable[str]) -> str:
    """The median of expressions, of as many as have a sample: one holiday does not make a norm."""
    return f"quantile by ({_by(service)}) (\n  0.5,\n{_marked(weeks)}\n)"


def least(service: Service, weeks: Iterable[str]) -> str:
    """The least of expressions, of as many as have a sample."""
    return f"min by ({_by(service)}) (\n{_marked(weeks)}\n)"


def _by(service: Service) -> str:
    return ", ".join(("service", *recorded.level(service.project)))


def _marked(weeks: Iterable[str]) -> str:
    marked = (f'  label_replace({expr}, "week", "{n}", "", "")' for n, expr in zip(AGO, weeks, strict=True))
    return "\n  or\n".join(marked)


def moment(values: tuple[str, str, str, str]) -> str:
    """Samples every ten minutes around the first week: one 110 minutes before, the others in a row until then.

    One, two and three weeks later (`LATER`) that week is the only one known. Needs `EVERY` minutes between samples.
    """
    first, *rest = values
    return f"_ _x{_A_WEEK - _FAR} {first} _x{_FAR - 1 - len(rest)} {' '.join(rest)}"
