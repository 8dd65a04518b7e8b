"""Alerts wait for a sensible time.

A page that waits for an hour comes when customers have called already; no alert should wait for more than a day, for
the wait begins anew whenever one evaluation has no result. A `for` shorter than the group's interval is one evaluation
in any case.

**What to do:** make the window of the rate longer instead of `for`; for a page, at most 1h.

## Bad
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 2h
  labels: {severity: page}
```

## Good
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 5m
  labels: {severity: page}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity
from gitops_obs.rulefile import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS334"

_DAY, _HOUR = 86400, 3600
_HINT = "lengthen the window of the expression instead, and wait for minutes"


def check(rules: Rules) -> Iterator[Issue]:
    """A wait that is too long, or shorter than can be."""
    for rule in rules.alerts:
        for key in ("for", "keep_firing_for"):
            wait, written = rule.seconds(key), rule.data.get(key)
            if wait and wait > _DAY:
                yield Issue(f"`{key}: {written}` is more than a day", _HINT, rule, (key,))
        wait = rule.seconds("for") or 0
        if _HOUR < wait <= _DAY and rule.labels.get("severity") == "page":
            yield Issue(f"a page that waits for {rule.data['for']}", _HINT, rule, ("for",))
        every = seconds(rule.group.interval) if rule.group.interval else 0
        if 0 < wait < every:
            message = f"`for: {rule.data['for']}` is less than the group's interval, {rule.group.interval}"
            yield Issue(message, "wait for a multiple of the interval", rule, ("for",), Severity.INFO)
