"""What alert rules would have done: their expressions asked of the past, `for` and `keep_firing_for` applied here.

Every rule is evaluated at multiples of its group's interval, and as far ahead of the period as its `for` and
`keep_firing_for` reach, so that what fires at its beginning is known. An alert that never returned anything is called
quiet only where what it reads was there.
"""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.prometheus import coverage
from gitops_obs.prometheus.firing import Timing, firing
from gitops_obs.prometheus.inline import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gitops_obs.prometheus.cases import Case
    from gitops_obs.prometheus.client import Client

State = Literal["fired", "quiet", "no_data", "failed", "not_tested"]
Labels = tuple[tuple[str, str], ...]

_PROBE = 300.0  # seconds; for as long a sample is seen, so that no series is missed between two looks


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `until`, in unix seconds. `step` is the least time between two evaluations, 0 for none."""

    since: float
    until: float
    step: float = 0


@dataclass(frozen=True, slots=True)
class Episode:
    """One label set firing from `start` until `end` (unix seconds), at which it no longer does.

    `begun_before` and `ongoing` say that it goes on beyond the period.
    """

    start: float
    end: float
    labels: Labels = ()
    begun_before: bool = False
    ongoing: bool = False

    @property
    def seconds(self) -> float:
        """How long it lasts within the period."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule would have done.

    `unguarded` are the episodes without the low-traffic guard, None where the rule has none. `data` is the share of the
    time for which a silent rule had something to look at, None where nobody had to ask. `problem` says why the rule
    failed, was not tested, or has no data.
    """

    case: Case
    state: State
    episodes: tuple[Episode, ...] = ()
    unguarded: tuple[Episode, ...] | None = None
    data: float | None = None
    problem: Diagnostic | None = None

    @property
    def incomplete(self) -> bool:
        """Whether a question remained without an answer."""
        return self.state == "failed" or (bool(self.case.unguarded) and self.unguarded is None)


_Spans = dict[Labels, list[int]]


@dataclass
class Backtest:
    """Asks `client` about `period`; each question once, however many rules need its answer."""

    client: Client
    period: Period
    parallel: int = 4
    progress: Callable[[int, int], None] | None = None
    _asked: dict[tuple[str, float, float], Future[_Spans]] = field(default_factory=dict)
    _probed: dict[tuple[str, Decimal], float] = field(default_factory=dict)

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """The outcome of each case, in order. What one question meets stays with its rule; nothing is raised for it."""
        pool = ThreadPoolExecutor(self.parallel)
        try:
            for case in cases:
                for expr in filter(None, (case.expr, case.unguarded)):
                    self._ask(pool, case, expr)
            outcomes = []
            for done, case in enumerate(cases, start=1):
                outcomes.append(self._outcome(case))
                if self.progress:
                    self.progress(done, len(cases))
            return outcomes
        finally:
            pool.shutdown(cancel_futures=True)

    def covered(self, selector: str, past: Decimal) -> float:
        """For which share of the period, moved `past` seconds back, `selector` has series.

        Raises GitopsObsError where Prometheus does not say.
        """
        key = (selector, past)
        if key not in self._probed:
            step = _PROBE
            first, last = (math.floor((at - float(past)) / step) for at in (self.period.since, self.period.until))
            pieces = self.client.query_range(f"count({selector})", first + 1, max(last, first + 1), step)
            points = sum(len(values) for series in pieces for _, values in series)
            self._probed[key] = points / max(last - first, 1)
        return self._probed[key]

    def recorded(self, selector: str, past: Decimal) -> bool:
        """Whether the server has a recorded series for the whole period and the `past` seconds that are read of it."""
        length = Decimal(self.period.until - self.period.since)
        backs = [n * length for n in range(math.ceil(past / length))] or [Decimal(0)]
        return all(self.covered(selector, back) >= coverage.ENOUGH for back in (*backs, past))

    def _timing(self, case: Case) -> Timing:
        return Timing(max(case.interval, self.period.step), case.hold, case.keep)

    def _ask(self, pool: ThreadPoolExecutor, case: Case, expr: str) -> None:
        timing = self._timing(case)
        key = (expr, timing.step, _ahead(timing))
        if key not in self._asked:
            first, last = _evaluations(self.period, timing.step, _ahead(timing))
            self._asked[key] = pool.submit(self._active, expr, first, last, timing.step)

    def _active(self, expr: str, first: int, last: int, step: float) -> _Spans:
        """The evaluations at which each label set has a result. Raises GitopsObsError."""
        found: dict[Labels, list[int]] = {}
        for piece in self.client.query_range(expr, first, last, step):
            for labels, values in piece:
                key = tuple(sorted((label, value) for label, value in labels.items() if label != "__name__"))
                found.setdefault(key, []).extend(round(at / step) for at, _ in values)
        return found

    def _outcome(self, case: Case) -> Outcome:
        if case.why_not:
            return Outcome(case, "not_tested", problem=_not_tested(case, case.why_not))
        episodes: tuple[Episode, ...] = ()
        unguarded = None
        try:
            episodes = self._episodes(case, case.expr)
            unguarded = self._episodes(case, case.unguarded) if case.unguarded else None
            if episodes:
                return Outcome(case, "fired", episodes, unguarded)
            share, missing = coverage.share(case.expr, self.covered)
        except InlineError as error:
            return Outcome(case, "not_tested", problem=_not_tested(case, str(error)))
        except GitopsObsError as error:
            # a silent rule of which one does not know whether it had data is not quiet
            state: State = "fired" if episodes else "failed"
            return Outcome(case, state, episodes, unguarded, problem=error.diagnostics[0])
        if not share:
            return Outcome(case, "no_data", (), unguarded, share, _no_data(case, missing))
        return Outcome(case, "quiet", (), unguarded, share)

    def _episodes(self, case: Case, expr: str) -> tuple[Episode, ...]:
        timing = self._timing(case)
        first, last = _evaluations(self.period, timing.step, 0)
        active = self._asked[expr, timing.step, _ahead(timing)].result()
        found = []
        for labels, numbers in _alerts(case, active).items():
            for begun, end in firing(numbers, timing, last):
                start, until = max(begun, first) * timing.step, min((end + 1) * timing.step, self.period.until)
                if end >= first:
                    found.append(Episode(start, until, labels, begun < first, end == last))
        return tuple(sorted(found, key=lambda episode: (episode.start, episode.labels)))


def _ahead(timing: Timing) -> float:
    """Seconds before the period from which on its first evaluation can be told, and the one before that."""
    return timing.hold + timing.keep + timing.step


def _evaluations(period: Period, step: float, ahead: float) -> tuple[int, int]:
    """Numbers of the first and the last evaluation, `ahead` seconds before the period included."""
    last = math.floor(period.until / step)
    return min(math.ceil((period.since - ahead) / step), last), last


def _alerts(case: Case, active: _Spans) -> _Spans:
    """Evaluations by the labels of the alert: those of the result, under those of the rule.

    Raises InlineError where two results would become one alert; Prometheus then evaluates nothing at all.
    """
    # a label with a template depends on the value, and no generated rule has one
    fixed = {label: value for label, value in case.labels if "{{" not in value}
    found: _Spans = {}
    for labels, numbers in active.items():
        key = tuple(sorted({**dict(labels), **fixed}.items()))
        if not set(numbers).isdisjoint(found.get(key, ())):
            raise InlineError("it has several results with the same labels, which Prometheus refuses")
        found[key] = sorted([*found.get(key, ()), *numbers])
    return found


def _not_tested(case: Case, why_not: str) -> Diagnostic:
    message = f"`{case.name}` cannot be asked of the past: {why_not}"
    hint = "read the recorded series by name and labels, or write the alert over raw series"
    return Diagnostic("OBS516", message, Span(case.file), Severity.WARNING, hint=hint)


def _no_data(case: Case, missing: Iterable[str]) -> Diagnostic:
    message = f"no series in this period: {', '.join(missing)}"
    hint = "see whether the selector is right, whether Prometheus keeps data for so long, and whether it is this one"
    return Diagnostic("OBS517", message, Span(case.file), Severity.WARNING, hint=hint)
