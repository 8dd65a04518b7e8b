"""What is live differs from what Git says.

## What it means

A check of the live system (Kubernetes, Terraform, Ansible) found objects that were changed, are missing, or are there
without Git knowing of them, and it stayed so for longer than a rollout takes. Git no longer describes what runs: the
next sync may undo a repair made by hand, and a rebuild would not give what runs today.

## What to do now

1. See what differs: the table in the dashboard's row *Drift* lists the objects. What differs in each, from the root of
   the repository, whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```

   Objects that Git does not know (`extra`) stand only in the table.
2. Is an alert of the service firing, or was there a deploy within the hour? Then roll back first, and look at the drift
   afterwards. Is a change freeze or an incident on? Then hold.
3. Otherwise decide which side is right. Git: sync (`kubectl apply`, `argocd app sync`, `flux reconcile`,
   `terraform apply`, `ansible-playbook`). The live system: commit the live value.
4. A controller that keeps changing a field (an autoscaler, a webhook): take the field out of Git, or ignore it with a
   reason and an expiry.

## How to tune it

`for` (30m for Kubernetes, 1h for Terraform, 2h for Ansible: the sync interval, the longest rollout and two checks),
`threshold` (objects that may differ, 0), `keep_firing_for`, `severity`. A value given counts for every source.

## When to turn it off

Rather ignore single fields with an expiry than turn the alert off: without it, drift is seen by who looks.
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

NAME = "GitOpsDrift"
TITLE = "Live state differs from Git"
GROUP = _drift.GROUP
DEFAULTS = {"threshold": "0", "for": "30m", "keep_firing_for": "10m", "severity": "ticket"}
FORS = {"kubernetes": "30m", "terraform": "1h", "ansible": "2h"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_detected", DEFAULTS, _alert, fors=FORS)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    resources = _drift.series("drift_resources", source, _drift.DRIFTED)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"sum {_drift.BY} ({resources}) > {tune.text('threshold')}",
        summary=f"{name}: {system} differs from Git",
        description=f"{{{{ $value }}}} object(s) in {system} differ from {source.path}.{_drift.AMONG_THEM}",
        impact="Git no longer describes what runs; the next sync may undo a repair made by hand.",
        action=f"See what differs: {_drift.difference(source)}. A deploy within the hour and an alert firing: roll "
        "back. Otherwise sync, or commit the live value; hold during a freeze.",
        labels=_drift.labels(source),
        panel="drift_table",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
