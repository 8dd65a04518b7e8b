"""Alerts compare with something.

An alert fires while its expression has a result. Without a comparison (or `absent`, `and`, `unless`) it has one as long
as the series exist, whatever their values, and so fires always. `bool` makes a comparison give 0 or 1, which is a
result as well. `vector(1)`, the usual dead man's switch, and the series `ALERTS` are left in peace.

**What to do:** compare: `> 0.05`. For a switch that must always fire write `vector(1)`.

## Bad
```yaml
- alert: QueueFull
  expr: queue_length{job="orders"} / queue_capacity{job="orders"}
```

## Good
```yaml
- alert: QueueFull
  expr: queue_length{job="orders"} / queue_capacity{job="orders"} > 0.9
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.labels import COMPARISONS, bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS311"

_COMPARING = frozenset({"absent", "absent_over_time"})


def check(rules: Rules) -> Iterator[Issue]:
    """An alert whose expression has a result whatever the values are."""
    for rule in rules.alerts:
        tree = rules.tree(rule)
        if tree is not None and not _can_be_empty(tree) and not _always_on_purpose(bare(tree)):
            hint = "compare with a threshold; without one it fires as long as the series exist"
            yield Issue("compares with nothing, so it always fires", hint, rule)


def _can_be_empty(node: Node) -> bool:
    """Whether a value decides about there being a result."""
    if node.kind == "BinaryExpr":
        return _filters(node)
    if node.kind == "Call" and node.word in _COMPARING:
        return True
    if node.word == "ALERTS":
        return True
    inside = node.inside[-1:] if node.kind == "AggregateExpr" else node.inside
    return any(_can_be_empty(inner) for inner in inside)


def _filters(node: Node) -> bool:
    left, right = node.inside
    if node.word == "or":
        return _can_be_empty(left) and _can_be_empty(right)
    if node.word in ("and", "unless"):
        return True
    if (
        node.word in COMPARISONS and not node.raw.modifier.return_bool
        if node.raw.modifier
        else node.word in COMPARISONS
    ):
        return True
    return _can_be_empty(left) or _can_be_empty(right)


def _always_on_purpose(node: Node) -> bool:
    return node.kind == "Call" and node.word == "vector"
