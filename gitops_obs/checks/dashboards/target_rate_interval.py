"""Rates are taken over `$__rate_interval`.

It is wide enough for two scrapes and follows the zoom: a fixed `[5m]` hides spikes when zoomed in and skips samples
when zoomed out.

**What to do:** write `rate(…[$__rate_interval])`. Where a source gives samples more rarely than Grafana thinks, use
`increase` or `sum_over_time` with a range of your own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS422"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A rate or irate over another range."""
    for panel, target, selector in _reading.selectors(dashboard):
        if selector.ranged and not selector.rated and selector.function in ("rate", "irate"):
            message = f"{selector.function} of `{selector.name}` is not over $__rate_interval"
            yield _reading.of_target(panel, target, message)
