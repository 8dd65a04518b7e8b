"""The drift check of a source that the service names has never run, or its metrics are gone.

## What it means

The service file names the source under `drift:`, and Prometheus has no metrics of a check of it. An alert on the age
of the last run cannot see this: without a series there is no age.

## What to do now

1. Is a drift exporter deployed and scraped? Prometheus' page *Status → Targets* tells.
2. Does the exporter know the source? `gitops_obs_drift_check_last_run_timestamp_seconds` in Prometheus shows which
   sources it checks, and its log why it leaves one out.
3. Until it does, compare by hand, from the root of the repository. Whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```

## How to tune it

`for` (15m), `keep_firing_for`, `severity`.

## When to turn it off

Never while the service names the source and a drift exporter runs: remove the source instead. The metrics come from a
drift exporter; where none runs, turn the drift alerts off for all services under `defaults.alerts`, or leave `drift:`
out.
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

NAME = "DriftCheckAbsent"
TITLE = "Drift check is absent"
GROUP = _drift.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "0s", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source: `absent` takes its labels from the matchers."""
    return _drift.for_each(service, "drift_check_absent", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"absent({_drift.series('drift_check_last_run_timestamp_seconds', source)})",
        summary=f"{name}: {system} is not compared with Git",
        description=f"The service file names {source.path}, and no check of it against {system} reports anything.",
        impact="Whether Git describes what runs is unknown, and drift would not be noticed.",
        action="See whether a drift exporter runs, is scraped, and knows the source; without one, turn the drift "
        f"alerts off. Compare by hand: {_drift.compare(source)}.",
        labels=_drift.labels(source),
        panel="drift_timeline",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
