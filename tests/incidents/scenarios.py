"""Incidents, and days on which nothing is wrong: what a service lives through, and what should fire then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests import factory
from tests.incidents.world import DOWN, MISSED, REMOVED, USUAL, Asked, Instance, Queue, Routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.incidents.world import Life, Minute

HOUR, DAY = 60, 1440
BUSY = 3000.0
"""Requests a minute of a busy service."""

SHAPES = (
    "prometheus_http",  # counter beside a histogram, and targets
    "otel_http",  # the histogram counts, an info metric tells the version
    "istio",  # milliseconds, the version is a label, no route
    "celery",  # one metric for what went well, one for what failed
    "haproxy",  # neither histogram nor route
    "aws_alb",  # sums per minute that come ten minutes late
    "kafka_consumer",  # a queue
)
"""A preset for each shape of telemetry: long scenarios take these."""

ALL = factory.PRESETS
QUEUE_PRESETS = ("kafka_consumer", "celery")

LATENCY = ("SLOLatencyBudgetBurn", "SLOLatencyBudgetSlowBurn")
FALLS = ("TargetAbsent", "TargetDown", "REDTrafficDrop", "REDTrafficDrift")
QUEUES = ("QueueStuck", "QueueOld")
VERSIONS = ("CanaryWorse", "CanarySlower")
PAGE = ("SLOErrorBudgetBurn",)
CUT_OFF = ("TargetAbsent", "REDTrafficDrop")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens from minute `onset` on, of `minutes` in all; rules are evaluated every `every` minutes.

    `meant` are ids of the alerts that should tell, with `severity`, within `within` minutes; none where nothing is
    wrong. `asked` are names of the alerts that are evaluated, all where it is empty. `labels` stand on the alert that
    is meant, such as the version that is bad. A preset can answer where it has one of the alerts that are meant.
    `coarse` is `within` for presets whose source is too coarse for the row of one hour, where it differs.
    """

    id: str
    title: str
    about: str
    life: Life
    minutes: int
    every: int = 2
    onset: int = 0
    severity: Literal["page", "ticket", ""] = ""
    meant: tuple[str, ...] = ()
    within: int = 0
    asked: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    presets: tuple[str, ...] = ALL
    coarse: int = 0

    @property
    def is_fault(self) -> bool:
        """Whether anything should fire."""
        return bool(self.severity)


def _pair(minute: Callable[[int], Minute]) -> tuple[Instance, ...]:
    """Two instances alike."""
    return tuple(Instance(name, "1.4.2", minute) for name in ("a", "b"))


def _from(onset: int, bad: Minute, good: Minute) -> Callable[[int], Minute]:
    return lambda at: bad if at >= onset else good


_WELL = Asked(BUSY / 2, 0.0002)
_SLOW = 0.6


_FIRST = 30
"""Minute of the first restart."""


def _canary() -> tuple[Instance, ...]:
    """One instance in twenty runs a version of which one request in ten fails."""
    old = [Instance(f"old-{n}", "1.4.2", lambda _: Asked(BUSY * 0.95 / 3, 0.0002)) for n in range(3)]
    new = Instance("new", "1.5.0", _from(HOUR, Asked(BUSY * 0.05, 0.1), REMOVED))
    return (*old, new)


def _deploy() -> tuple[Instance, ...]:
    """Three instances are replaced one after the other, ten minutes apart, each with a minute in which it is away."""

    def gone(n: int) -> Callable[[int], Minute]:
        return lambda at: Asked(BUSY / 3, 0.0002) if at < _FIRST + 10 * n else REMOVED

    def back(n: int) -> Callable[[int], Minute]:
        return lambda at: Asked(BUSY / 3, 0.0002) if at > _FIRST + 10 * n else REMOVED

    old = [Instance(f"old-{n}", "1.4.2", gone(n)) for n in range(3)]
    return (*old, *(Instance(f"new-{n}", "1.5.0", back(n)) for n in range(3)))


def _restarts() -> tuple[Instance, ...]:
    """Three instances restart under their own names: away for two minutes, then every counter begins at 0."""

    def minute(n: int) -> Callable[[int], Minute]:
        return lambda at: DOWN if _FIRST + 10 * n <= at < _FIRST + 10 * n + 2 else Asked(BUSY / 3, 0.0002)

    return tuple(Instance(name, "1.4.2", minute(n)) for n, name in enumerate("abc"))


def _one(minute: Callable[[int], Minute]) -> tuple[Instance, ...]:
    """One instance."""
    return (Instance("a", "1.4.2", minute),)


def _night(at: int) -> Minute:
    """One request a minute; a single one fails at three moments of the night."""
    return Asked(0.5, 1.0 if at in (130, 131, 310, 311, 500, 501) else 0.0)


def _week(at: int) -> Minute:
    """Days with a long afternoon and a night of a tenth, weekends of a half; 0.02 % fail. It begins on a Friday."""
    day, hour = at // DAY, at % DAY / HOUR
    height = 0.55 - 0.45 * math.cos((hour - 3) / 24 * 2 * math.pi)
    return Asked(300 * height * (0.5 if day % 7 in (1, 2) else 1.0), 0.0002)


def _office(at: int) -> Minute:
    """Work from eight to six on five days of the week; otherwise next to nothing, from one minute to the next."""
    day, hour = at // DAY, at % DAY / HOUR
    return Asked(300 if day % 7 < 5 and 8 <= hour < 18 else 2)


_BEGIN = 8 * DAY


def _creep(least: float, most: float) -> Callable[[int], Minute]:
    """After eight usual days the median of durations grows over two days from `least` to `most` seconds."""

    def minute(at: int) -> Minute:
        grown = round(min(max(at - _BEGIN, 0) / (2 * DAY), 1.0), 2)
        return Asked(120, 0.0002, least + (most - least) * grown)

    return minute


_FLAPS = Asked(BUSY / 2, 0.3)

FAULTS = (
    Scenario(
        "outage",
        "hard outage",
        "every request fails, 3000 a minute",
        _pair(_from(4 * HOUR, Asked(BUSY / 2, 1.0), _WELL)),
        minutes=4 * HOUR + 20,
        onset=4 * HOUR,
        severity="page",
        meant=("availability_burn",),
        within=10,
        asked=PAGE,
    ),
    Scenario(
        "gone",
        "every instance gone",
        "no instance is there any more, and with it its series",
        _pair(_from(4 * HOUR, REMOVED, _WELL)),
        minutes=4 * HOUR + 30,
        onset=4 * HOUR,
        severity="page",
        meant=("target_absent", "traffic_drop"),
        within=20,
        asked=CUT_OFF,
    ),
    Scenario(
        "errors_busy",
        "2 % errors, much traffic",
        "3000 requests a minute",
        _pair(_from(6 * HOUR, Asked(BUSY / 2, 0.02), _WELL)),
        minutes=8 * HOUR + 20,
        every=5,
        onset=6 * HOUR,
        severity="page",
        meant=("availability_burn",),
        within=HOUR,
        coarse=6 * HOUR,
        asked=PAGE,
    ),
    Scenario(
        "errors_quiet",
        "2 % errors, little traffic",
        "3 requests a minute, too few for the row of one hour",
        _one(_from(6 * HOUR, Asked(3, 0.02), Asked(3))),
        minutes=9 * HOUR + 40,
        every=5,
        onset=6 * HOUR,
        severity="page",
        meant=("availability_burn",),
        within=6 * HOUR,
        asked=PAGE,
    ),
    Scenario(
        "slow_burn",
        "slow burn",
        "0.2 % of requests fail, twice what 99.9 % allows",
        _one(_from(3 * DAY, Asked(120, 0.002), Asked(120))),
        minutes=5 * DAY,
        every=60,
        onset=3 * DAY,
        severity="ticket",
        meant=("availability_burn_slow",),
        within=3 * DAY,
        asked=("SLOErrorBudgetSlowBurn",),
        presets=SHAPES,
    ),
    Scenario(
        "route",
        "one bad route among twenty",
        "one request in ten to that route fails, one in two hundred of all",
        Routes(_from(4 * HOUR, Asked(150, 0.1), Asked(150, 0.0002)), lambda _: Asked(150)),
        minutes=4 * HOUR + 24,
        every=3,
        onset=4 * HOUR,
        severity="page",
        meant=("availability_burn",),
        within=20,
        asked=PAGE,
        labels=("route",),
    ),
    Scenario(
        "canary",
        "one bad canary",
        "a new version gets 5 % of the requests and fails one in ten of them",
        _canary(),
        minutes=HOUR + 40,
        onset=HOUR,
        severity="ticket",
        meant=("canary_worse",),
        within=20,
        asked=(*VERSIONS, "SLOErrorBudgetBurn"),
        labels=("version",),
    ),
    Scenario(
        "latency_step",
        "latency step",
        f"the median goes from {1000 * USUAL:.0f} to {1000 * _SLOW:.0f} ms at once",
        _pair(_from(6 * HOUR, Asked(BUSY / 2, 0.0002, _SLOW), _WELL)),
        minutes=6 * HOUR + 40,
        every=4,
        onset=6 * HOUR,
        severity="page",
        meant=("latency_burn",),
        within=30,
        asked=("SLOLatencyBudgetBurn",),
    ),
    Scenario(
        "latency_creep",
        "latency creep",
        "the median grows from 40 to 68 ms over two days, and the objective is still kept",
        _one(_creep(0.04, 0.068)),
        minutes=10 * DAY,
        every=30,
        onset=_BEGIN,
        severity="ticket",
        meant=("latency_drift",),
        within=2 * DAY,
        asked=(*LATENCY, "REDLatencyDrift"),
        presets=("prometheus_http", "istio", "aws_alb", "haproxy"),
    ),
    Scenario(
        "latency_creep_far",
        "latency creep past the objective",
        "the median grows from 60 to 150 ms over two days; one request in seven then takes more than 250 ms",
        _one(_creep(USUAL, 0.15)),
        minutes=10 * DAY + 12 * HOUR,
        every=30,
        onset=_BEGIN,
        severity="ticket",
        meant=("latency_burn_slow",),
        within=2 * DAY,
        asked=("SLOLatencyBudgetSlowBurn",),
        presets=("prometheus_http",),
    ),
    Scenario(
        "no_traffic",
        "traffic to zero",
        "requests stop within a minute; the instances are well",
        _pair(_from(4 * HOUR, Asked(0), _WELL)),
        minutes=4 * HOUR + 30,
        onset=4 * HOUR,
        severity="page",
        meant=("traffic_drop",),
        within=20,
        asked=CUT_OFF,
    ),
    Scenario(
        "flapping",
        "flapping",
        "30 % of requests fail for two minutes out of ten",
        _pair(lambda at: _FLAPS if at >= 6 * HOUR and at % 10 < 2 else _WELL),
        minutes=8 * HOUR,
        onset=6 * HOUR,
        severity="page",
        meant=("availability_burn",),
        within=HOUR,
        asked=PAGE,
        presets=SHAPES,
    ),
    Scenario(
        "queue_stuck",
        "queue stands still",
        "messages arrive and no worker takes one",
        Queue(lambda _: 60, lambda at: 0 if at >= HOUR else 100),
        minutes=2 * HOUR,
        onset=HOUR,
        severity="page",
        meant=("queue_stuck",),
        within=30,
        presets=QUEUE_PRESETS,
    ),
    Scenario(
        "queue_old",
        "workers too slow",
        "a third more messages arrive than are worked off",
        Queue(lambda at: 80 if at >= HOUR else 50, lambda _: 60),
        minutes=3 * HOUR,
        onset=HOUR,
        severity="ticket",
        meant=("queue_age",),
        within=90,
        presets=QUEUE_PRESETS,
    ),
)

FAULTLESS = (
    Scenario(
        "deploy",
        "deploy",
        "three instances are replaced by a new version, ten minutes apart",
        _deploy(),
        minutes=HOUR + 14,
    ),
    Scenario(
        "restarts",
        "restarts, counters begin at 0",
        "three instances restart one after the other, each away for two minutes",
        _restarts(),
        minutes=HOUR + 14,
    ),
    Scenario(
        "scrape_gap",
        "scrape gap",
        "for four minutes no scrape succeeds",
        _pair(lambda at: DOWN if _FIRST <= at < _FIRST + 4 else _WELL),
        minutes=52,
    ),
    Scenario(
        "prometheus_restart",
        "Prometheus restarts",
        "three minutes without any sample, rules evaluated all the same",
        _pair(lambda at: MISSED if _FIRST <= at < _FIRST + 3 else _WELL),
        minutes=52,
    ),
    Scenario(
        "night",
        "quiet night, single failures",
        "one request a minute for ten hours, three times two in a row fail",
        _pair(_night),
        minutes=10 * HOUR,
        every=5,
        presets=SHAPES,
    ),
    Scenario(
        "week",
        "weekly cycle",
        "eleven days: nights of a tenth, weekends of a half",
        _one(_week),
        minutes=11 * DAY,
        every=30,
        presets=("prometheus_http", "aws_alb"),
    ),
    Scenario(
        "office",
        "office hours",
        "fifteen days: work from eight to six on five days, next to nothing otherwise",
        _one(_office),
        minutes=15 * DAY,
        every=30,
        asked=FALLS,
        presets=("prometheus_http",),
    ),
    Scenario(
        "idle",
        "idle for 30 days",
        "counters are there and never move",
        _one(lambda _: Asked(0)),
        minutes=30 * DAY,
        every=3 * HOUR,
        presets=("prometheus_http", "kafka_consumer"),
    ),
)

SCENARIOS = (*FAULTS, *FAULTLESS)

FALSE_ALARMS = {
    "office": "In its first week a service has no history, and `traffic_drop` pages at each end of work, as its page "
    "says. From the second week on it is silent.",
}
"""Days without fault on which something fires, and why; a test holds that it is so, and nowhere else."""

AGAIN: dict[str, str] = {}
"""Faults that are told more than once, and why; a test holds that it is so, and nowhere else."""
