"""Nothing tells of the Argo CD application or the Flux object that the service file names.

## What it means

Prometheus has no series of it: it was deleted or renamed, or the metrics are not collected. An alert on its state
cannot see this, because without a series there is no state.

## What to do now

1. Is it there? `argocd app get checkout`, or `kubectl get kustomizations,helmreleases -A`. If it was renamed, correct
   the service file; a namespace or a project that the service file names must fit as well.
2. Are the metrics collected? Prometheus' page *Status → Targets* tells. Argo CD: the service `argocd-metrics`. Flux
   from 2.1 on: kube-state-metrics with Flux's configuration for custom resources.
3. Are the labels as expected? Ask Prometheus for `argocd_app_info` or `gotk_resource_info`.

## How to tune it

`for` (15m), `keep_firing_for`, `severity`.

## When to turn it off

Where the metrics are not collected: rather take `argocd` or `flux` out of the service file, because the other alerts
on it are silent then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof
from gitops_obs.alerts import _argocd, _flux
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Application, FluxObject, Service

NAME = "GitOpsSyncAbsent"
TITLE = "Nothing tells of the sync"
GROUP = _flux.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "0s", "severity": "ticket"}

_QUICK = 900  # seconds; what waits longer is proven by the hour
_FORMS = (("state", _flux.INFO), *((form, _flux.CONDITION) for form in _flux.OLD))


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for the application and one for the Flux object, as far as the service file names them."""
    rules = [
        *([_of_argocd(service, service.argocd)] if service.argocd else []),
        *([_of_flux(service, service.flux)] if service.flux else []),
    ]
    tune = Tune(service, "sync_absent", DEFAULTS)
    return [tune.applied(rule) for rule in rules] or [
        Omitted("the service file names neither `drift.argocd` nor `drift.flux`")
    ]


def _of_argocd(service: Service, application: Application) -> Alert:
    ref = application.reference
    expr = f"absent({promql.selector(_argocd.INFO, application.select)})"
    what, look = f"the application {ref} of Argo CD", f"`argocd app get {ref}`"
    return _alert(service, expr, what, look, _argocd.labels(application))


def _of_flux(service: Service, of: FluxObject) -> Alert:
    expr = f"absent({_flux.info(of)} or {_flux.controller(_flux.CONDITION, of)})"
    what = f"the {of.kind} {of.namespace}/{of.name} of Flux"
    return _alert(service, expr, what, _flux.command(of, "get"), _flux.labels(of))


def _alert(service: Service, expr: str, what: str, look: str, labels: tuple[tuple[str, str], ...]) -> Alert:
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=expr,
        summary=f"{service.name}: no metrics of {what}",
        description=f"The service file names {what}, and Prometheus has no series of it.",
        impact="Whether what was merged runs is unknown, and the other alerts on it are silent.",
        action=f"See whether it is there: {look}. If it is, its metrics are not collected; if it was renamed, correct "
        f"{service.file}.",
        labels=labels,
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Only others are told of; and both are, by the metrics of either generation of Flux."""
    argocd = service.argocd and _argocd.Told(service, service.argocd, alerts[0], "sync_absent")
    flux = service.flux and _flux.Told(service, service.flux, alerts[-1], "sync_absent")
    pace: proof.Pace = "minutes" if proof.seconds(alerts[0].for_) <= _QUICK else "hours"
    wait = proof.steps(alerts[0].for_, pace)
    always = proof.level("1", wait)

    def case(about: str, series: Iterable[tuple[str, str]], *claims: Claim) -> Case:
        absent = (_argocd.INFO, _flux.INFO, _flux.CONDITION)
        return Case("sync_absent", about, pace, tuple(series), claims=claims, absent=absent)

    firing = tuple(Firing(alert, _labels(alert, service.argocd)) for alert in alerts)
    before = (Claim(wait - 1, NAME),) if wait else ()
    others = (pair for form, metric in _FORMS if flux for pair in flux.strangers(form, metric, always))
    strangers = argocd.strangers(values=always) if argocd else ()
    one = (argocd.own(always),) if argocd else ()
    return [
        case("nothing tells of the sync but that of others", (*strangers, *others), *before, Claim(wait, NAME, firing)),
        *(
            case(
                f"the sync is told of, {form}",
                (*one, *(flux.own(form, metric, always) if flux else ())),
                Claim(wait, NAME),
            )
            for form, metric in (_FORMS if flux else _FORMS[:1])
        ),
    ]


def _labels(alert: Alert, application: Application | None) -> tuple[tuple[str, Leaf], ...]:
    """What `absent` makes of matchers."""
    if application is None or dict(alert.labels)["checker"] != "argocd":
        return ()
    found = [("name", application.name)]
    found += [("namespace", application.namespace)] if application.has_namespace else []
    return (*found, *([("project", application.project)] if application.has_project else []))
