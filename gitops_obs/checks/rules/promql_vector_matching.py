"""Sides of an operator can match.

`a / b` joins series that have the same labels, or the same values of the labels in `on (…)`. Where one side is made to
have a label that the other cannot have, no two series ever match: the result is empty, an alert never fires, and
`unless` never takes anything away. A label in `on (…)` that neither side can have tells nothing apart.

**What to do:** aggregate both sides by the same labels, or say with `on (…)` or `ignoring (…)` which ones count.

## Bad
```yaml
- record: shop:errors_per_orders:ratio_rate5m
  expr: sum by (shop) (rate(errors_total{job="a"}[5m])) / sum by (region) (rate(orders_total{job="a"}[5m]))
```

## Good
```yaml
- record: shop:errors_per_orders:ratio_rate5m
  expr: sum by (shop) (rate(errors_total{job="a"}[5m])) / sum by (shop) (rate(orders_total{job="a"}[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.labels import NAME, matching, unmatched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS326"


def check(rules: Rules) -> Iterator[Issue]:
    """An operator whose sides never have the same labels."""
    for rule, node, _ in rules.parts("BinaryExpr"):
        if node.word == "or" or any(side.is_scalar for side in node.inside):
            continue
        for label, side in unmatched(node):
            where = ("left", "right")[side]
            message = f"sides of `{node.word}` never match: the {where} one has no label `{label}`"
            yield Issue(message, "aggregate both by the same labels, or name those that count with `on (…)`", rule)
        for label in _on_neither(node):
            message = f"`on ({label})`: neither side has label `{label}`"
            yield Issue(message, "name labels that both sides keep", rule, word=label)
        for label in _not_there(node):
            message = f"`{_card(node)} ({label})`: the other side has no label `{label}`"
            yield Issue(message, "keep it in the aggregation of that side", rule, word=_card(node))


def _on_neither(node: Node) -> list[str]:
    on, named = matching(node)
    return [label for label in sorted(named) if on and not any(side.labels.may(label) for side in node.inside)]


def _card(node: Node) -> str:
    modifier = node.raw.modifier
    return {"ManyToOne": "group_left", "OneToMany": "group_right"}.get(
        str(modifier.card).rpartition(".")[2] if modifier else "", ""
    )


def _not_there(node: Node) -> list[str]:
    """Labels that `group_left` or `group_right` would copy from a side that cannot have them."""
    card = _card(node)
    if not card:
        return []
    one = node.inside[1] if card == "group_left" else node.inside[0]
    return [label for label in node.raw.modifier.group_labels or () if label != NAME and not one.labels.may(label)]
