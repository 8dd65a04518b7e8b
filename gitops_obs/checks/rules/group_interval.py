"""Groups are evaluated at least every five minutes.

Prometheus looks back five minutes for a sample. A series recorded less often is gone between two evaluations: graphs
have holes, and an alert that reads it goes on and off.

**What to do:** use an interval of at most `5m`, better `1m`. Where that costs too much, record what is expensive in
several steps.

## Bad
```yaml
groups:
  - name: costs
    interval: 10m
    rules:
      - record: shop:orders:rate1h
        expr: sum(rate(orders_total{job="shop"}[1h]))
```

## Good
```yaml
groups:
  - name: costs
    interval: 5m
    rules:
      - record: shop:orders:rate1h
        expr: sum(rate(orders_total{job="shop"}[1h]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.rulefile import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS316"

_LOOKBACK = 300  # seconds; Prometheus' --query.lookback-delta


def check(rules: Rules) -> Iterator[Issue]:
    """An interval above the time for which a sample is seen."""
    for group in rules.groups:
        if group.interval and seconds(group.interval) > _LOOKBACK:
            message = f"group `{group.name}` is evaluated every {group.interval}; a sample is seen for 5m"
            yield Issue(message, "use 5m or less, or its series have gaps", at=("interval",), group=group)
