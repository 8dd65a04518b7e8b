"""When a version of a service began to run, from the series that record which versions do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, recorded

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope


def running(scope: Scope) -> str:
    """One sample for each version that runs."""
    return promql.aggregate("group", scope.of(recorded.VERSIONS), ("service", "version"))


def begun(scope: Scope, window: str, step: str) -> str:
    """When each version began, in seconds since 1970, within `window`; found to the next `step`.

    It began where it did not run a step before and some other version did: neither the first version that was ever
    recorded nor the end of a gap in the recording is a deploy, and taking a version back is one.
    """
    versions, level = scope.of(recorded.VERSIONS), recorded.level(scope.project)
    same, service = ", ".join(("service", "version", *level)), ", ".join(("service", *level))
    found = (
        f"  time() * ({versions}\n  unless on ({same})\n  {versions} offset {step})\n"
        f"  and on ({service})\n  {versions} offset {step}"
    )
    return promql.aggregate("max", f"max_over_time((\n{found}\n)[{window}:{step}])", ("service", "version"))


def lately(scope: Scope) -> str:
    """When each version began in the last 24 hours, to the minute in the last of them, to ten minutes before."""
    return f"{begun(scope, '1h', '1m')}\nor\n{begun(scope, '1d', '10m')}"
