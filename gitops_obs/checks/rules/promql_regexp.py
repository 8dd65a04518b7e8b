"""Regular expressions say something.

Prometheus anchors them, so `^` and `$` at their ends say nothing. One without any pattern in it is `=` written slowly,
`=~".*"` matches every series, `!~".*"` none, and an alternative that is empty or stands there twice is a slip.
Bounds of buckets are exempt: `le=~"1([.]0)?"` is how both Prometheus 2 and 3 are matched.

**What to do:** write `=` or `!=`; delete what says nothing.

## Bad
```yaml
- record: shop:orders:rate5m
  expr: sum(rate(orders_total{job=~"^shop$"}[5m]))
```

## Good
```yaml
- record: shop:orders:rate5m
  expr: sum(rate(orders_total{job="shop"}[5m]))
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS324"

_PLAIN = re.compile(r"(?:[^\\.+*?()|\[\]{}^$]|\\[.\\-])*")
_HINT = "Prometheus anchors regular expressions at both ends"


def check(rules: Rules) -> Iterator[Issue]:
    """A regular expression that says nothing, or not what it seems to."""
    for rule, node, _ in rules.parts("VectorSelector", "MatrixSelector"):
        for label, op, pattern in node.matchers:
            if op not in ("=~", "!~") or label == "le":
                continue
            message, hint, severity = _fault(label, op, pattern)
            if message:
                yield Issue(message, hint, rule, severity=severity, word=pattern)


def _fault(label: str, op: str, pattern: str) -> tuple[str, str, Severity]:
    shown = f'`{label}{op}"{pattern}"`'
    alternatives = pattern.split("|")
    equal = {"=~": "=", "!~": "!="}[op]
    if pattern == ".*":
        every = "matches every series" if op == "=~" else "matches no series"
        return f"{shown} {every}", "delete the matcher", Severity.INFO if op == "=~" else Severity.WARNING
    if (pattern.startswith("^") or re.search(r"(?<!\\)\$$", pattern)) and len(pattern) > 1:
        return f"{shown} has an anchor that says nothing", _HINT, Severity.INFO
    if _PLAIN.fullmatch(pattern):
        return f"{shown} has no pattern in it", f"write `{label}{equal}…`, which is exact and quick", Severity.INFO
    if all(_PLAIN.fullmatch(one) for one in alternatives):
        if "" in alternatives:
            return (
                f"{shown} also matches series without `{label}`",
                "delete the empty alternative, unless that is meant",
                Severity.INFO,
            )
        if len(set(alternatives)) < len(alternatives):
            return f"{shown} has one alternative twice", "delete one of them", Severity.INFO
    return "", "", Severity.INFO
