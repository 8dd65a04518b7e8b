"""Counters are used as rates.

The value of a counter says how long its process has been running. A metric whose name ends in `_total` belongs inside
`rate`, `irate` or `increase`. `resets`, `changes`, `absent`, `count`, `group` and what only asks whether a series is
there (`unless`, the right side of `and`) are sound as well.

**What to do:** wrap it: `rate(…[5m])` per second, `increase(…[1h])` for a count.

## Bad
```yaml
- alert: TooManyErrors
  expr: sum(errors_total{job="shop"}) > 100
```

## Good
```yaml
- alert: TooManyErrors
  expr: sum(increase(errors_total{job="shop"}[1h])) > 100
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import RATES, Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS327"

_SOUND = RATES | {"resets", "changes", "absent", "absent_over_time", "present_over_time", "count", "group", "timestamp",
                  "count_over_time"}  # fmt: skip


def check(rules: Rules) -> Iterator[Issue]:
    """A counter that is used as it is."""
    for rule, node, above in rules.parts("VectorSelector", "MatrixSelector"):
        name = node.word
        if not name.endswith("_total") or ":" in name or any(outer.word in _SOUND for outer in above):
            continue
        if not _only_asked_for(node, above) and not any(_is_growth(outer, name) for outer in above):
            message = f"counter `{name}` without rate, irate or increase"
            yield Issue(message, "its value only says how long the process has been running", rule, word=name)


def _is_growth(node: Node, name: str) -> bool:
    """Whether it is the counter less what it was: an increase that is counted exactly, not extrapolated."""
    return node.word == "-" and all(_reads(inner, name) for inner in node.inside)


def _reads(node: Node, name: str) -> bool:
    return node.word == name or any(_reads(inner, name) for inner in node.inside)


def _only_asked_for(node: Node, above: tuple[Node, ...]) -> bool:
    """Whether it matters only that the series is there."""
    for outer, inner in zip(above, (*above[1:], node), strict=True):
        if outer.word == "unless" or (outer.word == "and" and inner is outer.inside[1]):
            return True
    return False
