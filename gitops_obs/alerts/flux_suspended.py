"""The Flux object that deploys the service has been suspended for more than a day.

## What it means

Somebody suspended the Kustomization or HelmRelease that the service file names, mostly to repair something by hand, and
did not resume it. Until then nothing that is merged reaches the cluster, and no drift is put back.

## What to do now

1. Who suspended it, and why? Ask, and look at the object:
   `kubectl -n shop get kustomization checkout -o yaml --show-managed-fields`.
2. What would a resume change? `flux diff kustomization checkout -n shop --path deploy/checkout`.
3. Commit what was repaired by hand, and `flux resume kustomization checkout -n shop` (`flux resume helmrelease …`).

## How to tune it

`for` (1d), `keep_firing_for`, `severity`.

## When to turn it off

Where the object is suspended for good: rather delete it.
From Flux 2.1 on the metrics come from kube-state-metrics with Flux's configuration for custom resources
(`gotk_resource_info`); before, from the controllers (`gotk_suspend_status`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import proof
from gitops_obs.alerts import _flux
from gitops_obs.alerts._tune import Tune
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import FluxObject, Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Omitted

NAME = "FluxSuspended"
TITLE = "Flux object is suspended"
GROUP = _flux.GROUP
DEFAULTS = {"for": "1d", "keep_firing_for": "0s", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the service file names an object."""
    of = service.flux
    return [_flux.NONE] if of is None else [Tune(service, "flux_suspended", DEFAULTS).applied(_alert(service, of))]


def _alert(service: Service, of: FluxObject) -> Alert:
    now = _flux.exists(service, of, 'suspended="true"')
    before = _flux.highest(service, _flux.controller(_flux.SUSPENDED, of))
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{now} == 1\nor\n{before} == 1",
        summary=f"{service.name}: {of.kind} {of.namespace}/{of.name} is suspended",
        description=f"Flux has not applied the {of.kind} {of.namespace}/{of.name} for long, because it is suspended.",
        impact="What is merged does not reach the cluster, and drift is not put back.",
        action=f"Ask who suspended it and why. Commit what was repaired by hand, then {_flux.command(of, 'resume')}.",
        labels=_flux.labels(of),
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Suspended, by the metrics of either generation; and not, while others are. The first by the hour."""
    of, (alert,) = service.flux, alerts
    if of is None:
        return []
    told = _flux.Told(service, of, alert, "flux_suspended")

    def steps(values: str, pace: proof.Pace = "weeks") -> str:
        return proof.level(values, told.wait(pace))

    state = told.own("state", _flux.INFO, steps("1", "hours"), 'suspended="true"')
    others = (told.strangers(form, _flux.SUSPENDED, steps("1")) for form in _flux.OLD)
    still = (told.own(form, _flux.SUSPENDED, steps("0")) for form in _flux.OLD)
    known = (
        told.own("state", _flux.INFO, steps("1"), 'suspended="false"'),
        told.strangers("state", _flux.INFO, steps("1"), 'suspended="true"'),
    )
    return [
        told.case("the Flux object is suspended", "hours", state, fires=True),
        *(
            told.case(
                f"the Flux object is suspended, {form}",
                "weeks",
                told.pods(form, _flux.SUSPENDED, steps("1")),
                fires=True,
            )
            for form in _flux.OLD
        ),
        told.case("the Flux object is not suspended", "weeks", *known, *others, *still, fires=False),
    ]
