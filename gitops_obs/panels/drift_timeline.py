"""State of each drift check over time.

**Question:** since when does live not match Git, and can the checks be trusted?

**Good:** green all along. Orange is drift. Purple means that a check saw only a part, dark that it failed or found
nothing to check; then nobody knows, which is worse than drift.

**What to do:** orange: see the table beside it. Purple or dark: repair the checker first. Changing every hour: two
writers fight over a field, mostly a controller that should own it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import DriftSource, Service

TITLE = "Drift checks"

_STATES = {
    1: ("in_sync", "in sync", kit.GOOD),
    2: ("drift", "drift", kit.WARN),
    3: ("partial", "checked in part", "purple"),
    4: ("empty", "nothing checked", "dark-purple"),
    5: ("error", "check failed", kit.BAD),
}


def build(service: Service) -> object | Omitted:
    """One line a source."""
    if not service.drift:
        return Omitted("the service file names no path under `drift:`")
    return kit.state_timeline(
        TITLE,
        "What each drift check said. Good: green. Orange is drift, the others mean that nobody knows."
        + kit.watched(service, drift_detected="GitOpsDrift", drift_check_failing="DriftCheckFailing"),
        [kit.target("\nor\n".join(_state(source) for source in service.drift), "{{checker}}")],
        {value: (text, colour) for value, (_, text, colour) in _STATES.items()},
        nothing="No drift check has run",
    )


def _state(source: DriftSource) -> str:
    match = f'checker="{source.checker}",source="{source.source}"'
    states = [
        f'{value} * gitops_obs_drift_check_state{{{match},state="{state}"}}' for value, (state, _, _) in _STATES.items()
    ]
    return "max by (checker) (\n  " + "\n  or\n  ".join(states) + "\n)"
