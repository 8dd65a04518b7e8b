"""Queries of scraped series are narrowed by the variable `instance`.

Every selector carries `instance=~"$instance"`, so that the page answers for what its variables show. Exempt are series
that the service's targets do not expose: those our rules record, `ALERTS`, `kube_…` and `container_…`, `gitops_obs_…`,
and info metrics in a join. dashboard-linter knows no such exemptions; for it, exclude the rule with that reason.

**What to do:** add the matcher; in a custom panel, `kit.signal(service)` does so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _scraped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS424"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A selector without the matcher."""
    yield from _scraped.narrowed(dashboard, "instance")
