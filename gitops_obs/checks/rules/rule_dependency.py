"""Recorded series are recorded, and in time.

A rule that reads a series which no rule records any more is silent for ever. Only the files given are looked at, and a
name with a colon is taken for a recorded one; in a project every recorded series of a service is in its own file. An
alert that reads what another group records sees it an evaluation later, which is a note: rules of one group run in
order, groups do not (those of one generated service count as one). Over a range such as `[30m]` one evaluation more or
less does not matter.

**What to do:** record the series, or read another; put alerts into the group of what they read, below it.

## Bad
```yaml
groups:
  - name: recordings
    rules:
      - {record: "shop:orders:rate5m", expr: 'sum(rate(orders_total{job="shop"}[5m]))'}
  - name: alerts
    rules:
      - {alert: NoOrders, expr: "shop:orders:rate10m == 0", for: 10m}
```

## Good
```yaml
groups:
  - name: shop
    rules:
      - {record: "shop:orders:rate5m", expr: 'sum(rate(orders_total{job="shop"}[5m]))'}
      - {alert: NoOrders, expr: "shop:orders:rate5m == 0", for: 10m}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity
from gitops_obs.spec import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.rulefile import Group, Rule

CODE = "OBS332"


_OURS = "service:"  # the level of every series that generated rules record


def check(rules: Rules) -> Iterator[Issue]:
    """A series that nothing records, or that is recorded too late."""
    groups: dict[str, list[Group]] = {}
    for rule in rules.recordings:
        groups.setdefault(rule.name, []).append(rule.group)
    absent_from = "no rule of the service records it" if rules.settings.ours else "none of the files given records it"
    for rule, names in _read(rules):
        for name, is_instant in names.items():
            if name not in groups and ":" in name:
                hint = nearest(name, groups) or "give the file that records it as well"
                severity = Severity.WARNING if rules.settings.ours and name.startswith(_OURS) else Severity.INFO
                yield Issue(f"`{name}`: {absent_from}", hint, rule, severity=severity, word=name)
            elif _comes_late(rules, rule, groups.get(name, [])) and is_instant:
                message = f"`{name}` is recorded in group `{groups[name][0].name}`, which may run later"
                hint = "put the alert into that group, below the recording"
                yield Issue(message, hint, rule, severity=Severity.INFO, word=name)


def _comes_late(rules: Rules, rule: Rule, groups: list[Group]) -> bool:
    """Whether only other groups record it; the parts of one service's group are told apart by size alone."""
    of_service = {group.name.partition(".")[0] for group in groups} if rules.settings.ours else set()
    own = rule.group.name.partition(".")[0]
    return bool(groups) and rule.is_alert and rule.group not in groups and own not in of_service


def _read(rules: Rules) -> Iterator[tuple[Rule, dict[str, bool]]]:
    """Each rule with the names of the series that it reads, and whether it reads them as they are just now."""
    names: dict[Rule, dict[str, bool]] = {}
    for rule, node, _ in rules.parts("VectorSelector", "MatrixSelector"):
        found = names.setdefault(rule, {})
        found[node.word] = found.get(node.word, False) or (node.kind == "VectorSelector" and not node.raw.offset)
    yield from names.items()
