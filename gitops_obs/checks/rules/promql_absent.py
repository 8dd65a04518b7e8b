"""Alerts on absence say what is absent.

`absent` takes the labels of its result from the matchers of the selector inside it. Around an aggregation, which is
there as long as what it aggregates is, it has no labels: unless the rule sets some itself, neither routing nor the
alert's text know what is gone. And without `for`, one failed scrape or a restart of Prometheus is an absence.

**What to do:** `absent(up{job="checkout"})` with a `for` of two scrape intervals at least.

## Bad
```yaml
- alert: CheckoutAbsent
  expr: absent(sum(up{job="checkout"}))
  for: 5m
```

## Good
```yaml
- alert: CheckoutAbsent
  expr: absent(up{job="checkout"})
  for: 5m
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.labels import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS331"


def check(rules: Rules) -> Iterator[Issue]:
    """`absent` without a selector, or without `for`."""
    for rule, node, _ in rules.parts("Call"):
        if node.word not in ("absent", "absent_over_time"):
            continue
        inner = bare(node.inside[0])
        if inner.kind == "AggregateExpr" and not rule.labels.keys() - {"severity"}:
            message = f"`{node.word}({inner.word}(…))` has no labels that say what is absent"
            yield Issue(message, 'give it the selector itself, such as absent(up{job="…"})', rule, word=node.word)
        # over a range it waits for that long by itself
        least = 2 * rules.settings.scrape_interval
        if rule.is_alert and node.word == "absent" and (rule.seconds("for") or 0) < least:
            message = f"one missed scrape is an absence: `for` is under {least:g}s"
            yield Issue(message, "give the alert a `for` of two scrape intervals or more", rule, word=node.word)
