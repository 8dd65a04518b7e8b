"""Drift has been there for more than a day.

## What it means

The difference between Git and the live system was found, an alert said so, and a day later it is still there. Old
drift is how nobody knows any more which side is right.

## What to do now

1. See what differs: the table in the dashboard's row *Drift* lists the objects. What differs in each, from the root of
   the repository, whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```
   Find out who changed it, and ask.
2. Decide: sync, commit the live value, or ignore it with a reason, an owner and an expiry.

## How to tune it

`threshold` (the age, `3d`), `severity`, `for`, `keep_firing_for`.

## When to turn it off

Not before the first alert on drift is.
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

NAME = "GitOpsDriftOld"
TITLE = "Drift is old"
GROUP = _drift.GROUP
DEFAULTS = {"threshold": "1d", "for": "0s", "keep_firing_for": "0s", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_old", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    first = _drift.series("drift_first_detected_timestamp_seconds", source)
    resources = _drift.series("drift_resources", source, _drift.DRIFTED)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"time() - max {_drift.BY} ({first}) > {tune.text('threshold')}\n"
        f"and on (checker, source)\nsum {_drift.BY} ({resources}) > 0",
        summary=f"{name}: {system} has differed from Git for long",
        description=f"{system} has differed from {source.path} for {{{{ $value | humanizeDuration }}}}, longer than "
        f"{tune.shown('threshold')}.{_drift.AMONG_THEM}",
        impact="The longer drift lasts, the fewer people know which side is right.",
        action=f"See what differs: {_drift.difference(source)}. Decide now: sync, commit the live value, or ignore it "
        "with an expiry.",
        labels=_drift.labels(source),
        panel="drift_timeline",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
