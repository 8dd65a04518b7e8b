"""Proofs of rules as values: what series hold, and what fires, stays silent or is recorded then.

Alerts and recordings say what proves them (`prove(service)`); `proofs` puts cases together into as few promtool tests
as serve, because each test opens a database of its own and evaluates every rule of the service.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from gitops_obs import units

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import RouteObjective
    from gitops_obs.rules import Alert

Pace = Literal["minutes", "hours", "weeks"]
"""How far apart samples and evaluations are: a page is proven by the minute, what takes days by the hour."""

STEP = {"minutes": 60, "hours": 3600, "weeks": 604800}
"""Seconds of one step."""

Series = tuple[tuple[str, str], ...]
"""Pairs of a series and its values in promtool's notation, one a step."""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests of the service, a step: `bad` failed or were slow, `good` were not, `total` is both.

    All are numbers as promtool reads them, such as `0.0152e6`. `route` is the route they ask for, None for none.
    """

    bad: str
    good: str
    total: str
    route: RouteObjective | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """`alert` fires with these labels from the data besides its own, and with its templates filled in.

    `filled` pairs a template in the alert's texts (`{{ $value | humanizePercentage }}`) with what stands there then.
    """

    alert: Alert
    labels: tuple[tuple[str, Leaf], ...] = ()
    filled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """At step `at` exactly `firing` fires of all alerts called `name`: nothing, where it is empty."""

    at: int
    name: str
    firing: tuple[Firing, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """At step `at` the expression gives exactly these samples: labels in PromQL notation, and value."""

    at: int
    expr: str
    samples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Data and what follows from them. Cases are joined in one test unless they give one series two values.

    `failing` and `slow` are requests (see `Load`), as the service's own metrics count them. `lane` names what the case
    is about: two cases of one lane, and two with claims about one alert, never share a test. `subject` pairs what with
    which (an objective with its route): two of one kind share a test only where they are the same. `absent` names
    metrics of which the test holds no series. `alone` is a case that shares its test with no other, because its
    `series` are requests of the service themselves. `every` are minutes between samples, 0 where each step has one.
    """

    lane: str
    about: str
    pace: Pace = "minutes"
    series: Series = ()
    failing: Load | None = None
    slow: Load | None = None
    claims: tuple[Claim, ...] = ()
    numbers: tuple[Number, ...] = ()
    subject: tuple[str, Leaf] = ("", "")
    absent: tuple[str, ...] = ()
    alone: bool = False
    every: int = 0

    @property
    def end(self) -> int:
        """The last step anything is said about."""
        return max([claim.at for claim in self.claims] + [number.at for number in self.numbers], default=0)

    @property
    def asks(self) -> bool:
        """Whether it holds requests of the service, made from `failing` and `slow` or its own."""
        return bool(self.alone or self.failing or self.slow)

    @property
    def metrics(self) -> frozenset[str]:
        """Names of the metrics among its series; those that requests are made of come besides."""
        return frozenset(series.partition("{")[0] for series, _ in self.series)

    @property
    def names(self) -> frozenset[str]:
        """Alerts that it makes claims about."""
        return frozenset(claim.name for claim in self.claims)


def steps(duration: str, pace: Pace = "minutes") -> int:
    """How many whole steps `duration` takes, rounded up."""
    return math.ceil(seconds(duration) / STEP[pace])


def seconds(duration: str) -> Decimal:
    """Seconds in `duration`, 0 where it is empty."""
    return units.duration(duration) if duration else Decimal(0)


def rising(step: str, count: int) -> str:
    """Values of a counter that grows by `step` each step, for `count` steps."""
    return f"0+{step}x{count}"


def level(value: str, count: int) -> str:
    """Values of a gauge that stays, for `count` steps."""
    return f"{value}+0x{count}"
