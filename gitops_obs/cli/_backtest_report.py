"""What `backtest` found, in the order and in the words on which all its formats agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gitops_obs.formats._visible import printable
from gitops_obs.prometheus.firing import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitops_obs.errors import Diagnostic
    from gitops_obs.prometheus.backtest import Episode, Outcome, Period
    from gitops_obs.prometheus.cases import Case

WORDS = {"fired": "fired", "quiet": "quiet", "no_data": "no data", "failed": "failed", "not_tested": "not tested"}
_ORDER = ("fired", "failed", "no_data", "not_tested", "quiet")
_SEVERITIES = ("page", "ticket")
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Row:
    """One alert rule, now and at the revision compared with; None where it is not there."""

    now: Outcome | None
    before: Outcome | None = None

    @property
    def any(self) -> Outcome:
        """The outcome that names the alert."""
        found = self.now or self.before
        assert found is not None  # noqa: S101  # a row is made from one of the two
        return found

    @property
    def changed(self) -> bool:
        """Whether the two would have behaved differently."""
        return _behaviour(self.now) != _behaviour(self.before)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one run. `url` holds no credentials; `revision` is "" where nothing was compared.

    `findings` are about files and settings; those about single alerts stand in their outcomes.
    """

    period: Period
    url: str
    outcomes: tuple[Outcome, ...]
    revision: str = ""
    before: tuple[Outcome, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether any question remained without an answer."""
        return any(outcome.incomplete for outcome in (*self.outcomes, *self.before))

    def rows(self) -> list[Row]:
        """Alerts, worst first: pages before tickets, longer before shorter, then what could not be told, then quiet."""
        earlier: dict[tuple[object, ...], list[Outcome]] = {}
        for outcome in self.before:
            earlier.setdefault(outcome.case.identity, []).append(outcome)
        rows = []
        for outcome in self.outcomes:
            same = earlier.get(outcome.case.identity)
            rows.append(Row(outcome, same.pop(0) if same else None))
        rows += [Row(None, outcome) for left in earlier.values() for outcome in left]
        return sorted(rows, key=_badness)

    def problems(self) -> list[Diagnostic]:
        """Every finding once: about files, then about alerts."""
        found = [outcome.problem for outcome in self.outcomes if outcome.problem]
        for outcome in self.before:
            if outcome.problem and outcome.problem not in found:
                message = f"at {self.revision}: {outcome.problem.message}"
                found.append(replace(outcome.problem, message=message))
        return list(dict.fromkeys([*self.findings, *found]))


def _behaviour(outcome: Outcome | None) -> object:
    return outcome and (outcome.state, [(e.start, e.end) for e in outcome.episodes], outcome.case.severity)


def _badness(row: Row) -> tuple[object, ...]:
    outcome = row.any
    worst = max((found for found in (row.now, row.before) if found), key=lambda found: seconds(found.episodes))
    state = min(_ORDER.index(found.state) for found in (row.now, row.before) if found)
    case = outcome.case
    severity = _SEVERITIES.index(case.severity) if case.severity in _SEVERITIES else len(_SEVERITIES)
    return state, severity, -seconds(worst.episodes), case.service, case.name, case.labels


def seconds(episodes: Iterable[Episode]) -> float:
    """For how long at least one of them was firing."""
    return float(sum(end - start for start, end in union((e.start, e.end) for e in episodes)))


def longest(episodes: Iterable[Episode]) -> float:
    """How long the longest one was."""
    return max((episode.seconds for episode in episodes), default=0.0)


def fires(episodes: Sequence[Episode]) -> str:
    """`3x 42m`, the number of episodes and the time in all."""
    return f"{len(episodes)}x {span(seconds(episodes))}" if episodes else "0x"


def told(outcome: Outcome | None) -> str:
    """What an alert would have done, in a cell: `3x 42m`, `quiet`, `no data`; a dash where there is no such alert."""
    if outcome is None:
        return "–"  # noqa: RUF001  # nothing there, which is not a minus
    return fires(outcome.episodes) if outcome.state == "fired" else WORDS[outcome.state]


def unguarded(outcome: Outcome) -> str:
    """What it would have done without its low-traffic guard; "" where it has none or nothing would differ."""
    if outcome.case.unguarded and outcome.unguarded is None and outcome.state != "not_tested":
        return "?"
    if outcome.unguarded is None or outcome.unguarded == outcome.episodes:
        return "same" if outcome.unguarded else ""
    return fires(outcome.unguarded)


def gaps(outcome: Outcome) -> str:
    """`data for 41 % of the time`, where that is too little to call an alert quiet without a word."""
    from gitops_obs.prometheus.coverage import ENOUGH  # noqa: PLC0415

    if outcome.data is None or outcome.data >= ENOUGH or not outcome.data:
        return ""
    return f"data for {outcome.data:.0%} of the time"


def name(case: Case) -> str:
    """The alert with the labels that tell it from its like: `REDErrorRatioHigh route=/pay`."""
    return printable(" ".join([case.name, *(f"{label}={value}" for label, value in case.own_labels.items())]))


def change(row: Row) -> str:
    """`new`, `removed` or `page → ticket`, "" where the rule is there on both sides with one severity."""
    if row.before is None or row.now is None:
        return "new" if row.before is None else "removed"
    before, now = row.before.case.severity, row.now.case.severity
    return f"{before} → {now}" if before != now else ""


def labels(episode: Episode, case: Case) -> str:
    """Labels that came out of the data: `{http_route="/pay"}`, "" where there are none."""
    own = dict(case.labels)
    found = [f"{label}={value}" for label, value in episode.labels if own.get(label) != value]
    return printable(" ".join(found))


def totals(report: Report) -> list[str]:
    """`Pages would have fired 3x (42m)`, `tickets 1x (5m)`: each severity that there is, with what it was before."""
    parts: list[str] = []
    for severity in _severities(report):
        now = _amount(_of(report.outcomes, severity))
        amount = f"{_amount(_of(report.before, severity))} → {now}" if report.revision else now
        parts.append(f"{severity}s {amount}" if parts else f"{severity.capitalize()}s would have fired {amount}")
    return parts


def by_severity(report: Report) -> dict[str, tuple[int, float]]:
    """Episodes and seconds firing by severity."""
    found = {severity: _of(report.outcomes, severity) for severity in _severities(report)}
    return {severity: (len(episodes), seconds(episodes)) for severity, episodes in found.items()}


def counts(outcomes: Iterable[Outcome]) -> str:
    """`: 9 quiet, 1 without data`, "" where all fired."""
    found: Counter[str] = Counter(outcome.state for outcome in outcomes)
    words = {"quiet": "quiet", "no_data": "without data", "failed": "failed", "not_tested": "not tested"}
    listed = ", ".join(f"{found[state]} {word}" for state, word in words.items() if found[state])
    return f": {listed}" if listed else ""


def _severities(report: Report) -> list[str]:
    there = {outcome.case.severity for outcome in (*report.outcomes, *report.before)}
    return [*(word for word in _SEVERITIES if word in there), *sorted(there - {*_SEVERITIES})]


def _of(outcomes: Iterable[Outcome], severity: str) -> list[Episode]:
    return [episode for outcome in outcomes if outcome.case.severity == severity for episode in outcome.episodes]


def _amount(episodes: list[Episode]) -> str:
    return f"{len(episodes)}x ({span(seconds(episodes))})" if episodes else "0x"


def span(length: float) -> str:
    """A time in its two largest units: `1h 12m`, `42m`, `30s`."""
    left, parts = round(length), list[tuple[int, str]]()
    for unit, size in _UNITS:
        number, left = divmod(left, size)
        if number or parts:
            parts.append((number, unit))
    return " ".join(f"{number}{unit}" for number, unit in parts[:2] if number) or "0s"


def moment(at: float) -> str:
    """A point in time to the second where that says something: `2026-09-21 10:04`."""
    when = datetime.fromtimestamp(at, UTC)
    return when.strftime("%Y-%m-%d %H:%M" if at % 60 == 0 else "%Y-%m-%d %H:%M:%S")


def stamp(at: float) -> str:
    """A point in time for programs (RFC 3339)."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
