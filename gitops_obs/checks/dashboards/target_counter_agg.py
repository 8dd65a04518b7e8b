"""Counters are shown as rates.

The value of a counter says how long the process has been running. A metric whose name ends in `_total` is handed to
`rate`, `irate` or `increase`. Unlike dashboard-linter, which looks only at counters without any matcher, the rule
looks at all.

**What to do:** wrap the counter: `rate(…[$__rate_interval])` per second, `increase` for a count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS425"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A counter that is used as it is."""
    for panel, target, selector in _reading.selectors(dashboard):
        if selector.name.endswith("_total") and selector.function not in ("rate", "irate", "increase"):
            yield _reading.of_target(panel, target, f"counter `{selector.name}` without rate, irate or increase")
