"""Expressions are PromQL.

Prometheus refuses a rule file with an expression that does not parse, and with it every rule in that file. A range
vector or a text is no result that a rule can have.

**What to do:** look at the place shown and just before it: brackets, quotes, commas. Prometheus' own web page says
where it breaks as well.

## Bad
```yaml
- record: shop:orders:rate5m
  expr: sum by (job) (rate(orders_total{job="shop"}[5m])
```

## Good
```yaml
- record: shop:orders:rate5m
  expr: sum by (job) (rate(orders_total{job="shop"}[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql
from gitops_obs.checks.rules import _place
from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS203"


def check(rules: Rules) -> Iterator[Issue]:
    """An expression that Prometheus cannot evaluate."""
    for rule in rules.rules:
        why = promql.error(rule.expr) if rule.expr.strip() else "the expression is empty"
        if why:
            offset, word = _place.of(rule.expr, why)
            if word and why.startswith("invalid"):
                why = f"unexpected `{word}`"
            hint = "try it in Prometheus; look at brackets and quotes before the place shown"
            yield Issue(f"not PromQL: {why}", hint, rule, severity=Severity.ERROR, word=word, offset=offset)
