"""PromQL trees written back as text, with any node replaced on the way.

The parser's own `str()` loses what a rule may hold: backslashes and quotes in strings, milliseconds, names in UTF-8.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gitops_obs import promql, units

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    Hook = Callable[[Any], str | None]

_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
_GROUPS = {"ManyToOne": "group_left", "OneToMany": "group_right"}
_MICROSECONDS = 1_000_000


class UnknownSyntaxError(ValueError):
    """The tree holds something that this module cannot write. The message names it."""


def parse(expr: str) -> Any:
    """The tree of `expr`. Raises ValueError, in the parser's words, where it is not PromQL."""
    import promql_parser  # noqa: PLC0415  # what `--help` need not pay

    return promql_parser.parse(expr)


def kind(node: Any) -> str:
    """What a node is: `VectorSelector`, `BinaryExpr` and so on."""
    return type(node).__name__


def bare(node: Any) -> Any:
    """The node without the parentheses around it."""
    while kind(node) == "ParenExpr":
        node = node.expr
    return node


def write(node: Any, hook: Hook | None = None) -> str:
    """The text of a tree. What `hook` gives for a node stands in its place, as it is; None leaves the node alone.

    Raises UnknownSyntaxError for a kind of node that did not exist when this was written.
    """
    replaced = hook(node) if hook else None
    if replaced is not None:
        return replaced
    writer = _WRITERS.get(kind(node))
    if writer is None:
        raise UnknownSyntaxError(f"`{kind(node)}` is not known")
    return writer(node, hook)


def seconds(delta: timedelta) -> Decimal:
    """A duration of the tree, in seconds."""
    return Decimal(delta.days) * units.DAY + delta.seconds + Decimal(delta.microseconds) / _MICROSECONDS


def duration(length: Decimal) -> str:
    """Seconds as PromQL writes them, negative ones too."""
    return ("-" if length < 0 else "") + units.short_duration(abs(length))


def moved(node: Any) -> str:
    """The `@` and `offset` of a selector or a subquery, with a space before each."""
    at = ""
    if node.at is not None:
        which = _last(node.at.type)
        at = f" @ {node.at.at.timestamp():.3f}" if which == "At" else f" @ {which.lower()}()"
    return at + (f" offset {duration(seconds(node.offset))}" if node.offset is not None else "")


def series(node: Any) -> str:
    """A vector selector without its `@` and `offset`."""
    if node.matchers.or_matchers:
        raise UnknownSyntaxError("`or` between matchers is not known to Prometheus")
    parts = [f"{_label(name)}{operator}{promql.quote(value)}" for name, operator, value in matchers(node)]
    plain = node.name or ""
    if plain and not _is_metric(plain):
        parts, plain = [promql.quote(plain), *parts], ""
    return promql.selector(plain, *parts) or "{}"


def matchers(node: Any) -> list[tuple[str, str, str]]:
    """The matchers of a vector selector as (label, operator as PromQL writes it, value), its name not among them."""
    return [(m.name, _OPERATORS[_last(m.op)], m.value) for m in node.matchers.matchers]


def children(node: Any) -> list[Any]:
    """The nodes right below `node`, as they stand in the text."""
    parts = [getattr(node, name, None) for name in ("lhs", "rhs", "param", "expr")]
    return [part for part in parts if part is not None] + list(getattr(node, "args", None) or ())


def _vector(node: Any, _hook: Hook | None) -> str:
    return series(node) + moved(node)


def _matrix(node: Any, _hook: Hook | None) -> str:
    inner = node.vector_selector
    return f"{series(inner)}[{duration(seconds(node.range))}]{moved(inner)}"


def _subquery(node: Any, hook: Hook | None) -> str:
    step = duration(seconds(node.step)) if node.step is not None else ""
    return f"{write(node.expr, hook)}[{duration(seconds(node.range))}:{step}]{moved(node)}"


def _aggregate(node: Any, hook: Hook | None) -> str:
    by = ""
    if node.modifier is not None:
        labels = ", ".join(map(_label, node.modifier.labels))
        by = f" {_last(node.modifier.type).lower()} ({labels}) "
    inner = [write(part, hook) for part in (node.param, node.expr) if part is not None]
    return f"{node.op}{by}({', '.join(inner)})"


def _binary(node: Any, hook: Hook | None) -> str:
    return f"{write(node.lhs, hook)} {node.op}{_modifier(node.modifier)} {write(node.rhs, hook)}"


def _modifier(modifier: Any) -> str:
    if modifier is None:
        return ""
    fill = modifier.fill_values
    if fill is not None and (fill.lhs is not None or fill.rhs is not None):
        raise UnknownSyntaxError("`fill` is not known")
    words = " bool" if modifier.return_bool else ""
    if modifier.matching is not None:
        word = "on" if _last(modifier.matching.type) == "Include" else "ignoring"
        words += f" {word} ({', '.join(map(_label, modifier.matching.labels))})"
    if group := _GROUPS.get(_last(modifier.card)):
        words += f" {group} ({', '.join(map(_label, modifier.group_labels or ()))})"
    return words


def _number(node: Any, _hook: Hook | None) -> str:
    number = Decimal(repr(node.val))
    if number.is_nan():
        return "NaN"
    return units.plain(number) if number.is_finite() else "Inf" if number > 0 else "-Inf"


def _call(node: Any, hook: Hook | None) -> str:
    return f"{node.func.name}({', '.join(write(argument, hook) for argument in node.args)})"


def _last(member: Any) -> str:
    """The name of a member of one of the parser's enumerations."""
    return str(member).rpartition(".")[2]


def _is_metric(name: str) -> bool:
    return bool(promql.LABEL_NAME.fullmatch(name.replace(":", "_")))


def _label(name: str) -> str:
    return name if promql.LABEL_NAME.fullmatch(name) else promql.quote(name)


_WRITERS: dict[str, Callable[[Any, Hook | None], str]] = {
    "VectorSelector": _vector,
    "MatrixSelector": _matrix,
    "SubqueryExpr": _subquery,
    "AggregateExpr": _aggregate,
    "BinaryExpr": _binary,
    "UnaryExpr": lambda node, hook: f"-{write(node.expr, hook)}",
    "ParenExpr": lambda node, hook: f"({write(node.expr, hook)})",
    "NumberLiteral": _number,
    "StringLiteral": lambda node, _hook: promql.quote(node.val),
    "Call": _call,
}
