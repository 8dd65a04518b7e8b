"""Which labels the result of a PromQL expression can have.

Known exactly after `by`, gone after `without`, added by `label_replace`, and so on, as Prometheus' engine works them
out (promql/engine.go: `VectorBinop`, `resultMetric`, `aggregation`; promql/functions.go:
`createLabelsForAbsentFunction`). Where nothing is known, any label may be there: what is said to be impossible is
impossible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from gitops_obs import promql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME = "__name__"

_KEEP_SERIES = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_KEEP_NAME = frozenset(
    {"last_over_time", "first_over_time", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"}
)
_NEW_LABEL = frozenset({"label_replace", "label_join"})
_FROM_NOTHING = frozenset({"vector", "scalar", "time", "pi"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})
SET_OPERATORS = frozenset({"and", "or", "unless"})
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of the series of a vector, the metric's name (`__name__`) among them.

    `only` holds every label that there can be; None where there can be any but those in `gone`. `sure` are on every
    series.
    """

    only: frozenset[str] | None = None
    gone: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()

    def may(self, label: str) -> bool:
        """Whether a series can have `label`."""
        return label not in self.gone if self.only is None else label in self.only

    @property
    def wanted(self) -> frozenset[str]:
        """Labels that whoever wrote the expression takes to be there: those that are sure or named by `by`."""
        return self.sure if self.only is None else self.only

    def without(self, labels: Iterable[str]) -> Labels:
        """What is left when `labels` are removed."""
        taken = frozenset(labels)
        if self.only is not None:
            return Labels(self.only - taken, frozenset(), self.sure - taken)
        return Labels(None, self.gone | taken, self.sure - taken)

    def by(self, labels: Iterable[str]) -> Labels:
        """What is left when only `labels` are kept."""
        kept = frozenset(label for label in labels if self.may(label))
        return Labels(kept, frozenset(), self.sure & kept)

    def adding(self, *labels: str, sure: bool = False) -> Labels:
        """With `labels`, which every series gets if `sure`; else some may get and others lose them."""
        new = frozenset(labels)
        only = None if self.only is None else self.only | new
        return Labels(only, self.gone - new, self.sure | new if sure else self.sure - new)

    def either(self, other: Labels) -> Labels:
        """Labels of a vector with the series of both."""
        sure = self.sure & other.sure
        if self.only is not None and other.only is not None:
            return Labels(self.only | other.only, frozenset(), sure)
        neither = {label for label in self.gone | other.gone if not self.may(label) and not other.may(label)}
        return Labels(None, frozenset(neither), sure)


NOTHING = Labels(frozenset())


@dataclass(frozen=True, eq=False)
class Node:
    """One part of an expression: `kind` is the parser's word for it, `raw` its object, `inside` the parts of it.

    The parts are in the order in which they are written: both sides of an operator, or a call's arguments.
    `is_scalar` is true of plain numbers, which have no labels at all.
    """

    kind: str
    raw: Any
    labels: Labels
    inside: tuple[Node, ...]
    is_scalar: bool

    @cached_property
    def word(self) -> str:
        """The function, aggregation or operator; the metric's name of a selector, "" without one."""
        if self.kind == "Call":
            return str(self.raw.func.name)
        if self.kind in ("AggregateExpr", "BinaryExpr"):
            return str(self.raw.op)
        if self.kind == "MatrixSelector":
            return _metric(self.raw.vector_selector)
        return _metric(self.raw) if self.kind == "VectorSelector" else ""

    @property
    def vector(self) -> Node:
        """What an aggregation aggregates, without its parameter."""
        return self.inside[-1]

    @cached_property
    def matchers(self) -> tuple[tuple[str, str, str], ...]:
        """Matchers of a selector, as `promql.Selector` has them."""
        raw = self.raw.vector_selector if self.kind == "MatrixSelector" else self.raw
        return promql.matchers_of(raw)


def annotated(expr: str, known: Mapping[str, Labels] | None = None) -> Node:
    """`expr` as a tree. `known` has the labels of recorded series by name. Raises ValueError for what is no PromQL."""
    return _node(promql.tree(expr), known or {})


def bare(node: Node) -> Node:
    """`node` without the parentheses around it."""
    while node.kind == "ParenExpr":
        node = node.inside[0]
    return node


def walk(node: Node, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Every part of `node`, itself first, each with what it is in, outermost first."""
    yield node, above
    for inner in node.inside:
        yield from walk(inner, (*above, node))


def recorded(expr: str, labels: Mapping[str, str], known: Mapping[str, Labels]) -> Labels:
    """Labels of the series that a recording rule with `labels` writes. Raises ValueError for what is no PromQL."""
    found = annotated(expr, known).labels.without(key for key, value in labels.items() if not value)
    return found.adding(NAME, *(key for key, value in labels.items() if value), sure=True)


def matching(node: Node) -> tuple[bool, frozenset[str]]:
    """Whether a binary operator names what to match `on`, and the labels that it names (else those it ignores)."""
    found = node.raw.modifier and node.raw.modifier.matching
    if not found:
        return False, frozenset()
    return str(found.type).endswith("Include"), frozenset(found.labels)


def unmatched(node: Node) -> Iterator[tuple[str, int]]:
    """Labels that keep the sides of an operator from ever matching, each with the side (0, 1) that cannot have it.

    A series without a label matches one whose label is empty, so a label counts when the other side is made to have
    it: by `on`, by a matcher, or by an aggregation.
    """
    left, right = (inner.labels for inner in node.inside)
    on, named = matching(node)
    for side, (lacking, having) in enumerate(((left, right), (right, left))):
        labels = filter(having.may, named) if on else having.wanted - named - {NAME}
        yield from ((label, side) for label in sorted(labels) if not lacking.may(label))


def _node(raw: Any, known: Mapping[str, Labels]) -> Node:
    kind = type(raw).__name__
    inside = () if kind == "MatrixSelector" else tuple(_node(inner, known) for inner in _parts(raw))
    scalar = _is_scalar(kind, raw, inside)
    found = NOTHING if scalar else _RULES[kind](raw, inside, known)
    return Node(kind, raw, found, inside, scalar)


def _parts(raw: Any) -> list[Any]:
    names = ("param", "lhs", "rhs", "expr")
    parts = [part for name in names if (part := getattr(raw, name, None)) is not None]
    return parts + list(getattr(raw, "args", None) or ())


def _is_scalar(kind: str, raw: Any, inside: tuple[Node, ...]) -> bool:
    if kind in ("NumberLiteral", "StringLiteral"):
        return True
    if kind == "Call":
        return str(raw.func.return_type).endswith("Scalar")
    return kind in ("ParenExpr", "UnaryExpr", "BinaryExpr") and all(inner.is_scalar for inner in inside)


def _selector(raw: Any, _inside: tuple[Node, ...], known: Mapping[str, Labels]) -> Labels:
    raw = getattr(raw, "vector_selector", raw)
    name, pairs = _metric(raw), promql.matchers_of(raw)
    sure = frozenset(label for label, op, value in pairs if _demands(op, value))
    found = known.get(name) or Labels()
    if raw.matchers.or_matchers:
        return replace(found, sure=found.sure | ({NAME} if name else frozenset()))
    found = found.without(label for label, op, value in pairs if (op, value) == ("=", ""))
    if name:
        sure |= {NAME}
    only = None if found.only is None else found.only | (sure & {NAME})
    return Labels(only, found.gone, found.sure | (sure if only is None else sure & only))


def _demands(op: str, value: str) -> bool:
    """Whether a matcher wants its label to be there."""
    if op in ("=", "!="):
        return bool(value) == (op == "=")
    try:
        return (re.fullmatch(value, "") is None) == (op == "=~")
    except re.error:  # Go's dialect
        return False


def _metric(raw: Any) -> str:
    named = (value for label, op, value in promql.matchers_of(raw) if label == NAME and op == "=")
    return str(raw.name or next(named, ""))


def _same(_raw: Any, inside: tuple[Node, ...], _known: Mapping[str, Labels]) -> Labels:
    return inside[0].labels


def _unary(_raw: Any, inside: tuple[Node, ...], _known: Mapping[str, Labels]) -> Labels:
    return inside[0].labels.without({NAME})


def _aggregate(raw: Any, inside: tuple[Node, ...], _known: Mapping[str, Labels]) -> Labels:
    word, inner = str(raw.op), inside[-1].labels
    if word in _KEEP_SERIES:
        return inner
    if raw.modifier and str(raw.modifier.type).endswith("Without"):
        found = inner.without({*raw.modifier.labels, NAME})
    else:
        found = inner.by(raw.modifier.labels if raw.modifier else ())
    return found.adding(raw.param.val, sure=True) if word == "count_values" else found


def _call(raw: Any, inside: tuple[Node, ...], _known: Mapping[str, Labels]) -> Labels:
    word, inner = str(raw.func.name), _argument(inside)
    if word in _FROM_NOTHING or inner is None or inner.is_scalar:
        return NOTHING
    if word in ("absent", "absent_over_time"):
        return _absent(bare(inner))
    if word == "info":
        return Labels(sure=inner.labels.sure)
    if word in _NEW_LABEL:
        return inner.labels.adding(inside[1].raw.val)
    if word == "histogram_quantile":
        return inner.labels.without({NAME, "le"})
    return inner.labels if word in _KEEP_NAME else inner.labels.without({NAME})


def _argument(inside: tuple[Node, ...]) -> Node | None:
    """The first argument that is no number, or else the first."""
    return next((inner for inner in inside if not inner.is_scalar), inside[0] if inside else None)


def _absent(inner: Node) -> Labels:
    """The labels of `absent`: those that the selector fixes with `=`, once each."""
    if inner.kind not in ("VectorSelector", "MatrixSelector"):
        return NOTHING
    pairs = [(label, op, value) for label, op, value in inner.matchers if label != NAME]
    names = [label for label, _, _ in pairs]
    fixed = frozenset(label for label, op, value in pairs if op == "=" and value and names.count(label) == 1)
    return Labels(fixed, frozenset(), fixed)


def _binary(raw: Any, inside: tuple[Node, ...], _known: Mapping[str, Labels]) -> Labels:
    word, (left, right) = str(raw.op), inside
    named = word in _ARITHMETIC or bool(raw.modifier and raw.modifier.return_bool)
    if left.is_scalar or right.is_scalar:
        found = (right if left.is_scalar else left).labels
        return found.without({NAME}) if named else found
    if word in SET_OPERATORS:
        return left.labels.either(right.labels) if word == "or" else left.labels
    return _joined(raw, left.labels, right.labels, {NAME} if named else set())


def _joined(raw: Any, left: Labels, right: Labels, dropped: set[str]) -> Labels:
    card = str(raw.modifier.card).rpartition(".")[2] if raw.modifier else "OneToOne"
    many, one = (right, left) if card == "OneToMany" else (left, right)
    found = many.without(dropped)
    match = raw.modifier and raw.modifier.matching
    if card == "OneToOne" and match:
        labels = frozenset(match.labels)
        return found.by(labels) if str(match.type).endswith("Include") else found.without(labels)
    taken = list(raw.modifier.group_labels or ()) if raw.modifier else []
    return reduce(lambda so_far, label: _taken(so_far, one, label), taken, found)


def _taken(found: Labels, one: Labels, label: str) -> Labels:
    """A label that `group_left` or `group_right` takes from the other side, or removes where that has none."""
    return found.adding(label, sure=label in one.sure) if one.may(label) else found.without({label})


_RULES: dict[str, Any] = {
    "VectorSelector": _selector,
    "MatrixSelector": _selector,
    "ParenExpr": _same,
    "SubqueryExpr": _same,
    "UnaryExpr": _unary,
    "AggregateExpr": _aggregate,
    "Call": _call,
    "BinaryExpr": _binary,
}
