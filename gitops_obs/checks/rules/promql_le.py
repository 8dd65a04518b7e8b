"""Whole bounds of buckets are matched in both spellings.

Prometheus 3.0 stores the bound 1 as `1.0`, Prometheus 2 as the client writes it, mostly `1` (prometheus#15164). A
matcher of one spelling selects nothing after an upgrade, or before it.

**What to do:** `le=~"1([.]0)?"`. Bounds such as `0.25` are the same everywhere.

## Bad
```yaml
- record: shop:requests_within_1s:rate5m
  expr: sum(rate(seconds_bucket{job="shop",le="1"}[5m]))
```

## Good
```yaml
- record: shop:requests_within_1s:rate5m
  expr: sum(rate(seconds_bucket{job="shop",le=~"1([.]0)?"}[5m]))
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue, matcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS330"

_WHOLE = re.compile(r"\d+(?:\.0)?")


def check(rules: Rules) -> Iterator[Issue]:
    """A bound that is a whole number, matched exactly."""
    for rule, node, _ in rules.parts("VectorSelector", "MatrixSelector"):
        found = matcher(node, "le")
        if found and found[0] in ("=", "!=") and _WHOLE.fullmatch(found[1]):
            number = found[1].removesuffix(".0")
            message = f'`le{found[0]}"{found[1]}"` matches in Prometheus 2 or in 3, not in both'
            operator = {"=": "=~", "!=": "!~"}[found[0]]
            yield Issue(message, f'write le{operator}"{number}([.]0)?"', rule, word=f'le{found[0]}"{found[1]}"')
