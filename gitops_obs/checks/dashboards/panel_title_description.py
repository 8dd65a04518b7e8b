"""Panels have a title and a description.

Whoever is paged at night did not write the panel: the title says what is measured, the description what good looks like
and what to do.

**What to do:** write both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS416"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A panel that shows data without one of them."""
    for panel in _reading.data_panels(dashboard):
        missing = [part for part in ("title", "description") if not panel.get(part)]
        if missing:
            yield _reading.of_panel(panel, f"no {' and no '.join(missing)}")
