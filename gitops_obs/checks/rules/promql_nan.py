"""One division by zero does not spoil a sum.

Zero by zero is NaN, and a sum with one NaN in it is NaN: one idle instance hides all others. The same goes for `avg`,
`stddev` and `quantile`, and for `+Inf`.

**What to do:** aggregate both sides first and divide afterwards, which is also the right average; or keep zeros out of
the divisor with `> 0`.

## Bad
```yaml
- record: shop:seconds_per_requests:mean5m
  expr: avg by (shop) (rate(seconds_sum{job="a"}[5m]) / rate(seconds_count{job="a"}[5m]))
```

## Good
```yaml
- record: shop:seconds_per_requests:mean5m
  expr: sum by (shop) (rate(seconds_sum{job="a"}[5m])) / sum by (shop) (rate(seconds_count{job="a"}[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.labels import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS321"

_SPOILT = frozenset({"sum", "avg", "stddev", "stdvar", "quantile"})
_GUARDS = frozenset({">", "!="})


def check(rules: Rules) -> Iterator[Issue]:
    """A division by series inside an aggregation, with nothing that keeps zeros out."""
    for rule, node, above in rules.parts("BinaryExpr"):
        around = next((outer.word for outer in reversed(above) if outer.kind == "AggregateExpr"), "")
        if node.word in ("/", "%") and around in _SPOILT and not _guarded(bare(node.inside[1])):
            message = f"one division by zero makes all of this `{around}` NaN"
            yield Issue(message, "aggregate both sides first, or divide by `(… > 0)`", rule, word=around)


def _guarded(divisor: Node) -> bool:
    if divisor.is_scalar:
        return True
    if divisor.kind == "BinaryExpr":
        return divisor.word in _GUARDS and not (divisor.raw.modifier and divisor.raw.modifier.return_bool)
    return divisor.kind == "Call" and divisor.word == "clamp_min"
