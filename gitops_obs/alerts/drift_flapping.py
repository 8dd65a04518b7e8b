"""Drift comes and goes: two writers fight over the same objects.

## What it means

The live system was in sync and out of sync again more than three times within six hours. Mostly a controller (an
autoscaler, an operator, a webhook) writes a field that Git sets too, and each undoes the other.

## What to do now

1. Which field? While it differs, the table in the dashboard's row *Drift* lists the object, and one of these shows the
   field, from the root of the repository, whichever fits the source:

   ```
   kubectl diff -R -f deploy/checkout/
   terraform -chdir=infra/checkout/ plan -refresh-only -lock=false
   ansible-playbook --check --diff -i ansible/prod.ini ansible/checkout.yml
   ```

   Who writes it? In Kubernetes: `kubectl get -R -f deploy/checkout/ -o yaml --show-managed-fields`
2. Let one of them have it: take the field out of Git, for instance `replicas` under an autoscaler, or turn the
   controller off for this object.

## How to tune it

`threshold` (changes within six hours, 6, both directions counted), `severity`, `for`, `keep_firing_for`.

## When to turn it off

Where checks run less than once an hour: they cannot see it.
The metrics come from a drift exporter; where none runs, turn the drift alerts off or leave `drift:` out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import proof
from gitops_obs.alerts import _drift, _drift_proof
from gitops_obs.alerts._drift_proof import Told
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import DriftSource, Service
    from gitops_obs.rules import Omitted

NAME = "GitOpsDriftFlapping"
TITLE = "Drift comes and goes"
GROUP = _drift.GROUP
DEFAULTS = {"threshold": "6", "for": "0s", "keep_firing_for": "0s", "severity": "ticket"}

_OFTEN = "0 1 0 1 0 1 0 1 0 1 0 1"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_flapping", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    detected = _drift.series("drift_detected", source)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"sum {_drift.BY} (changes({detected}[6h])) > {tune.text('threshold')}",
        summary=f"{name}: {system} goes in and out of sync with Git",
        description=f"{system} and {source.path} went in and out of sync {{{{ $value }}}} times within 6h.",
        impact="Two writers undo each other's work; the service is reconfigured each time.",
        action=f"Find the field and who writes it: {_drift.difference(source)}. Take it out of Git, or stop the other.",
        labels=_drift.labels(source),
        panel="drift_timeline",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Six changes, seen by two exporters, and one more; and more than that, but not within six hours."""
    if Tune(service, "drift_flapping", DEFAULTS).has("threshold"):
        return []
    told, detected = Told(service, alerts), "drift_detected"
    one = told.both(detected, f"0 1 0 1 {proof.level('0', told.end)}", _OFTEN, 'instance="a"')
    two = told.own(detected, f"0 1 0 1 {proof.level('1', told.end)}", 'instance="b"')
    fires = told.fires((_drift_proof.COUNT, "7"), begin=4)
    slow = Told(service, alerts, "hours")
    seldom = slow.own(detected, " ".join([*_OFTEN.split(), proof.level("0", slow.end)]))
    # seven changes, one each half hour
    steady = slow.own(detected, "0 1 0 1 0 1 0 1 1")
    quiet = Claim(len(_OFTEN.split()), NAME)
    return [
        Case("drift_flapping", "drift comes and goes", series=(*one, *two), claims=fires),
        Case("drift_flapping", "drift comes and goes, but slowly", "hours", seldom, claims=(quiet,)),
        Case(
            "drift_flapping",
            "drift comes and goes for hours",
            "hours",
            steady,
            claims=slow.fires((_drift_proof.COUNT, "7"), begin=4),
            every=30,
        ),
    ]
