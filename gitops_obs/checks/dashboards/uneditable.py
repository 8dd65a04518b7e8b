"""The dashboard cannot be edited in Grafana.

What is edited there is lost with the next push, or stops it. Changes belong in Git.

**What to do:** leave `grafana.editable` of the project file at false. Where people should be free to try things, set it
to true and exclude this rule; `push` notices their edits, and `pull` brings them to Git.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS426"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A dashboard that says editable, or nothing about it, which means the same."""
    if dashboard.get("editable", True):
        yield _reading.of_dashboard("the dashboard can be edited in Grafana")
