"""Rates and ratios are shown as people read them.

A rate or a ratio printed as it is looks like `0.014372093023255814`. Nobody sees at three in the morning whether that
is much.

**What to do:** `{{ $value | humanizePercentage }}` for ratios, `{{ $value | humanize }}` for rates,
`{{ $value | printf "%.2f" }}` for anything else.

## Bad
```yaml
- alert: TooManyErrors
  expr: sum(rate(http_errors_total{job="a"}[5m])) / sum(rate(http_requests_total{job="a"}[5m])) > 0.05
  for: 5m
  annotations: {description: "{{ $value }} of requests fail"}
```

## Good
```yaml
- alert: TooManyErrors
  expr: sum(rate(http_errors_total{job="a"}[5m])) / sum(rate(http_requests_total{job="a"}[5m])) > 0.05
  for: 5m
  annotations: {description: "{{ $value | humanizePercentage }} of requests fail"}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules import _templates
from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity
from gitops_obs.labels import COMPARISONS, SET_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS315"

_INFO = Severity.INFO
_PER_SECOND = frozenset({"rate", "irate", "deriv"})
_KEEP_UNIT = frozenset({"sum", "avg", "min", "max", "quantile", "topk", "bottomk"})
_BARE = (("$value",), (".Value",))


def check(rules: Rules) -> Iterator[Issue]:
    """A rate or ratio that is printed with all its digits."""
    for rule in rules.alerts:
        tree = rules.tree(rule)
        if tree is None or not _has_many_digits(tree):
            continue
        for key, text in rule.annotations.items():
            actions, _ = _templates.read(text) if "{{" in text else ((), "")
            if any(action.tokens in _BARE for action in actions):
                hint = "write `{{ $value | humanizePercentage }}` for a ratio, `{{ $value | humanize }}` for a rate"
                yield Issue(
                    f"`{key}` shows a rate or ratio with all its digits", hint, rule, ("annotations", key), _INFO
                )


def _has_many_digits(node: Node) -> bool:
    """Whether the value is a rate or a ratio."""
    if node.kind == "BinaryExpr":
        left, right = node.inside
        if node.word == "/":
            return not (left.is_scalar or right.is_scalar)
        value = right if left.is_scalar else left
        return node.word in COMPARISONS | SET_OPERATORS and _has_many_digits(value)
    if node.kind == "Call":
        return node.word in _PER_SECOND
    if node.kind == "AggregateExpr" and node.word not in _KEEP_UNIT:
        return False
    return bool(node.inside) and _has_many_digits(node.inside[-1])
