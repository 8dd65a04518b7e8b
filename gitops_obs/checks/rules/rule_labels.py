"""Alerts have a severity.

Alertmanager routes by labels. An alert without `severity` goes to whoever the default route says, which is usually
nobody. Generated alerts have `page` (now) or `ticket` (this week) and nothing else; of other rules it is only expected
that there is one, and a missing one is a note.

**What to do:** set `labels: {severity: page}` or `ticket`.

## Bad
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 5m
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS335"

_SEVERITIES = ("page", "ticket")


def check(rules: Rules) -> Iterator[Issue]:
    """An alert without a severity, or with one that routes nowhere."""
    for rule in rules.alerts:
        found = rule.labels.get("severity", "")
        if not found:
            hint = "set `severity` under `labels:`: page (now) or ticket (this week)"
            severity = Severity.WARNING if rules.settings.ours else Severity.INFO
            yield Issue("no label `severity`", hint, rule, ("labels",), severity)
        elif rules.settings.ours and found not in _SEVERITIES:
            message = f"severity `{found}` is neither page nor ticket"
            yield Issue(message, "routes know page and ticket", rule, ("labels", "severity"))
