"""How much of what an expression reads is there: an alert without data is silent, and that is no good news."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gitops_obs.prometheus import syntax

if TYPE_CHECKING:
    from collections.abc import Callable

    Probe = Callable[[str, Decimal], float]

ENOUGH = 0.95
"""From this share of the time on, nothing is said about gaps."""

_ALWAYS = ("absent", "absent_over_time")


def share(expr: str, probe: Probe) -> tuple[float, list[str]]:
    """For which share of the time `expr` has what it needs, and the selectors, in words, that have nothing at all.

    `probe` gives the share of the time for which a selector has series, moved into the past by so many seconds. Of
    `a or b` one is enough, of `a unless b` the first; `absent()` speaks whatever there is.
    """
    missing: dict[str, None] = {}

    def asked(selector: str, past: Decimal) -> float:
        found = probe(selector, past)
        if not found:
            missing[f"`{selector}`" + (f" {syntax.duration(past)} before" if past else "")] = None
        return found

    found = _share(syntax.parse(expr), Decimal(0), asked)
    return found, [] if found else list(missing)


def _share(node: Any, past: Decimal, probe: Probe) -> float:
    kind = syntax.kind(node)
    if kind == "MatrixSelector":
        return _share(node.vector_selector, past, probe)
    if kind == "VectorSelector":
        return 1.0 if node.at is not None else probe(syntax.series(node), past + _offset(node))
    if kind == "SubqueryExpr":
        return _share(node.expr, past + _offset(node), probe)
    if kind == "Call" and node.func.name in _ALWAYS:
        return 1.0
    if kind == "BinaryExpr" and str(node.op) in ("or", "unless"):
        first = _share(node.lhs, past, probe)
        return first if str(node.op) == "unless" or first >= ENOUGH else max(first, _share(node.rhs, past, probe))
    return min((_share(child, past, probe) for child in syntax.children(node)), default=1.0)


def _offset(node: Any) -> Decimal:
    return syntax.seconds(node.offset) if node.offset is not None else Decimal(0)
