"""The Flux object that deploys the service is not ready, and it stays so.

## What it means

The Kustomization or HelmRelease that the service file names has not been ready for longer than a reconciliation takes:
what Git says cannot be applied, or what was applied does not become healthy. While Flux retries, readiness wavers
between False and Unknown; both count. An object that is suspended does not: that has an alert of its own.

## What to do now

1. Read why: `flux get kustomization checkout -n shop` or `flux get helmrelease checkout -n shop`, and
   `flux events -n shop --for Kustomization/checkout`.
2. Is the source fetched at all? `flux get sources all -n shop`.
3. Pods that do not start? `kubectl -n shop get pods` and `kubectl -n shop describe deployment/checkout`.
4. Was it the last commit? Revert it. Otherwise correct it, and
   `flux reconcile kustomization checkout -n shop --with-source`.

## How to tune it

`for` (10m for a Kustomization, 30m for a HelmRelease, which waits for its hooks and tests), `keep_firing_for`,
`severity`.

## When to turn it off

Never while the service names the object.
From Flux 2.1 on the metrics come from kube-state-metrics with Flux's configuration for custom resources
(`gotk_resource_info`); before, from the controllers (`gotk_reconcile_condition`).
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

NAME = "FluxNotReady"
TITLE = "Flux object is not ready"
GROUP = _flux.GROUP
DEFAULTS = {"for": "10m", "keep_firing_for": "10m", "severity": "ticket"}
FORS = {"Kustomization": "10m", "HelmRelease": "30m"}

_WAITS = 'type="Ready",status=~"False|Unknown"'


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the service file names an object."""
    of = service.flux
    if of is None:
        return [_flux.NONE]
    return [Tune(service, "flux_not_ready", {**DEFAULTS, "for": FORS[of.kind]}).applied(_alert(service, of))]


def _alert(service: Service, of: FluxObject) -> Alert:
    now = _flux.exists(service, of, 'ready!="True"', 'suspended!="true"')
    before = _flux.highest(service, _flux.controller(_flux.CONDITION, of, _WAITS))
    suspended = _flux.highest(service, _flux.controller(_flux.SUSPENDED, of))
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{now} == 1\nor\n(\n  {before} == 1\n  unless\n  {suspended} == 1\n)",
        summary=f"{service.name}: {of.kind} {of.namespace}/{of.name} is not ready",
        description=f"Flux cannot apply the {of.kind} {of.namespace}/{of.name}, or what it applied is not healthy.",
        impact="What was merged does not run, or only in part.",
        action=f"Read why: {_flux.command(of, 'get')} and `flux events -n {of.namespace} --for {of.kind}/{of.name}`. "
        f"Revert the last commit or correct it, then {_flux.command(of, 'reconcile')}.",
        labels=_flux.labels(of),
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not ready, by the metrics of either generation, while labels flip; ready; and suspended."""
    of, (alert,) = service.flux, alerts
    if of is None:
        return []
    told = _flux.Told(service, of, alert, "flux_not_ready")
    return [_wavers(told), *(_waits(told, form) for form in _flux.OLD), _ready(told), *_suspended(told)]


def _wavers(told: _flux.Told) -> Case:
    """Readiness flips with every step, and so does the revision."""
    wait = told.wait(told.pace)
    one, two = (" ".join("1" if at % 2 == n else "stale" for at in range(wait + 1)) for n in range(2))
    first = told.own("state", _flux.INFO, one, 'ready="False",suspended="false",revision="main@sha1:a"')
    other = told.own("state", _flux.INFO, two, 'ready="Unknown",revision="main@sha1:b"')
    return told.case("the Flux object is not ready", told.pace, first, other, fires=True)


def _waits(told: _flux.Told, form: str) -> Case:
    """The same as the controllers told it: a series for each status, of which one is 1."""
    wait = told.wait(told.pace)
    one, two = (" ".join("10"[(at + n) % 2] for at in range(wait + 1)) for n in range(2))
    series = (
        told.pods(form, _flux.CONDITION, values, f'type="Ready",status="{status}"')
        for status, values in (("False", one), ("Unknown", two), ("True", proof.level("0", wait)))
    )
    running = told.own(form, _flux.SUSPENDED, proof.level("0", wait))
    others = told.strangers(form, _flux.SUSPENDED, proof.level("1", wait))
    about = f"the Flux object is not ready, Flux before 2.1, {form}"
    return told.case(about, told.pace, *series, running, others, fires=True)


def _ready(told: _flux.Told) -> Case:
    """Nothing of another object counts, nor another condition of this one."""
    yes, no = (proof.level(value, told.wait(told.pace)) for value in "10")
    state = told.own("state", _flux.INFO, yes, 'ready="True",suspended="false"')
    others = told.strangers("state", _flux.INFO, yes, 'ready="False"')
    before = (
        told.own("exported", _flux.CONDITION, yes, 'type="Ready",status="True"'),
        told.own("plain", _flux.CONDITION, yes, 'type="Ready",status="True"'),
        told.own("exported", _flux.CONDITION, no, 'type="Ready",status="False"'),
        told.own("exported", _flux.CONDITION, yes, 'type="Healthy",status="False"'),
        told.own("plain", _flux.CONDITION, yes, 'type="Healthy",status="False"'),
    )
    strangers = (told.strangers(form, _flux.CONDITION, yes, 'type="Ready",status="False"') for form in _flux.OLD)
    return told.case("the Flux object is ready", told.pace, state, others, *before, *strangers, fires=False)


def _suspended(told: _flux.Told) -> list[Case]:
    """Not ready and suspended, by the metrics of either generation."""
    yes = proof.level("1", told.wait(told.pace))
    state = told.own("state", _flux.INFO, yes, 'ready="False",suspended="true"')

    def before(form: str) -> tuple[proof.Series, proof.Series]:
        waits = told.own(form, _flux.CONDITION, yes, 'type="Ready",status="False"')
        return waits, told.pods(form, _flux.SUSPENDED, yes)

    return [
        told.case(f"the Flux object is suspended, {form}", told.pace, state, *before(form), fires=False)
        for form in _flux.OLD
    ]
