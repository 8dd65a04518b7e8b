"""Whether what is live is what Git says, by checker.

**Question:** did somebody change something past Git?

**Good:** "in sync" everywhere. A number is how many objects differ, "unknown" that the last check failed or saw only a
part, "not checked" that no result is there. None of the latter three is green, because nobody knows.

**What to do:** the row *Drift* below lists the objects and what to do about each; the alert names the command
that shows the difference. For "unknown" and "not checked" look at the checker first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import DriftSource, Service

TITLE = "Drift"


def build(service: Service) -> object | Omitted:
    """One number a source: objects that differ, -1 unknown, -2 not checked."""
    if not service.drift:
        return Omitted("the service file names no path under `drift:`")
    states = "\nor\n".join(_state(source) for source in service.drift)
    description = (
        "Objects whose live state differs from Git. Good: in sync. Unknown and not checked mean that nobody knows. The "
        "objects are in the row Drift below." + kit.watched(service, drift_detected="GitOpsDrift")
    )
    return kit.stat(
        TITLE,
        description,
        "short",
        [kit.instant(states, "{{checker}}")],
        colours=[(1, kit.WARN)],
        names=True,
        stacked=True,
        mappings=[_WORDS],
    )


_WORDS = {
    "type": "value",
    "options": {
        "-2": {"text": "not checked", "index": 0},
        "-1": {"text": "unknown", "index": 1},
        "0": {"text": "in sync", "index": 2},
    },
}


def _state(source: DriftSource) -> str:
    match = f'checker="{source.checker}",source="{source.source}"'
    unknown = f'max(gitops_obs_drift_check_state{{{match},state=~"error|partial|empty"}}) == 1'
    objects = f'sum(gitops_obs_drift_resources{{{match},status=~"changed|missing|extra"}})'
    state = f"-1 * ({unknown})\n  or\n  {objects}\n  or\n  vector(-2)"
    return f'label_replace(\n  {state},\n  "checker", "{source.checker}", "", ""\n)'
