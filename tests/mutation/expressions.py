"""An expression with one thing changed, in every way: (kind, what was changed, the changed text).

Each function takes a node of the parser's tree and gives its text and the changed texts, put together from those of its
parts. A changed text always parses; whether it means something else is what the proofs have to say. Left out is what
means the same whatever the data are, each class where it is made, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import promql_parser as parser

from gitops_obs import promql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


Matcher = tuple[str, str, str]


class Change(NamedTuple):
    """`matcher` is the one that was dropped, as long as the series it would have kept out can be told by its label.

    `fixed` is the one by which a label that is no longer grouped by has one value, as long as nothing asks for it.
    """

    kind: str
    about: str
    text: str
    matcher: Matcher | None = None
    fixed: Matcher | None = None


class Printed(NamedTuple):
    """`held` are matchers that each series of the result meets; `single` says that it is one series at most."""

    text: str
    changes: list[Change]
    held: frozenset[Matcher] = frozenset()
    single: bool = False


FLIPPED = {">": "<", "<": ">", ">=": "<", "<=": ">", "==": "!=", "!=": "=="}
CALCULATED = {"/": "*", "*": "/", "-": "+", "+": "-"}
OTHER = {"sum": "max", "max": "min", "min": "max", "avg": "max", "count": "sum", "quantile": ""}
"""What an aggregation becomes: `group` and `topk` are left, they only choose."""

CHOOSING = ("topk", "bottomk")
"""Aggregations that keep the series they choose as they are."""

SMALL = 4
"""Whole numbers up to it may count things, of which there is no 0.8 and no 1.2: they change by one."""

FACTOR = 4
"""How much longer and shorter a range becomes."""


def unchanged(expr: str) -> str:
    """The expression as this module prints it."""
    return printed(promql.tree(expr)).text


def changes(expr: str) -> list[Change]:
    """Every change of an expression."""
    return printed(promql.tree(expr)).changes


def printed(node: Any) -> Printed:
    """The text of a node, which means what the node means, and its changes."""
    return _PRINTERS[type(node)](node)


def _within(parts: list[Any], joined: Callable[[list[str]], str]) -> Printed:
    """A node's text from those of its parts: with each as it is, and with one changed."""
    done = [printed(part) for part in parts]
    texts = [one.text for one in done]
    found = [
        change._replace(text=joined([*texts[:n], change.text, *texts[n + 1 :]]))
        for n, one in enumerate(done)
        for change in one.changes
    ]
    held: frozenset[Matcher] = frozenset().union(*(one.held for one in done))
    return Printed(joined(texts), found, held, single=any(one.single for one in done))


def _binary(node: Any) -> Printed:
    op, how = str(node.op), _matching(node.modifier)
    one, other = (_carried(printed(part), node.modifier) for part in (node.lhs, node.rhs))
    if _metrics(node.lhs) and _metrics(node.rhs):  # labels are matched: a missing one makes a difference
        one, other = (_unfixed(part) for part in (one, other))
    left, right = one.text, other.text
    text = f"({left} {op}{how} {right})"
    found = [c._replace(text=f"({c.text} {op}{how} {right})") for c in one.changes if not _met(c, other, op, "unless")]
    found += [c._replace(text=f"({left} {op}{how} {c.text})") for c in other.changes if not _met(c, one, op)]
    found += _other_operator(node, left, right)
    held = {"or": one.held & other.held, "unless": one.held}.get(op, one.held | other.held)
    return Printed(text, found, held, single=one.single and (other.single or op != "or"))


def _carried(one: Printed, modifier: Any) -> Printed:
    """What remains known of an operand after the match: matchers of labels that are matched on."""
    matching = modifier.matching if modifier else None
    if matching is None:
        return one
    named, on = set(matching.labels), matching.type == parser.LabelModifierType.Include

    def kept(matcher: Matcher | None) -> bool:
        return matcher is not None and (matcher[0] in named) == on

    changes = [c if kept(c.matcher) else c._replace(matcher=None) for c in one.changes]
    return one._replace(changes=changes, held=frozenset(filter(kept, one.held)))


def _unfixed(one: Printed) -> Printed:
    return one._replace(changes=[change._replace(fixed=None) for change in one.changes])


def _met(change: Change, other: Printed, op: str, *not_with: str) -> bool:
    """Whether a dropped matcher is met all the same: what it kept out finds no partner on the other side."""
    return op not in ("or", *not_with) and change.matcher in other.held


def _other_operator(node: Any, left: str, right: str) -> Iterator[Change]:
    op, how = str(node.op), _matching(node.modifier)
    if op in FLIPPED:
        yield Change("comparison", f"{op} -> {FLIPPED[op]}", f"({left} {FLIPPED[op]}{how} {right})")
    elif op in CALCULATED and not _same_divided(node):
        yield Change("arithmetic", f"{op} -> {CALCULATED[op]}", f"({left} {CALCULATED[op]}{how} {right})")
    elif op == "and":
        yield Change("set operator", "and -> or", f"({left} or{how} {right})")
    elif op in ("or", "unless"):
        yield Change("set operator", f"{op} dropped", left)


def _same_divided(node: Any) -> bool:
    """Whether `*` and `/` do the same: nothing stays nothing, and an info metric is 1."""
    zero = isinstance(node.lhs, parser.NumberLiteral) and node.lhs.val == 0
    return str(node.op) == "*" and (zero or all(name.endswith("_info") for name in _metrics(node.rhs) or ("",)))


def _metrics(node: Any) -> set[str]:
    return promql.metric_names(node.prettify())


def _matching(modifier: Any) -> str:
    if modifier is None:
        return ""
    words = [" bool"] if modifier.return_bool else []
    if modifier.matching is not None:
        word = "on" if modifier.matching.type == parser.LabelModifierType.Include else "ignoring"
        words.append(f" {word} ({', '.join(modifier.matching.labels)})")
    side = {"ManyToOne": "group_left", "OneToMany": "group_right"}.get(str(modifier.card).rpartition(".")[2])
    return "".join([*words, f" {side} ({', '.join(modifier.group_labels or ())})" if side else ""])


def _aggregate(node: Any) -> Printed:
    op, labels = str(node.op), list(node.modifier.labels) if node.modifier else []
    parts = [node.expr] if node.param is None else [node.param, node.expr]

    def joined(name: str, by: list[str]) -> Callable[[list[str]], str]:
        grouped = f" by ({', '.join(by)})" if by else ""
        return lambda texts: f"{name}{grouped} ({', '.join(texts)})"

    text, found, held, _ = _within(parts, joined(op, labels))
    texts, inner = [printed(part).text for part in parts], printed(node.expr)
    found = [_aggregated(change, labels) for change in found if not change.fixed or change.fixed[0] in labels]
    if (other := OTHER.get(op)) and not inner.single:  # of one series sum, most and least are the same
        found.append(Change("aggregation", f"{op} -> {other}", joined(other, labels)(texts)))
    values = {label: matcher for matcher in held for label, how, _ in [matcher] if how == "="}
    for label in labels:
        rest, fixed = joined(op, [one for one in labels if one != label])(texts), values.get(label)
        if not (fixed and op in CHOOSING):  # groups stay the same, and so do the labels
            found.append(Change("by", f"{label} dropped", rest, fixed=fixed))
    kept = frozenset(matcher for matcher in held if matcher[0] in labels)
    return Printed(text, found, kept, single=op not in CHOOSING and set(labels) <= values.keys())


def _aggregated(change: Change, labels: list[str]) -> Change:
    """What is still known of a change when series are aggregated by `labels`."""
    matcher = change.matcher if change.matcher and change.matcher[0] in labels else None
    return change._replace(matcher=matcher, fixed=None)


def _call(node: Any) -> Printed:
    name = node.func.name
    text, found, held, single = _within(list(node.args), lambda texts: f"{name}({', '.join(texts)})")
    if name == "label_replace":
        return Printed(text, found, frozenset(matcher for matcher in held if matcher[0] != node.args[1].val))
    if name.startswith(("absent", "label_", "vector", "scalar")):  # labels of the result are not those of the data
        return Printed(text, [change._replace(matcher=None, fixed=None) for change in found])
    return Printed(text, found, held, single)


def _number(node: Any) -> Printed:
    value = node.val
    if value == 0:
        changed = ["1"]
    elif value <= SMALL and value == int(value):
        changed = [_plain(value + 1), _plain(value - 1)]
    else:
        changed = [_plain(value * 1.2), _plain(value * 0.8)]
    found = [Change("number" if value else "zero", f"{_plain(value)} -> {other}", other) for other in changed]
    return Printed(_plain(value), found)


def _plain(value: float) -> str:
    return f"{value:.12g}"


def _selector(node: Any) -> Printed:
    name, offset = node.name or "", _offset(node)
    told = promql.matchers_of(node)

    def text(metric: str, matchers: tuple[Matcher, ...], ending: str = offset) -> str:
        inner = ",".join(f"{label}{op}{promql.quote(value)}" for label, op, value in matchers)
        return f"{metric}{{{inner}}}{ending}"

    found = [Change("metric", name, text(f"other_{name}", told))] if name else []
    for n, (label, op, value) in enumerate(told):
        before, after, shown = told[:n], told[n + 1 :], f"{label}{op}{value}"
        # where a label must equal one value, what else is said of it decides nothing
        if any(other[:2] == (label, "=") for other in (*before, *after)):
            continue
        found.append(Change("matcher dropped", shown, text(name, (*before, *after)), told[n]))
        found.append(Change("matcher changed", shown, text(name, (*before, (label, op, _changed(op, value)), *after))))
    if offset:
        found.append(Change("offset", "dropped", text(name, told, "")))
    return Printed(text(name, told), found, frozenset(told))


def _changed(op: str, value: str) -> str:
    return f"(?:{value})x" if "~" in op else f"{value}x"


def _offset(node: Any) -> str:
    if node.offset is None:
        return ""
    seconds = int(node.offset.total_seconds())
    return f" offset {'-' if seconds < 0 else ''}{abs(seconds)}s"


def _matrix(node: Any) -> Printed:
    selector, seconds = node.vector_selector, int(node.range.total_seconds())
    offset, one = _offset(selector), printed(selector)

    def ranged(text: str, length: int) -> str:
        return f"{text.removesuffix(offset) if offset else text}[{length}s]{offset if text.endswith(offset) else ''}"

    found = [change._replace(text=ranged(change.text, seconds)) for change in one.changes]
    lengths = (seconds * FACTOR, max(seconds // FACTOR, 1))
    found += [Change("range", f"{seconds}s -> {length}s", ranged(one.text, length)) for length in lengths]
    return Printed(ranged(one.text, seconds), found, one.held)


def _subquery(node: Any) -> Printed:
    seconds, step, offset = int(node.range.total_seconds()), int(node.step.total_seconds()), _offset(node)

    def ranged(length: int) -> Callable[[list[str]], str]:
        return lambda texts: f"({texts[0]})[{length}s:{step}s]{offset}"

    text, found, held, single = _within([node.expr], ranged(seconds))
    inner = printed(node.expr).text
    for length in (seconds * FACTOR, seconds // FACTOR):
        found.append(Change("range", f"{seconds}s -> {length}s", ranged(length)([inner])))
    return Printed(text, found, held, single)


_PRINTERS: dict[type, Callable[[Any], Printed]] = {
    parser.BinaryExpr: _binary,
    parser.AggregateExpr: _aggregate,
    parser.Call: _call,
    parser.ParenExpr: lambda node: _within([node.expr], lambda texts: f"({texts[0]})"),
    parser.UnaryExpr: lambda node: _within([node.expr], lambda texts: f"-({texts[0]})"),
    parser.NumberLiteral: _number,
    parser.StringLiteral: lambda node: Printed(promql.quote(node.val), []),
    parser.VectorSelector: _selector,
    parser.MatrixSelector: _matrix,
    parser.SubqueryExpr: _subquery,
}
