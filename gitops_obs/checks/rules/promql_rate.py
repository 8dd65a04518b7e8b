"""Rates see enough scrapes.

`rate`, `increase` and their like need two samples in their window. Over less than two scrape intervals they mostly give
nothing; under four, one failed scrape leaves a gap, which is a note. The scrape interval is that of the project file
(`rules.scrape_interval`), 30s without one.

**What to do:** take a window of at least four scrape intervals.

## Bad
```yaml
- record: shop:orders:rate30s
  expr: sum(rate(orders_total{job="shop"}[30s]))
```

## Good
```yaml
- record: shop:orders:rate2m
  expr: sum(rate(orders_total{job="shop"}[2m]))
```
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import units
from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules

CODE = "OBS322"

_TWO_SAMPLES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"})
_LEAST, _SAFE = 2, 4  # scrape intervals


def check(rules: Rules) -> Iterator[Issue]:
    """A window in which there may not be two samples."""
    scrape = rules.settings.scrape_interval
    for rule, node, above in rules.parts("MatrixSelector"):
        function = above[-1].word if above else ""
        window = node.raw.range.total_seconds()
        # what is recorded comes as often as its group is evaluated
        if function not in _TWO_SAMPLES or ":" in node.word or window >= _SAFE * scrape:
            continue
        few = window < _LEAST * scrape
        message = f"`{function}` over {_shown(window)}, with a scrape every {_shown(scrape)},"
        message += " mostly has no result" if few else " has a gap after one failed scrape"
        hint = f"use a window of {_shown(_SAFE * scrape)} or more, or set rules.scrape_interval in gitops-obs.yaml"
        yield Issue(message, hint, rule, severity=Severity.WARNING if few else Severity.INFO, word=node.word)


def _shown(duration: float) -> str:
    return units.short_duration(Decimal(str(duration)))
