"""No rule stands there twice.

Two recording rules with one name and the same labels write one series by turns: Prometheus stores whichever comes
first, and drops the other. Two alerts with one name and the same labels are one alert to whoever gets them. Files that
are given together are looked at together.

**What to do:** delete one, or give them labels that differ.

## Bad
```yaml
- {record: "shop:orders:rate5m", expr: 'sum(rate(orders_total{job="shop"}[5m]))'}
- {record: "shop:orders:rate5m", expr: 'sum(rate(orders_total{job="shop-eu"}[5m]))'}
```

## Good
```yaml
- {record: "shop:orders:rate5m", expr: 'sum(rate(orders_total{job="shop"}[5m]))', labels: {region: us}}
- {record: "shop:orders:rate5m", expr: 'sum(rate(orders_total{job="shop-eu"}[5m]))', labels: {region: eu}}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import SELECTORS, Issue
from gitops_obs.labels import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.rulefile import Rule

CODE = "OBS333"


def check(rules: Rules) -> Iterator[Issue]:
    """A rule whose name and labels are those of an earlier one."""
    seen: dict[tuple[bool, str, frozenset[tuple[str, str]], frozenset[str]], Rule] = {}
    for rule in rules.rules:
        key = (rule.is_alert, rule.name, frozenset(rule.labels.items()), _kept(rules, rule))
        first = seen.setdefault(key, rule)
        if first is rule:
            continue
        same = " and expression" if " ".join(first.expr.split()) == " ".join(rule.expr.split()) else ""
        message = f"group `{first.group.name}`{_file(first, rule)} has a rule with this name, these labels{same}"
        yield Issue(message, "delete one, or give them labels that differ", rule, (_key(rule),))


def _kept(rules: Rules, rule: Rule) -> frozenset[str]:
    """Matchers of labels that the series can still have, by which those of two rules differ."""
    tree = rules.tree(rule)
    if tree is None:
        return frozenset()
    matchers = (found for node, _ in walk(tree) if node.kind in SELECTORS for found in node.matchers)
    return frozenset(f"{label}{op}{value}" for label, op, value in matchers if tree.labels.may(label))


def _file(first: Rule, rule: Rule) -> str:
    return f" of {first.group.file}" if first.group.file != rule.group.file else ""


def _key(rule: Rule) -> str:
    return "alert" if rule.is_alert else "record"
