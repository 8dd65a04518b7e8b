"""Template variables are read again when the time range changes.

Otherwise a page that looks at yesterday offers the instances of today, and those that mattered are missing.

**What to do:** set `refresh: 2` ("On time range change").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS414"
_ON_TIME_RANGE_CHANGE = 2


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A query variable that refreshes at another time."""
    for variable in _reading.variables(dashboard):
        if variable.get("type") == "query" and variable.get("refresh") != _ON_TIME_RANGE_CHANGE:
            yield _reading.of_dashboard(
                f"variable `{variable.get('name')}` should have refresh 2, on time range change"
            )
