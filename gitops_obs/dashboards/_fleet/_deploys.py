"""When a version of a service began to run, from the series that record which versions do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, recorded

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope


def running(scope: Scope, ago: str = "") -> str:
    """One sample for each version that runs, or ran some time `ago`."""
    offset = f" offset {ago}" if ago else ""
    return promql.aggregate("group", f"{scope.of(recorded.VERSIONS)}{offset}", ("service", "version"))


def begun(scope: Scope, window: str, step: str) -> str:
    """When each version began, in seconds since 1970, within `window`; found to the next `step`.

    It began where it did not run a step before and some other version did: neither the first version that was ever
    recorded nor the end of a gap in the recording is a deploy, and taking a version back is one.
    """
    now, before = running(scope), running(scope, step)
    return (
        f"max_over_time((\n  time() * ({now}\n  unless\n  {before})\n"
        f"  and on (service)\n  {before}\n)[{window}:{step}])"
    )


def lately(scope: Scope) -> str:
    """When each version began in the last 24 hours, to the minute in the last of them."""
    return f"{begun(scope, '1h', '1m')}\nor\n{begun(scope, '1d', '5m')}"
