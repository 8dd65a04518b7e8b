"""Alerts say what is wrong.

Whoever is woken reads the annotations. Generated alerts have `summary`, `description` and `action`, so that they say
what is wrong, how wrong, and what to do now. Of other rules only `summary` and `description` are expected (or
`message`, as older mixins call it), and a missing one is a note.

**What to do:** write the annotation. A summary has no numbers in it, so that it stays the same while the alert fires.

## Bad
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 5m
  labels: {severity: page}
  annotations: {summary: Checkout is down}
```

## Good
```yaml
- alert: CheckoutDown
  expr: up{job="checkout"} == 0
  for: 5m
  labels: {severity: page}
  annotations:
    summary: Checkout is down
    description: "{{ $labels.instance }} has not answered a scrape for 5 minutes."
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS310"

_OURS = (("summary",), ("description",), ("action",))
_OTHERS = (("summary", "message"), ("description", "message"))


def check(rules: Rules) -> Iterator[Issue]:
    """An alert without an annotation that people rely on."""
    ours = rules.settings.ours
    severity = Severity.WARNING if ours else Severity.INFO
    for rule in rules.alerts:
        wanted = _OURS if ours else _OTHERS
        missing = [names[0] for names in wanted if not any(rule.annotations.get(name) for name in names)]
        if missing:
            listed = " and ".join(f"`{name}`" for name in missing)
            hint = "say what is wrong and what to do, for whoever is woken by it"
            yield Issue(f"no {listed} in its annotations", hint, rule, ("annotations",), severity)
