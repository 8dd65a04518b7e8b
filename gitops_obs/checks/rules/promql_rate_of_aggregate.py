"""Rates are taken before sums.

A counter starts at zero when its process restarts, which `rate` notices. In a sum of counters the restart of one looks
like a fall of all, and its rate jumps. The same holds for a recorded sum, and the rate of a recorded rate means
nothing.

**What to do:** `sum(rate(…))`, never `rate(sum(…))`; of a recorded rate take `avg_over_time`.

## Bad
```yaml
- record: shop:orders:sum
  expr: sum by (shop) (orders_total{job="shop"})
- record: shop:orders:rate5m
  expr: rate(shop:orders:sum[5m])
```

## Good
```yaml
- record: shop:orders:rate5m
  expr: sum by (shop) (rate(orders_total{job="shop"}[5m]))
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import RATES, Issue
from gitops_obs.labels import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node
    from gitops_obs.rulefile import Rule

CODE = "OBS323"

_DONE = re.compile(r".*:(?:.*_)?(?:i?rate|increase|ratio|sum|avg|mean|p\d+)(?:_?\d+\w*)?(?:_.*)?")
_GAUGE_OF = frozenset({"rate", "irate", "increase", "deriv", "delta"})


def check(rules: Rules) -> Iterator[Issue]:
    """A rate of what has been aggregated or rated before."""
    recorded = {rule.name: rules.tree(rule) for rule in rules.recordings}
    for rule, node, above in rules.parts("MatrixSelector", "SubqueryExpr"):
        function = above[-1].word if above else ""
        if function not in RATES:
            continue
        inner = node if node.kind == "SubqueryExpr" else recorded.get(node.word)
        if inner is not None and (what := _done(inner)):
            yield _issue(rule, node, function, what)
        elif inner is None and _DONE.fullmatch(node.word):
            yield _issue(rule, node, function, "a recorded sum or rate")


def _done(tree: Node) -> str:
    for node, _ in walk(tree):
        if node.kind == "AggregateExpr" and node.word not in ("count", "group"):
            return "an aggregation"
        if node.kind == "Call" and node.word in _GAUGE_OF:
            return "a rate"
    return ""


def _issue(rule: Rule, node: Node, function: str, what: str) -> Issue:
    of = f"`{node.word}`, {what}" if node.word else what
    return Issue(f"`{function}` of {of}", "take the rate of the counter first, then aggregate", rule, word=function)
