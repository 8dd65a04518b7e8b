"""Buckets that are asked for exist.

A matcher of `le` selects one bucket, and a bound that the histogram does not have selects none: the SLO has no data.
For generated rules the preset of the service says which bounds there are; of other histograms nothing is known offline.

**What to do:** use a declared bound, or add the bucket to the application and to the preset.

## Bad
```yaml
- record: checkout:requests_within_300ms:rate5m
  expr: sum(rate(http_request_duration_seconds_bucket{job="checkout",le="0.3"}[5m]))
```

## Good
```yaml
- record: checkout:requests_within_250ms:rate5m
  expr: sum(rate(http_request_duration_seconds_bucket{job="checkout",le="0.25"}[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue, matcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS329"

_BOTH = "([.]0)?"  # as promql.le_matcher writes whole numbers


def check(rules: Rules) -> Iterator[Issue]:
    """A bucket that the preset does not declare."""
    for rule, node, _ in rules.parts("VectorSelector", "MatrixSelector"):
        declared = rules.settings.bounds.get(node.word)
        found = matcher(node, "le") if declared else None
        if not declared or not found or found[0] not in ("=", "=~"):
            continue
        bound = found[1].removesuffix(_BOTH)
        if found[0] == "=~" and bound == found[1]:
            continue
        if bound != "+Inf" and bound.removesuffix(".0") not in declared:
            near = ", ".join(sorted(declared, key=lambda known: (abs(float(known) - _number(bound)), float(known)))[:3])
            yield Issue(f"`{node.word}` has no bucket `{bound}`", f"nearest: {near}", rule, word=bound)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0
