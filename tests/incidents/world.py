"""What the instances of a service do minute by minute, as series of the service's own metrics.

`gitops_obs.traffic` says which series a preset has and which of them count failed requests; this fills them with
numbers that change over time: whole requests, durations that are log-normal, counters that start again at 0, and
minutes in which nobody was there to answer or to ask.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from gitops_obs import proof, traffic, units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal

    from gitops_obs.model import Service
    from gitops_obs.preset import Histogram

SPREAD = 0.5
"""Standard deviation of the logarithm of durations: nine of ten requests take less than 1.9 times the median."""

USUAL = 0.06
"""Median of durations in seconds of a service that is well: 0.2 % of requests take more than 250 ms."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One minute of one instance: requests, the share of them that fails, and the median duration in seconds."""

    requests: float
    failing: float = 0.0
    median: float = USUAL


DOWN, REMOVED, MISSED = "down", "removed", "missed"
"""Minutes without samples: the scrape fails, the target is listed no more, or Prometheus does not run."""

Minute = Asked | str

WAITING = "kafka_consumergroup_lag"
"""What waits, of the one preset that is a queue."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance that runs a version, and what it does in each minute."""

    name: str
    version: str
    minute: Callable[[int], Minute]


@dataclass(frozen=True, slots=True)
class Routes:
    """What a service is asked for the route that has an objective, and for each of the others."""

    the_one: Callable[[int], Minute]
    others: Callable[[int], Minute]
    count: int = 19


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages that arrive and that workers could work off, each minute, from partition to partition alike."""

    arrive: Callable[[int], float]
    work: Callable[[int], float]


Life = tuple[Instance, ...] | Routes | Queue


def series(service: Service, life: Life, minutes: int) -> dict[str, str]:
    """Series of the service's metrics and of `up`, one sample a minute, in promtool's notation."""
    if isinstance(life, Queue):
        return _queue(service, life, minutes)
    if isinstance(life, Routes):
        return _of_routes(service, life, minutes)
    found: dict[str, str] = {}
    for instance in life:
        told = [instance.minute(at) for at in range(minutes)]
        found |= _Filled(service, told).all(_names(service, instance))
        if service.signal.preset.kind == "queue":
            found |= _waiting(service, instance.name, told)
        if service.signal.has_target:
            labels = traffic.series_labels(service, service.signal.target_sample.labels)
            found[f'up{{{labels},instance="{instance.name}"}}'] = _text(_up(told))
    return found


def _names(service: Service, instance: Instance) -> dict[str, str]:
    """Names of the instance's series, and which of its numbers each holds."""
    load = proof.Load("BAD", "GOOD", "ALL")
    runs = [(instance.version, instance.name, load)]
    slow, failing = (traffic.of_versions(service, runs, 1, slow=slow) for slow in (True, False))
    return dict(slow) | dict(failing)


def _of_routes(service: Service, life: Routes, minutes: int) -> dict[str, str]:
    load = proof.Load("BAD", "GOOD", "ALL", service.routes[0])
    names = dict(traffic.series(service, load, load, 1))
    one, other = ([ask(at) for at in range(minutes)] for ask in (life.the_one, life.others))
    found = _Filled(service, one).all({name: value for name, value in names.items() if traffic.ELSEWHERE not in value})
    for name, value in names.items():
        if traffic.ELSEWHERE in value:
            filled = _Filled(service, other).all({name: value.replace(traffic.ELSEWHERE, "GOOD")})
            for n in range(life.count):
                found |= {key.replace('"elsewhere"', f'"/other/{n}"'): values for key, values in filled.items()}
    return found


def _queue(service: Service, life: Queue, minutes: int) -> dict[str, str]:
    """Two partitions of one topic: what waits is a gauge, what was taken is a counter."""
    waits, done, waiting, taken = 0.0, 0.0, [], []
    for at in range(minutes):
        waits += life.arrive(at)
        worked = min(waits, life.work(at))
        waits, done = waits - worked, done + worked
        waiting.append(str(math.floor(waits)))
        taken.append(str(math.floor(done)))
    labels = f'{service.signal.sample.labels},topic="orders"'
    metrics = {WAITING: waiting, "kafka_consumergroup_current_offset": taken}
    return {
        f'{metric}{{{labels},partition="{n}"}}': _text(values) for metric, values in metrics.items() for n in range(2)
    }


def _waiting(service: Service, instance: str, told: list[Minute]) -> dict[str, str]:
    """What waits of a queue that is worked off in time: one second's messages."""
    labels = f'{service.signal.sample.labels},topic="orders",partition="{instance}"'
    values = ("_" if isinstance(minute, str) else str(math.floor(minute.requests / 60)) for minute in told)
    return {f"{WAITING}{{{labels}}}": _text(values)}


class _Filled:
    """Numbers of one instance, or of one route, under the names that its preset gives them."""

    def __init__(self, service: Service, told: list[Minute]) -> None:
        self.histogram = service.signal.histogram_for()
        self.told = told
        self.known: dict[str, list[tuple[int | str, float]]] = {}

    def all(self, names: dict[str, str]) -> dict[str, str]:
        """Every series of `names`, and the buckets of the duration histogram besides its count."""
        found: dict[str, str] = {}
        for name, template in names.items():
            which = re.sub(r"^0\+|(\+0)?x\d+$", "", template)
            if which == traffic.STRANGERS or (self.histogram and name.startswith(f"{self.histogram.metric}_bucket")):
                continue
            is_gauge = not template.startswith("0+")
            found[name] = _text(self._values(which, is_gauge=is_gauge))
            if self.histogram and name.startswith(f"{self.histogram.metric}_count{{"):
                found |= dict(self._buckets(self.histogram, name, which))
        return found

    def _buckets(self, histogram: Histogram, name: str, which: str) -> Iterator[tuple[str, str]]:
        base = name.replace("_count{", "_bucket{", 1)[:-1]
        scale = 1000 if histogram.unit == "ms" else 1
        for bound in (*histogram.buckets, None):
            le = "+Inf" if bound is None else units.plain(bound)
            seconds = None if bound is None else bound / scale
            yield f'{base},le="{le}"}}', _text(self._values(which, seconds))

    def _values(self, which: str, within: Decimal | None = None, *, is_gauge: bool = False) -> Iterator[str]:
        """Counters hold whole requests: one that is counted is in all of its buckets in the same minute."""
        if which == "1":
            yield from (more if isinstance(more, str) else "1" for more, _ in self._more("ALL"))
            return
        total, before = 0.0, 0
        for more, median in self._more(which):
            if isinstance(more, str):
                total, before = (total, before) if more == "_" else (0.0, 0)
                yield more
                continue
            total += more if within is None else more * _share(median, within)
            now = int(total + 0.5)
            yield str(now - before if is_gauge else now)
            before = now

    def _more(self, which: str) -> list[tuple[int | str, float]]:
        """Whole requests that each minute brings, or promtool's word for none, and the median duration."""
        if which not in self.known:
            self.known[which] = list(_counted(which, self.told))
        return self.known[which]


def _counted(which: str, told: list[Minute]) -> Iterator[tuple[int | str, float]]:
    counted, was_there = _Counted(which), True
    for minute in told:
        if isinstance(minute, str):
            yield "_" if minute == MISSED or not was_there else "stale", 0.0
            was_there = minute == MISSED and was_there
            continue
        counted = counted if was_there else _Counted(which)
        was_there = True
        yield counted.more(minute), minute.median


class _Counted:
    """Whole requests among those that a minute brings: all, good or failed ones."""

    def __init__(self, which: str) -> None:
        self.which, self.asked, self.failed = which, 0.0, 0.0

    def more(self, minute: Asked) -> int:
        """How many there are more after this minute."""
        before, failed = math.floor(self.asked + _TINY), math.floor(self.failed + _TINY)
        self.asked += minute.requests
        more = math.floor(self.asked + _TINY) - before
        self.failed += more * minute.failing
        more_failed = math.floor(self.failed + _TINY) - failed
        return {"ALL": more, "BAD": more_failed, "GOOD": more - more_failed}[self.which]


_TINY = 1e-6  # what sums of fractions lose


@cache
def _share(median: float, within: Decimal) -> float:
    """Share of requests that take at most `within` seconds: the log-normal distribution."""
    if within <= 0:
        return 0.0
    return 0.5 * math.erfc(-math.log(float(within) / median) / (SPREAD * math.sqrt(2)))


def _up(told: list[Minute]) -> Iterator[str]:
    listed = True
    for minute in told:
        if minute == REMOVED:
            yield "stale" if listed else "_"
        else:
            yield {DOWN: "0", MISSED: "_"}.get(minute, "1") if isinstance(minute, str) else "1"
        listed = minute != REMOVED


def _text(values: Iterable[str]) -> str:
    """Values in promtool's notation, equal ones in a row as one word."""
    return " ".join(_word(value, len(list(run))) for value, run in groupby(values))


def _word(value: str, times: int) -> str:
    if times == 1 or value == "stale":
        return " ".join([value] * times)
    return f"_x{times}" if value == "_" else f"{value}+0x{times - 1}"


def most(life: Life, minutes: int) -> float:
    """Requests (or messages worked off) a second in the busiest minute."""
    if isinstance(life, Queue):
        return 2 * max(min(life.arrive(at), life.work(at)) for at in range(minutes)) / 60
    asks = [instance.minute for instance in life] if isinstance(life, tuple) else [life.the_one]
    asks += [] if isinstance(life, tuple) else [life.others] * life.count
    told = ([ask(at) for ask in asks] for at in range(minutes))
    return max(sum(one.requests for one in found if isinstance(one, Asked)) for found in told) / 60
