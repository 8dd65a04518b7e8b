"""Rules are named as everybody names them.

Alerts are written in CamelCase. Recorded series are `level:metric:operations` (prometheus.io/docs/practices/rules); the
colon tells them from scraped ones, and `mimirtool rules check` demands it. Info series (`…_info`) need none.

**What to do:** rename it; a renamed recording starts without a past, so rename what reads it as well.

## Bad
```yaml
- alert: checkout_down
  expr: up{job="checkout"} == 0
- record: orders_rate
  expr: sum(rate(orders_total{job="shop"}[5m]))
```

## Good
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
- record: shop:orders:rate5m
  expr: sum(rate(orders_total{job="shop"}[5m]))
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS336"

_ALERT = re.compile(r"[A-Z][A-Za-z0-9]*")
_RECORDING = re.compile(r"[a-zA-Z0-9_]*:[a-zA-Z0-9_:]+|\w+_info")


def check(rules: Rules) -> Iterator[Issue]:
    """A name that looks like something else."""
    for rule in rules.rules:
        if rule.is_alert and not _ALERT.fullmatch(rule.name):
            yield Issue("its name is not CamelCase", "write it as HighErrorRatio", rule, ("alert",), Severity.INFO)
        elif not rule.is_alert and not _RECORDING.fullmatch(rule.name):
            hint = "name it level:metric:operations, such as service:requests:rate5m"
            yield Issue("its name has no colon, as if it were scraped", hint, rule, ("record",), Severity.INFO)
