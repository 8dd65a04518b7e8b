"""Quantiles keep the bucket label.

`histogram_quantile` reads the bounds of a classic histogram from label `le`. Where an aggregation has removed it there
is nothing to read and no result. A quantile lies between 0 and 1.

**What to do:** `sum by (le, …) (rate(…_bucket[5m]))`.

## Bad
```yaml
- record: shop:seconds:p99_rate5m
  expr: histogram_quantile(0.99, sum by (shop) (rate(seconds_bucket{job="shop"}[5m])))
```

## Good
```yaml
- record: shop:seconds:p99_rate5m
  expr: histogram_quantile(0.99, sum by (le, shop) (rate(seconds_bucket{job="shop"}[5m])))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import SELECTORS, Issue
from gitops_obs.labels import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS328"


def check(rules: Rules) -> Iterator[Issue]:
    """A quantile without buckets, or of something else than a share."""
    for rule, node, _ in rules.parts("Call"):
        if node.word != "histogram_quantile":
            continue
        phi, vector = node.inside
        classic = any(inner.word.endswith("_bucket") for inner, _ in walk(vector) if inner.kind in SELECTORS)
        if classic and not vector.labels.may("le"):
            message = "`histogram_quantile` needs label `le`, which the aggregation removes"
            yield Issue(message, "write `sum by (le, …)`", rule, word=node.word)
        if phi.kind == "NumberLiteral" and not 0 <= phi.raw.val <= 1:
            message = f"quantile {phi.raw.val:g} is not between 0 and 1"
            yield Issue(message, "write 0.99 for the 99th percentile", rule, word=node.word)
