"""Groups are not too large.

Mimir takes 20 rules a group unless configured otherwise (`-ruler.max-rules-per-rule-group`), and refuses the rest; the
rules of a group run one after the other, so a large one is late. `rules.max_rules_per_group` in `gitops-obs.yaml` sets
the limit. This is a note: a Prometheus of your own has no such limit.

**What to do:** make two groups; keep alerts in the group of the series that they read.

## Bad
```yaml
groups:
  - name: large
    rules:
      - {record: "shop:a:sum", expr: 'sum(a{job="shop"})'}
      # and so on, 21 in all
      - {record: "shop:b:sum", expr: 'sum(b{job="shop"})'}
```

## Good
```yaml
groups:
  - name: small
    rules:
      - {record: "shop:a:sum", expr: 'sum(a{job="shop"})'}
```
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS317"


def check(rules: Rules) -> Iterator[Issue]:
    """A group with more rules than a ruler takes."""
    most = rules.settings.max_rules
    counts = Counter((rule.group.file, *rule.group.path) for rule in rules.rules)
    for group in rules.groups:
        count = counts[(group.file, *group.path)]
        if count > most:
            message = f"group `{group.name}` has {count} rules, Mimir takes {most}"
            hint = "split it; rules.max_rules_per_group in gitops-obs.yaml sets the limit"
            yield Issue(message, hint, at=("name",), severity=Severity.INFO, group=group)
