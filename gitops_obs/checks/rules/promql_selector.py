"""Selectors say what they select.

A metric without any matcher, or with nothing but `!=` and `!~`, takes the series of every job that ever exports that
name, today's and next year's. Recorded series (with a colon in their name) were narrowed when they were recorded;
`absent`, `count` and `group` of a bare metric, the ruler's own series and info metrics are left in peace. A note, for
small Prometheus servers often mean all.

**What to do:** add the job: `{job="checkout"}`.

## Bad
```yaml
- record: shop:orders:rate5m
  expr: sum(rate(orders_total{env!="test"}[5m]))
```

## Good
```yaml
- record: shop:orders:rate5m
  expr: sum(rate(orders_total{job="shop",env!="test"}[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity
from gitops_obs.labels import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS325"

_ALL = frozenset({"absent", "absent_over_time", "count", "group", "count_values"})


def check(rules: Rules) -> Iterator[Issue]:
    """A selector that anything may match."""
    severity = Severity.WARNING if rules.settings.ours else Severity.INFO
    for rule, node, above in rules.parts("VectorSelector", "MatrixSelector"):
        narrowed = any(op in ("=", "=~") and label != NAME for label, op, _ in node.matchers)
        whole = any(outer.word in _ALL for outer in above)
        if narrowed or whole or _exempt(node.word, rules):
            continue
        name = node.word or "a selector"
        message = f"`{name}` takes the series of every job"
        yield Issue(message, 'narrow it, such as with {job="…"}', rule, severity=severity, word=node.word)


def _exempt(name: str, rules: Rules) -> bool:
    return ":" in name or name in rules.known or name.startswith("ALERTS") or name.endswith("_info")
