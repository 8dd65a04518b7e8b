"""The drift check fails, so nobody knows whether Git and the live system agree.

## What it means

The check ran and could not compare everything: it failed, saw only part of the objects, or found nothing to compare.
Not to know is worse than drift, because it looks like silence.

## What to do now

1. Read the log of the drift exporter, and compare by hand, from the root of the repository. Whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```
2. `error`: mostly credentials, the network, or a lock. `partial`: rights are missing for some kinds of object.
   `empty`: a path or a selector is wrong, so that nothing was compared.

## How to tune it

`for` (15m; give it three intervals of a slow check), `keep_firing_for`, `severity`.

## When to turn it off

Never while the service names the source: remove the source instead.
The metrics come from a drift exporter; where none runs, turn the drift alerts off or leave `drift:` out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _drift
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.alerts._tune import Tune
    from gitops_obs.model import DriftSource, Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Omitted

NAME = "DriftCheckFailing"
TITLE = "Drift check fails"
GROUP = _drift.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_check_failing", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    state = _drift.series("drift_check_state", source, 'state=~"error|partial|empty"')
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"max {_drift.BY} ({state}) == 1",
        summary=f"{name}: {system} cannot be compared with Git",
        description=f"The check of {source.path} against {system} fails, sees only part, or finds nothing at all.",
        impact="Whether Git describes what runs is unknown, and drift would not be noticed.",
        action=f"Compare by hand and read what it says: {_drift.compare(source)}. If that works, the drift exporter "
        "mostly lacks credentials or rights: read its log.",
        labels=_drift.labels(source),
        panel="drift_timeline",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
