"""The drift check has not run for three of its intervals.

## What it means

The last run is too long ago: the exporter hangs, or the job that runs the check died. What the metrics say about drift
is old.

## What to do now

1. Does the drift exporter or its job still run? Read its log.
2. Does a run take longer than its interval? `gitops_obs_drift_check_duration_seconds` tells.
3. Meanwhile compare by hand, from the root of the repository. Whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```

## How to tune it

`threshold` (intervals, 3), `for`, `keep_firing_for`, `severity`.

## When to turn it off

Where checks run on demand only.
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

NAME = "DriftCheckStale"
TITLE = "Drift check is stale"
GROUP = _drift.GROUP
DEFAULTS = {"threshold": "3", "for": "5m", "keep_firing_for": "0s", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_check_stale", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    last = _drift.series("drift_check_last_run_timestamp_seconds", source)
    interval = _drift.series("drift_check_interval_seconds", source)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"time() - max {_drift.BY} ({last})\n> on (checker, source)\n"
        f"{tune.text('threshold')} * max {_drift.BY} ({interval})",
        summary=f"{name}: the check of {system} has stopped",
        description=f"The last check of {source.path} against {system} was {{{{ $value | humanizeDuration }}}} ago, "
        f"more than {tune.shown('threshold')} of its intervals.",
        impact="What is said about drift is old; new drift would not be noticed.",
        action="See whether the drift exporter or its job still runs, and read its log. Meanwhile compare by hand: "
        f"{_drift.compare(source)}.",
        labels=_drift.labels(source),
        panel="drift_timeline",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
