"""Panels have a query.

A panel without one shows "No data" for ever.

**What to do:** add the query, or delete the panel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS418"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A panel that shows data and asks for none."""
    for panel in _reading.data_panels(dashboard):
        if not panel.get("targets") and "libraryPanel" not in panel:
            yield _reading.of_panel(panel, "no query")
