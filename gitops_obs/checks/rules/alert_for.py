"""Alerts say no `for` of nothing.

`for: 0s` and `keep_firing_for: 0s` are what holds without them.

**What to do:** delete the line, or write how long the condition must hold.

## Bad
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 0s
```

## Good
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 5m
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS312"


def check(rules: Rules) -> Iterator[Issue]:
    """A duration of zero."""
    for rule in rules.alerts:
        for key in ("for", "keep_firing_for"):
            if rule.seconds(key) == 0:
                hint = "delete it, or say for how long"
                yield Issue(f"`{key}: {rule.data[key]}` says nothing", hint, rule, (key,), Severity.INFO)
