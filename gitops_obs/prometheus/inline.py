"""Rules over recorded series → the same rules over raw series, so that they can be asked of the past.

A recording that is new has no past. So each selector of a recorded series becomes the expression that would have
recorded it, with the labels that the rule adds; those may read recorded series in turn. What is true of the rules:

- An instant selector `rec` is the expression itself: within a group Prometheus evaluates in order, so a rule sees what
  was recorded at the same moment. Read less often than it is recorded, or moved by `offset` or `@`, it is the last
  evaluation up to then: `last_over_time((expr)[29999ms:30s] offset 1w)`.
- A range selector `rec[1h]` is a subquery at the interval of the recording's group: `(expr)[1h:30s]`.
- Matchers on labels that the recording sets choose the recording; on other labels they choose among its series.

Two things differ from a running Prometheus. It evaluates a group at an offset of its own within the interval, here all
are evaluated at multiples of it. And a rule that reads from another group, or from below itself, sees what was recorded
up to one interval earlier, here what would be recorded now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gitops_obs import promql, units
from gitops_obs.prometheus import syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta

    from gitops_obs.rules import Group, Recording

_MOST = 50  # recordings behind one selector; beyond it is a page about a fleet, not an alert
_MARK = "gitops_obs_matched"
_TICK = Decimal("0.001")  # Prometheus counts in milliseconds
# what Go's RE2 and Python read alike: no classes by name, no escapes of letters but these, no flags
_IN_BOTH = re.compile(r"(?:[^\\(\[]|\\[^A-Za-z0-9]|\\[dDwWsS]|\((?!\?)|\(\?:|\[(?![\[:]))*", re.DOTALL)
_ABSENT = ("absent", "absent_over_time")


class InlineError(ValueError):
    """The expression over raw series would not mean the same. The message says why, in words for a report."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording rule and the interval of its group, in seconds."""

    rule: Recording
    interval: Decimal

    @property
    def labels(self) -> dict[str, str]:
        """What every series of it carries."""
        return {**dict(self.rule.labels), "__name__": self.rule.record}


class Recordings:
    """Recording rules by name: those of `groups`, and those of everybody else where they are asked for.

    `others` is called at most once, when a selector names a recorded series that `groups` do not hold.
    """

    def __init__(self, groups: Iterable[Group], others: Callable[[], Iterable[Group]] = tuple) -> None:
        self._own, self._others = _by_name(groups), others
        self._all: dict[str, list[Recorded]] | None = None

    def find(self, name: str, matchers: list[tuple[str, str, str]]) -> list[Recorded]:
        """The recordings that a selector may mean. Raises InlineError where a matcher cannot be decided."""
        # by convention only a recorded name has a colon (prometheus.io/docs/practices/rules)
        if found := _meant(self._own.get(name, []), matchers):
            one_service = any(label == "service" and operator == "=" for label, operator, _ in matchers)
            return found if one_service else _meant(self._everybody().get(name, []), matchers)
        if name not in self._own and ":" not in name:
            return []
        return _meant(self._everybody().get(name, []), matchers)

    def names(self) -> set[str]:
        """Every name that the own groups record."""
        return set(self._own)

    def _everybody(self) -> dict[str, list[Recorded]]:
        if self._all is None:
            self._all = _by_name(self._others())
            for name, found in self._own.items():
                known = [rule for rule in self._all.get(name, []) if rule not in found]
                self._all[name] = found + known
        return self._all


def _by_name(groups: Iterable[Group]) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for group in groups:
        for rule in group.rules:
            if record := getattr(rule, "record", ""):
                found.setdefault(record, []).append(Recorded(rule, units.duration(group.interval)))  # type: ignore[arg-type]
    return found


def _meant(rules: list[Recorded], matchers: list[tuple[str, str, str]]) -> list[Recorded]:
    return [rule for rule in rules if all(_holds(rule.labels, *matcher) for matcher in matchers)]


def _holds(labels: dict[str, str], label: str, operator: str, value: str) -> bool:
    """Whether a matcher lets the recording through; one on a label that the recording does not set always does."""
    if label not in labels:
        return True
    if operator in ("=", "!="):
        return (labels[label] == value) == (operator == "=")
    if not _IN_BOTH.fullmatch(value):
        raise InlineError(f"the regular expression of `{label}` is not understood: {value}")
    try:
        matched = re.fullmatch(value, labels[label], re.ASCII) is not None
    except re.error as error:
        raise InlineError(f"the regular expression of `{label}` is not understood: {error}") from None
    return matched == (operator == "=~")


def inline(
    expr: str,
    interval: Decimal,
    recordings: Recordings,
    keep: Callable[[str, Decimal], bool] = lambda _name, _past: False,
) -> str:
    """`expr`, evaluated every `interval` seconds, over raw series.

    A selector of a recorded series for which `keep` says yes stays; `keep` is told the selector without `@` and
    `offset`, and how many seconds back it reads. Raises InlineError where the meaning would change, also for what a
    range query evaluates otherwise than a rule does.
    """
    try:
        return _Inliner(recordings, keep).text(expr, interval)
    except syntax.UnknownSyntaxError as error:
        raise InlineError(str(error)) from None
    except ValueError as error:
        if isinstance(error, InlineError):
            raise
        raise InlineError(f"it cannot be read: {error}") from None


@dataclass(slots=True)
class _Inliner:
    recordings: Recordings
    keep: Callable[[str, Decimal], bool]
    open: list[Recorded] = field(default_factory=list)
    done: dict[tuple[str, Decimal], str] = field(default_factory=dict)

    def text(self, expr: str, interval: Decimal) -> str:
        """`expr` with everything recorded replaced, evaluated every `interval` seconds."""
        key = (expr, interval)
        if key not in self.done:
            self.done[key] = self._within(syntax.parse(expr), interval, named="__name__" in expr)
        return self.done[key]

    def _within(self, node: Any, interval: Decimal, *, named: bool) -> str:
        def hook(node: Any) -> str | None:
            kind = syntax.kind(node)
            if kind == "Call" and node.func.name in _ABSENT:
                return self._absent(node, interval, named=named)
            if kind == "SubqueryExpr":
                _refuse_ends(node)
                step = syntax.seconds(node.step) if node.step is not None else interval
                inner = self._within(node.expr, step, named=named)
                written = f"{syntax.duration(syntax.seconds(node.range))}:{syntax.duration(step) if node.step else ''}"
                return f"{inner}[{written}]{syntax.moved(node)}"
            if kind == "VectorSelector":
                return self._instant(node, interval, named=named)
            return self._range(node, named=named) if kind == "MatrixSelector" else None

        return syntax.write(node, hook)

    def _instant(self, node: Any, interval: Decimal, *, named: bool) -> str | None:
        _refuse_ends(node)
        parts = []
        for rule in self._found(node):
            series = self._series(rule, node, named=named)
            every, moved = rule.interval, syntax.moved(node)
            if moved or interval % every:
                series = f"last_over_time({series}[{syntax.duration(every - _TICK)}:{syntax.duration(every)}]{moved})"
            parts.append(series)
        return _either(parts) if parts else None

    def _range(self, node: Any, *, named: bool) -> str | None:
        selector = node.vector_selector
        _refuse_ends(selector)
        found = self._found(selector, node.range)
        if not found:
            return None
        intervals = {rule.interval for rule in found}
        if len(intervals) > 1:
            raise InlineError(f"`{syntax.series(selector)}` is recorded at several intervals")
        series = _either([self._series(rule, selector, named=named) for rule in found])
        span, step = (syntax.duration(length) for length in (syntax.seconds(node.range), intervals.pop()))
        return f"{series}[{span}:{step}]{syntax.moved(selector)}"

    def _absent(self, node: Any, interval: Decimal, *, named: bool) -> str | None:
        """`absent()` takes labels from the matchers of a selector, of which nothing is left once it is replaced."""
        argument = syntax.bare(node.args[0])
        selector = argument.vector_selector if syntax.kind(argument) == "MatrixSelector" else argument
        span = argument.range if argument is not selector else None
        if syntax.kind(selector) != "VectorSelector" or not self._found(selector, span):
            return None
        labels: dict[str, str] = {}
        for label, operator, value in syntax.matchers(selector):
            # as createLabelsForAbsentFunction does (prometheus, promql/functions.go): one `=` keeps, a second removes
            if operator == "=" and label not in labels:
                labels[label] = value
            elif label in labels:
                labels[label] = ""
        written = f"{node.func.name}({self._within(argument, interval, named=named)})"
        kept = {label: value for label, value in labels.items() if value and label != "__name__"}
        return _labelled(written, kept)

    def _found(self, node: Any, span: timedelta | None = None) -> list[Recorded]:
        """The recordings that a selector means, none where it reads raw series or is to be left alone."""
        past = sum((syntax.seconds(length) for length in (span, node.offset) if length is not None), Decimal(0))
        name, matchers = _name(node, self.recordings)
        found = self.recordings.find(name, matchers) if name else []
        if not found or self.keep(syntax.series(node), past):
            return []
        if len(found) > _MOST:
            raise InlineError(f"`{syntax.series(node)}` means {len(found)} recordings, more than {_MOST}")
        return found

    def _series(self, rule: Recorded, node: Any, *, named: bool) -> str:
        """The series of one recording that a selector means, as an expression that binds like a name."""
        if rule in self.open:
            raise InlineError(f"`{rule.rule.record}` is recorded from itself")
        self.open.append(rule)
        series = self.text(rule.rule.expr, rule.interval)
        self.open.pop()
        labels = dict(rule.rule.labels) | ({"__name__": rule.rule.record} if named else {})
        series = _labelled(f"({series})" if not labels else series, labels)
        free = [matcher for matcher in _name(node, self.recordings)[1] if matcher[0] not in rule.labels]
        for label, operator, value in free:
            series = _filtered(series, label, operator, value)
        return series


def _name(node: Any, recordings: Recordings) -> tuple[str, list[tuple[str, str, str]]]:
    """The name that a selector asks for, "" where it asks for no single one, and its other matchers."""
    matchers = syntax.matchers(node)
    if node.name:
        return node.name, matchers
    names = [(operator, value) for label, operator, value in matchers if label == "__name__"]
    if len(names) == 1 and names[0][0] == "=":
        return names[0][1], [matcher for matcher in matchers if matcher[0] != "__name__"]
    if any(_holds({"__name__": name}, "__name__", *pair) for name in recordings.names() for pair in names):
        raise InlineError(f"`{syntax.series(node)}` may read recorded series by a pattern")
    return "", matchers


def _refuse_ends(node: Any) -> None:
    if node.at is not None and str(node.at.type).rpartition(".")[2] != "At":
        raise InlineError("`@ start()` and `@ end()` are another time in a range query than in a rule")


def _labelled(series: str, labels: dict[str, str]) -> str:
    for label, value in labels.items():
        text = promql.quote(value.replace("$", "$$"))
        series = f'label_replace({series}, "{label}", {text}, "", "")'
    return series


def _filtered(series: str, label: str, operator: str, value: str) -> str:
    """The series of a vector that a matcher lets through; PromQL has matchers for names only."""
    word, regex = ("and", value) if operator in ("=", "=~") else ("unless", value)
    if operator in ("=", "!="):
        one = _labelled("vector(1)", {label: value})
        return f"({series} {word} on ({label}) {one})"
    name, pattern = promql.quote(label), promql.quote(regex)
    marked = f'label_replace({series}, "{_MARK}", "1", {name}, {pattern})'
    chosen = f"({marked} {word} on ({_MARK}) {_labelled('vector(1)', {_MARK: '1'})})"
    return _labelled(chosen, {_MARK: ""})


def _either(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"
