"""The low-traffic guard of an alert, told from its expression.

Generated alerts have the form `A and N >= number`: `A` is what is wrong, and the comparison says from how many requests
on it matters. Alerts of several windows join such pairs with `or`.
"""

from __future__ import annotations

from typing import Any

from gitops_obs.prometheus import syntax


def without(expr: str) -> str:
    """`expr` without its guards, "" where it has none. Raises ValueError where it does not parse."""
    text, guarded = _without(syntax.bare(syntax.parse(expr)))
    return text if guarded else ""


def _without(node: Any) -> tuple[str, bool]:
    if syntax.kind(node) == "BinaryExpr":
        if str(node.op) == "or":
            parts = [_without(syntax.bare(side)) for side in (node.lhs, node.rhs)]
            return " or ".join(f"({text})" for text, _ in parts), any(guarded for _, guarded in parts)
        if str(node.op) == "and" and _is_guard(syntax.bare(node.rhs)):
            return syntax.write(node.lhs), True
    return syntax.write(node), False


def _is_guard(node: Any) -> bool:
    is_comparison = syntax.kind(node) == "BinaryExpr" and str(node.op) == ">="
    return is_comparison and syntax.kind(syntax.bare(node.rhs)) == "NumberLiteral"
