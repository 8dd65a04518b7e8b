"""Expressions can have a result.

A selector with matchers that exclude each other selects nothing. One that asks a recorded series for a label that its
recording rule aggregates away selects nothing either, and an aggregation by a label that was removed before has one
result, without it.

**What to do:** keep the label in the aggregation that removes it, or do not ask for it.

## Bad
```yaml
- record: shop:orders:rate5m
  expr: sum by (shop) (rate(orders_total{job="shop"}[5m]))
- alert: NoOrders
  expr: shop:orders:rate5m{region="eu"} == 0
```

## Good
```yaml
- record: shop:orders:rate5m
  expr: sum by (shop, region) (rate(orders_total{job="shop"}[5m]))
- alert: NoOrders
  expr: shop:orders:rate5m{region="eu"} == 0
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.labels import NAME, Labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS320"


def check(rules: Rules) -> Iterator[Issue]:
    """A label that is asked for and cannot be there."""
    for rule, node, _ in rules.parts("VectorSelector", "MatrixSelector"):
        for label, op, value in node.matchers:
            if _demands(op, value) and not (recorded := rules.known.get(node.word, Labels())).may(label):
                has = ", ".join(f"`{name}`" for name in sorted((recorded.only or frozenset()) - {NAME})) or "no labels"
                message = f"`{node.word}` is recorded without label `{label}`, so this selects nothing"
                yield Issue(message, f"the rule that records it keeps {has}", rule, word=node.word)
        for label in sorted(_contradictory(node)):
            message = f"matchers of label `{label}` exclude each other, so this selects nothing"
            yield Issue(message, "delete one of them", rule, word=label)
    for rule, node, _ in rules.parts("AggregateExpr"):
        for label in _removed_before(node):
            message = f"`{node.word} by ({label})`: the label was removed before"
            yield Issue(message, "keep it in the inner expression, or drop it here", rule, word=label)


def _demands(op: str, value: str) -> bool:
    return (op == "=" and value != "") or (op == "!=" and value == "") or (op == "=~" and value == ".+")


def _contradictory(node: Node) -> set[str]:
    if getattr(node.raw, "matchers", None) and node.raw.matchers.or_matchers:
        return set()
    equal: dict[str, set[str]] = {}
    for label, op, value in node.matchers:
        if op == "=":
            equal.setdefault(label, set()).add(value)
    unequal = {(label, value) for label, op, value in node.matchers if op == "!="}
    return {label for label, values in equal.items() if len(values) > 1 or any((label, v) in unequal for v in values)}


def _removed_before(node: Node) -> list[str]:
    found = node.raw.modifier
    if not found or not str(found.type).endswith("By") or node.vector.is_scalar:
        return []
    return [label for label in found.labels if not node.vector.labels.may(label)]
