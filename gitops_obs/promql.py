"""The only place that builds, quotes, joins and parses PromQL.

Nothing here knows of presets or services: text in, text out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# matcher operators as a preset or a service file names them
OPERATORS = {"eq": "=", "ne": "!=", "re": "=~", "nre": "!~"}
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
RATE_INTERVAL = "$__rate_interval"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_GRAFANA_VARIABLE = re.compile(r"\$(?=[\w{])|\[(?=\[\w)")
_UNSAFE = re.compile(r'["\\$\[]')
_VARIABLE_IN_RANGE = re.compile(r"\$\{?__(?:rate_interval|interval|range)(_m?s)?\}?")
_RATE_VARIABLE = re.compile(r"\$\{?__rate_interval\}?")
_RATE_MARK, _RATE_MARK_SECONDS = "8869990s", 8869990  # a duration that nobody writes
_MATCH_OPS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
_VARIABLE_DURATION = re.compile(r"(offset\s+|\[)\$\{?\w+\}?")
_VARIABLE_METRIC = re.compile(r"\$\{?(?!__)(\w+)\}?")
_CLASS_OR_ESCAPE = re.compile(r"\\[^uU]|\[\^?\]?(?:\\.|[^\]\\])*\]")
_NOT_IN_RE2 = re.compile(r"\\[uU]|\(\?(?!:|P<|[imsU-]+[:)]).?|[*+?}][*+{]|\{\d{4,}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'")


def quote(value: str) -> str:
    """`value` as a double-quoted PromQL string literal (Go's escapes; Prometheus documentation, querying/basics).

    Whatever is not printable becomes an escape, so the literal is one line of visible characters; what Grafana would
    take for a variable, as in `Foo$Bar`, becomes one as well.
    """
    if value.isascii() and value.isprintable() and not _UNSAFE.search(value):
        return f'"{value}"'
    if value.isprintable():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    else:
        escaped = "".join(_ESCAPES.get(c) or (c if c.isprintable() else _unicode_escape(c)) for c in value)
    return '"' + _GRAFANA_VARIABLE.sub(lambda found: f"\\x{ord(found[0]):x}", escaped) + '"'


def _unicode_escape(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004


def untemplated(text: str) -> str:
    """`text` for a rule's labels and annotations, which are Go templates: `{{` begins no action in it."""
    return text.replace("{{", '{{ "{{" }}')


def matcher(label: str, operator: str, value: str) -> str:
    """One label matcher, `operator` being a key of `OPERATORS`."""
    return f"{label}{OPERATORS[operator]}{quote(value)}"


def matchers(pairs: Mapping[str, Mapping[str, str]]) -> str:
    """Matchers joined by commas, in the order given: `{"job": {"eq": "a"}}` → `job="a"`."""
    return ",".join(matcher(label, op, value) for label, ops in pairs.items() for op, value in ops.items())


def joined(*parts: str) -> str:
    """Matcher lists joined, empty ones left out."""
    return ",".join(part for part in parts if part)


def selector(metric: str, *parts: str) -> str:
    """`metric{a="b"}`, or the bare metric where there is nothing to match."""
    inner = joined(*parts)
    return f"{metric}{{{inner}}}" if inner else metric


def aggregate(operator: str, expr: str, by: Iterable[str] = ()) -> str:
    """`sum by (a, b) (expr)`, or `sum(expr)` without labels."""
    labels = ", ".join(by)
    return f"{operator} by ({labels}) ({expr})" if labels else f"{operator}({expr})"


def union(exprs: list[str]) -> str:
    """All series of several vectors whose labels may coincide, each but the first marked by a label `part`."""
    first, *rest = exprs
    marked = [f'label_replace({expr}, "part", "{n}", "", "")' for n, expr in enumerate(rest, start=2)]
    return " or ".join([first, *marked])


def ratio(part: str, whole: str) -> str:
    """`part` of `whole`: 0 where there is no `part`, no sample where there is no traffic (reference: alerts §3.3)."""
    return f"(\n  {part}\n  or\n  0 * {whole}\n)\n/\n(\n  {whole} > 0\n)"


def le_matcher(bound: str) -> str:
    """Matcher of a classic bucket; integers match both spellings (Prometheus 3.0 writes `1.0` for `1`, #15164)."""
    return f'le=~"{bound}([.]0)?"' if bound.isdigit() else f'le="{bound}"'


def with_variables_replaced(expr: str) -> str:
    """`expr` with Grafana's variables outside strings replaced, so that a PromQL parser can read it."""
    out, end = [], 0
    for match in _STRING.finditer(expr):
        out += [_replace_variables(expr[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*out, _replace_variables(expr[end:])])


def _replace_variables(text: str) -> str:
    text = _VARIABLE_IN_RANGE.sub(lambda found: "300" if found[1] else "5m", text)
    text = _VARIABLE_DURATION.sub(r"\g<1>5m", text)
    return _VARIABLE_METRIC.sub(r"\1", text)


@lru_cache(maxsize=4096)
def error(expr: str, *, instant: bool = True) -> str | None:
    """Why `expr` is not PromQL, None when it is; with `instant` a range vector is refused as well."""
    import promql_parser  # noqa: PLC0415  # 2 ms, and a build from the cache needs none of it

    try:
        tree = promql_parser.parse(with_variables_replaced(expr))
    except ValueError as problem:
        return str(problem)
    while isinstance(tree, promql_parser.ParenExpr):
        tree = tree.expr
    if instant and isinstance(tree, (promql_parser.MatrixSelector, promql_parser.SubqueryExpr)):
        return "a range vector cannot be drawn or compared; wrap it in rate() or a *_over_time() function"
    if instant and isinstance(tree, promql_parser.StringLiteral):
        return "a text cannot be drawn or compared"
    return None


def regex_error(pattern: str) -> str | None:
    """Why `pattern` is no regular expression to Prometheus (Go's RE2, syntax in golang.org/s/re2syntax), else None."""
    if why := error(f"x{{{matcher('a', 're', pattern)}}}"):
        return why
    # the parser asks another engine, which knows more
    found = _NOT_IN_RE2.search(_CLASS_OR_ESCAPE.sub("x", pattern))
    return f"Prometheus does not know `{found[0]}`" if found else None


def metric_names(expr: str) -> set[str]:
    """Names of the metrics that `expr` reads. Raises ValueError where it does not parse."""
    import promql_parser  # noqa: PLC0415

    names: set[str] = set()

    def visit(node: Any) -> bool:
        if isinstance(node, promql_parser.VectorSelector) and node.name:
            names.add(node.name)
        elif isinstance(node, promql_parser.MatrixSelector) and node.vector_selector.name:
            names.add(node.vector_selector.name)
        return True

    promql_parser.walk(promql_parser.parse(with_variables_replaced(expr)), visit)
    return names


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector of an expression: `matchers` are (label, operator as PromQL writes it, value).

    `function` is what the range vector is handed to ("" where there is none), `rated` whether the range is literally
    `$__rate_interval`; `ranged` is false for an instant vector.
    """

    name: str
    matchers: tuple[tuple[str, str, str], ...]
    ranged: bool = False
    rated: bool = False
    function: str = ""


def selectors(expr: str) -> list[Selector]:
    """Every selector in `expr`, in order. Raises ValueError where it does not parse."""
    import promql_parser  # noqa: PLC0415

    found: list[Selector] = []
    marked = _RATE_VARIABLE.sub(_RATE_MARK, expr)

    def visit(node: Any, function: str = "") -> None:
        if isinstance(node, promql_parser.MatrixSelector):
            rated = node.range.total_seconds() == _RATE_MARK_SECONDS
            found.append(_selector(node.vector_selector, ranged=True, rated=rated, function=function))
        elif isinstance(node, promql_parser.VectorSelector):
            found.append(_selector(node))
        for inner in _inside(node):
            visit(inner, node.func.name if isinstance(node, promql_parser.Call) else "")

    visit(promql_parser.parse(with_variables_replaced(marked)))
    return found


def _inside(node: Any) -> list[Any]:
    parts = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "param")]
    return [part for part in parts if part is not None] + list(getattr(node, "args", None) or ())


def _selector(node: Any, *, ranged: bool = False, rated: bool = False, function: str = "") -> Selector:
    matchers = tuple((m.name, _MATCH_OPS[str(m.op).rpartition(".")[2]], m.value) for m in node.matchers.matchers)
    return Selector(node.name or "", matchers, ranged, rated, function)


@dataclass(frozen=True, slots=True)
class Addend:
    """One counter in a sum: `sign` is 1 or -1.

    `part` is what is taken of a native histogram, `count` or `within` (the share up to `bound`, times the count), ""
    for a plain series.
    """

    selector: Selector
    sign: int = 1
    part: str = ""
    bound: str = ""


_COUNTING = {"rate", "increase", "irate", "sum_over_time"}
_MOST_BRACKETS = 100  # a parser may go down as far as brackets are nested


def addends(expr: str) -> list[Addend]:
    """The counters that `expr` adds up, or their rates. Raises ValueError where it is anything but such a sum."""
    import promql_parser  # noqa: PLC0415

    if expr.count("(") > _MOST_BRACKETS:
        raise ValueError("it has too many brackets to be a sum of counters")
    return _addends(promql_parser.parse(with_variables_replaced(expr)), promql_parser)


def _addends(node: Any, parser: Any) -> list[Addend]:
    if isinstance(node, parser.ParenExpr):
        return _addends(node.expr, parser)
    if isinstance(node, parser.AggregateExpr) and str(node.op) == "sum":
        return _addends(node.expr, parser)
    if isinstance(node, parser.BinaryExpr):
        return _combined(node, parser)
    if isinstance(node, parser.VectorSelector):
        return [Addend(_plain_selector(node, node))]
    if isinstance(node, parser.Call):
        return _called(node, parser)
    raise _no_sum(node)


def _called(node: Any, parser: Any) -> list[Addend]:
    name, first = node.func.name, node.args[0] if node.args else None
    if name in _COUNTING and isinstance(first, parser.MatrixSelector):
        return [Addend(_plain_selector(first.vector_selector, node))]
    if name == "label_replace":
        return _addends(first, parser)
    if name == "histogram_count":
        return [replace(found, part="count") for found in _addends(first, parser)]
    raise _no_sum(node)


def _combined(node: Any, parser: Any) -> list[Addend]:
    operator = str(node.op)
    if operator == "*":
        return _within(node, parser)
    left = _addends(node.lhs, parser)
    if operator == "or" and _is_zero(node.rhs, parser):
        return left
    right = _addends(node.rhs, parser)
    if operator == "+" or (operator == "or" and _is_marked(node.rhs, parser)):
        return left + right
    if operator == "-":
        return left + [replace(found, sign=-found.sign) for found in right]
    raise _no_sum(node)


def _is_zero(node: Any, parser: Any) -> bool:
    inner = node.args[0] if isinstance(node, parser.Call) and node.func.name == "vector" else None
    return isinstance(inner, parser.NumberLiteral) and inner.val == 0


def _is_marked(node: Any, parser: Any) -> bool:
    """Whether it is one of the later vectors of `union`."""
    return isinstance(node, parser.Call) and node.func.name == "label_replace"


def _within(node: Any, parser: Any) -> list[Addend]:
    """`histogram_fraction(0, bound, x) * histogram_count(x)`, the one product that counts something."""
    share = node.lhs
    if not isinstance(share, parser.Call) or share.func.name != "histogram_fraction":
        raise _no_sum(node)
    low, bound, inner = share.args
    count = _addends(node.rhs, parser)
    known = all(isinstance(found, parser.NumberLiteral) for found in (low, bound))
    if not known or low.val != 0 or [replace(found, part="count") for found in _addends(inner, parser)] != count:
        raise _no_sum(node)
    return [replace(found, part="within", bound=repr(bound.val)) for found in count]


def _plain_selector(selector: Any, node: Any) -> Selector:
    if selector.offset is not None or selector.at is not None or selector.matchers.or_matchers:
        raise _no_sum(node)
    return _selector(selector)


def _no_sum(node: Any) -> ValueError:
    text = " ".join(str(node).split())
    shown = text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004
    return ValueError(f"`{shown}` is more than a sum of counters")
