"""Rules asked of a Prometheus as it is now: do their series exist and fit, what do they cost, would they fire.

What rules would have done in the past is `backtest`'s to say. Expressions over series that the rules themselves record
are asked over raw series, so that rules which nobody has loaded yet can be asked as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitops_obs import rules as values
from gitops_obs import units
from gitops_obs.checks.rules._reading import RATES, SELECTORS, Issue, Rules
from gitops_obs.errors import GitopsObsError, Severity
from gitops_obs.labels import COMPARISONS, NAME, Node, bare, walk
from gitops_obs.prometheus import syntax
from gitops_obs.prometheus.inline import InlineError, Recordings, inline
from gitops_obs.rulefile import seconds
from gitops_obs.spec import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.prometheus.client import Client
    from gitops_obs.rulefile import Rule

Found = tuple[str, Issue]

_EVERY = 60  # seconds; Prometheus' own default for groups without an interval
_OF_GAUGES = frozenset({"delta", "idelta", "deriv", "predict_linear"})
_PARTS = ("_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Most:
    """What is too much: series of one recording, samples read by one evaluation, and its share of the interval.

    A tenth of the samples that Prometheus allows (`--query.max-samples`, 50 million) is a query to think about.
    """

    series: int = 1000
    samples: int = 5_000_000
    share: float = 0.1


@dataclass
class Live:
    """One Prometheus at one moment, `at` in unix seconds. What is true of a metric is asked once."""

    client: Client
    at: float
    most: Most = field(default_factory=Most)
    _labels: dict[str, frozenset[str]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def issues(self, rules: Rules) -> list[Found]:
        """Code and issue of everything that does not fit what is there.

        Raises GitopsObsError where Prometheus cannot be asked at all; a single question that it refuses is an issue.
        """
        recordings = Recordings(_groups(rules))
        found: list[Found] = []
        for rule in rules.rules:
            tree = rules.tree(rule)
            if tree is None:
                continue
            try:
                missing = list(self._series(rule, tree, rules))
                found += [*missing, *self._types(rule, tree)]
                if not any(code == "OBS340" for code, _ in missing):
                    found += self._answers(rule, tree, recordings)
            except GitopsObsError as error:
                if self.client.stopped:
                    raise
                found += [(d.code, Issue(d.message, d.hint, rule, severity=d.severity)) for d in error.diagnostics]
        return found

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.client.metric_names())

    @cached_property
    def _metadata(self) -> dict[str, list[dict[str, str]]]:
        return self.client.metadata()

    def _series(self, rule: Rule, tree: Node, rules: Rules) -> Iterator[Found]:
        """Metrics and labels that are not there."""
        for node, above in walk(tree):
            name = node.word if node.kind in SELECTORS else ""
            if not name or name in rules.known or any(outer.word.startswith("absent") for outer in above):
                continue
            if name not in self._names:
                hint = nearest(name, self._names) if _close(name, self._names) else "see what its exporter calls it"
                yield "OBS340", Issue(f"there is no metric `{name}`", hint, rule, word=name)
                continue
            wanted = [label for label, op, value in node.matchers if op in ("=", "=~") and value and label != NAME]
            lacking = [label for label in wanted if label not in self._labels_of(name)]
            for label in lacking:
                hint = nearest(label, self._labels_of(name) - {NAME})
                yield "OBS341", Issue(f"`{name}` has no label `{label}`", hint, rule, word=label)
            if not lacking and not self._count(node):
                message = f"no series of `{name}` has these labels just now"
                hint = "sound for what counts rare things; else look for the values that there are"
                yield "OBS341", Issue(message, hint, rule, severity=Severity.INFO, word=name)

    def _labels_of(self, name: str) -> frozenset[str]:
        if name not in self._labels:
            self._labels[name] = frozenset(self.client.label_names(f'{{__name__="{name}"}}'))
        return self._labels[name]

    def _count(self, node: Node) -> int:
        selector = syntax.series(node.raw.vector_selector if node.kind == "MatrixSelector" else node.raw)
        if selector not in self._counts:
            self._counts[selector] = self.client.count(selector, self.at)
        return self._counts[selector]

    def _types(self, rule: Rule, tree: Node) -> Iterator[Found]:
        """Functions that do not fit the type of the metric."""
        for node, above in walk(tree):
            function = above[-1].word if above else ""
            types = (
                self._types_of(node.word) if node.kind == "MatrixSelector" and function in RATES | _OF_GAUGES else []
            )
            if function in RATES and types == ["gauge"]:
                hint = "use delta or deriv, or an aggregation over time"
                yield "OBS342", Issue(f"`{function}` of `{node.word}`, a gauge", hint, rule, word=node.word)
            elif function in _OF_GAUGES and types == ["counter"]:
                hint = "use rate or increase, which see the restarts of a counter"
                yield "OBS342", Issue(f"`{function}` of `{node.word}`, a counter", hint, rule, word=node.word)

    def _types_of(self, name: str) -> list[str]:
        """Types that targets tell; several where they disagree, none where nothing is known."""
        # OpenMetrics tells the type of a counter without its `_total`
        found = self._metadata.get(name) or self._metadata.get(name.removesuffix("_total"))
        if not found and name.endswith(_PARTS):
            family = self._metadata.get(name.rpartition("_")[0], [])
            return ["counter"] if any(one.get("type") in ("histogram", "summary") for one in family) else []
        return sorted({one.get("type", "") for one in found or ()})

    def _answers(self, rule: Rule, tree: Node, recordings: Recordings) -> Iterator[Found]:
        """What the expression gives now, and what that costs."""
        every = seconds(rule.group.interval) if rule.group.interval else _EVERY
        try:
            expr = inline(rule.expr, Decimal(str(every)), recordings)
            measured = self.client.measured(expr, self.at)
            yield from self._cost(rule, measured, every)
            compared = _compared(tree)
            if rule.is_alert and compared is not None:
                left = inline(syntax.write(compared.raw), Decimal(str(every)), recordings)
                yield from _firing(rule, len(measured["series"]), len(self.client.query(left, self.at)))
        except InlineError:  # nothing can be said of rules whose recordings cannot be taken apart
            return

    def _cost(self, rule: Rule, measured: dict[str, Any], every: float) -> Iterator[Found]:
        series, samples, took = len(measured["series"]), measured["samples"], measured["seconds"]
        hint = "aggregate more, or record a part of it first"
        if not rule.is_alert and series > self.most.series:
            yield "OBS343", Issue(f"records {series} series, more than {self.most.series}", hint, rule)
        if samples > self.most.samples:
            yield "OBS343", Issue(f"reads {samples} samples each time, more than {self.most.samples}", hint, rule)
        if took > self.most.share * every:
            message = f"takes {took:.1f}s of the {every:g}s between two evaluations"
            yield "OBS343", Issue(message, hint, rule)


def _firing(rule: Rule, firing: int, compared: int) -> Iterator[Found]:
    if not compared:
        message = "what it compares has no series now, so it cannot fire"
        yield "OBS345", Issue(message, "ask for the left side of the comparison in Prometheus", rule)
    elif firing >= compared:
        message = f"every series that it compares ({compared}) meets its condition now"
        yield "OBS344", Issue(message, "unless that is so just now, the threshold is wrong", rule)
    elif firing:
        message = f"{firing} of the {compared} series that it compares meet its condition now"
        hint = "it would fire where this lasts for its `for`"
        yield "OBS344", Issue(message, hint, rule, severity=Severity.INFO)


def _compared(tree: Node) -> Node | None:
    """What an alert compares with a number; None where it does something else."""
    node = bare(tree)
    while node.kind == "BinaryExpr" and node.word in ("and", "unless"):
        node = bare(node.inside[0])
    if node.kind != "BinaryExpr" or node.word not in COMPARISONS:
        return None
    left, right = node.inside
    return left if right.is_scalar and not left.is_scalar else right if left.is_scalar and not right.is_scalar else None


def _close(name: str, known: frozenset[str]) -> bool:
    return nearest(name, known).startswith("did you mean")


def _groups(rules: Rules) -> list[values.Group]:
    """The recordings of rules that were read as those that were built."""
    found = []
    for rule in rules.recordings:
        every = Decimal(str(seconds(rule.group.interval) if rule.group.interval else _EVERY))
        recording = values.Recording(rule.name, rule.expr, tuple(rule.labels.items()))
        found.append(values.Group(rule.group.name, units.short_duration(every), (recording,)))
    return found
