"""Alerts do not hang on chance.

`topk` and its like choose other series from one evaluation to the next, so an alert on them forgets how long it has
been pending and flaps. A ratio of two aggregations is wrong for the moment after a restart of Prometheus in which some
targets have been scraped and others not: without `for` that moment is an alert. `topk by (…) (1, …)` on a side of a
join, the usual way to drop duplicates, is left in peace.

**What to do:** compare with a threshold instead of ranking; give a ratio a `for` of at least one scrape interval.

## Bad
```yaml
- alert: TooManyErrors
  expr: sum(rate(http_errors_total{job="a"}[5m])) / sum(rate(http_requests_total{job="a"}[5m])) > 0.05
```

## Good
```yaml
- alert: TooManyErrors
  expr: sum(rate(http_errors_total{job="a"}[5m])) / sum(rate(http_requests_total{job="a"}[5m])) > 0.05
  for: 2m
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import SELECTORS, Issue
from gitops_obs.labels import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node

CODE = "OBS319"

_CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


def check(rules: Rules) -> Iterator[Issue]:
    """An alert that depends on which series are there just now."""
    for rule, node, above in rules.parts("AggregateExpr"):
        if rule.is_alert and node.word in _CHOOSING and not _drops_duplicates(node, above):
            message = f"`{node.word}` chooses other series each time, so the alert flaps"
            yield Issue(message, "compare with a threshold instead", rule, word=node.word)
    ratios = {rule for rule, node, _ in rules.parts("BinaryExpr") if node.word == "/" and all(map(_sums, node.inside))}
    for rule in rules.alerts:
        if rule in ratios and not rule.seconds("for"):
            hint = "give it a `for` of a scrape interval or more, such as 2m"
            yield Issue("a ratio of aggregations without `for` fires after a restart of Prometheus", hint, rule)


def _drops_duplicates(node: Node, above: tuple[Node, ...]) -> bool:
    """Whether it is `topk by (…) (1, …)` on a side of a join, where one of several equal series will do."""
    one = node.inside[0].kind == "NumberLiteral" and node.inside[0].raw.val == 1
    return one and bool(node.raw.modifier) and any(outer.kind == "BinaryExpr" for outer in above)


def _sums(side: Node) -> bool:
    """Whether a side of a ratio adds up series of several targets."""
    return any(node.kind == "AggregateExpr" and not _recorded(node) for node, _ in walk(side))


def _recorded(node: Node) -> bool:
    return all(":" in inner.word for inner, _ in walk(node) if inner.kind in SELECTORS)
