"""Drift is judged against an old commit, because Git has not been read for an hour.

## What it means

The checks run, and compare the live system with a copy of the repository that is no longer fetched. Merged changes
look like drift, and drift may look like sync.

## What to do now

1. Does the fetch fail? Read the log of git-sync or of the job: mostly an expired token or a moved repository.
2. Which commit is compared? `gitops_obs_drift_desired_revision_info` names it.
3. Meanwhile compare by hand, from the root of a fresh clone. Whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```

## How to tune it

`threshold` (the age, `6h`), `for`, `keep_firing_for`, `severity`.

## When to turn it off

Where the check runs in a pipeline that clones the repository each time.
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

NAME = "DesiredStale"
TITLE = "Desired state is stale"
GROUP = _drift.GROUP
DEFAULTS = {"threshold": "1h", "for": "5m", "keep_firing_for": "0s", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_desired_stale", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name = tune.service.name
    fetched = _drift.series("drift_desired_fetch_timestamp_seconds", source)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"time() - max {_drift.BY} ({fetched}) > {tune.text('threshold')}",
        summary=f"{name}: drift is judged against an old commit",
        description=f"{source.path} was last fetched from Git {{{{ $value | humanizeDuration }}}} ago, longer than "
        f"{tune.shown('threshold')}.",
        impact="Merged changes look like drift, and drift may look like sync.",
        action="Read the log of whatever fetches the repository: mostly an expired token. Meanwhile compare by hand, "
        f"in a fresh clone: {_drift.compare(source)}.",
        labels=_drift.labels(source),
        panel="drift_timeline",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
