"""Panels use the templated datasource.

A panel that names one datasource shows the wrong environment on a copy of the dashboard, and nothing after an import.

**What to do:** refer to the variable, `{"type": "prometheus", "uid": "${datasource}"}`; leaving the datasource out does
the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS415"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A panel that shows data of a datasource that it names."""
    names = [v["name"] for v in _reading.variables(dashboard) if v.get("type") == "datasource"]
    allowed = {f"${name}" for name in names} | {f"${{{name}}}" for name in names}
    for panel in _reading.data_panels(dashboard):
        source = panel.get("datasource")
        uid = source.get("uid") if isinstance(source, dict) else source
        if uid not in allowed:
            yield _reading.of_panel(panel, f"datasource `{uid}` is not a template variable")
