"""Argo CD says that the application is degraded, or that objects of it are missing.

## What it means

The Argo CD application that the service file names is not healthy, and was degraded or incomplete within the last ten
minutes: a rollout does not finish, pods crash, or something that Git describes is not there. A rollout that is merely
under way (Progressing) does not count, and neither does what is suspended on purpose.

## What to do now

1. Which object is it? `argocd app get checkout` lists each with its health, and the message says why.
2. Pods? `kubectl -n shop get pods` and `kubectl -n shop describe deployment/checkout`.
3. Was it the last deploy? `argocd app history checkout`, and if so `argocd app rollback checkout ID`; with automated
   sync on, revert the commit.
4. Missing objects: `argocd app sync checkout`. If they were deleted on purpose, take them out of Git.

## How to tune it

`for` (15m; longer where rollouts take longer), `keep_firing_for`, `severity`.

## When to turn it off

Where the health of some object is never right: rather write a health check for its kind in `argocd-cm`.
The metrics come from Argo CD's application controller (`argocd-metrics:8082`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _argocd
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import Application, Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Omitted

NAME = "ArgoCdUnhealthy"
TITLE = "Argo CD application is unhealthy"
GROUP = _argocd.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the service file names an application."""
    return _argocd.build(service, "argocd_unhealthy", DEFAULTS, _alert)


def _alert(service: Service, application: Application) -> Alert:
    ref = application.reference
    now = _argocd.info(service, application, 'health_status!~"Healthy|Suspended"')
    seen = _argocd.info(service, application, 'health_status=~"Degraded|Missing"', recent=_argocd.RECENT)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{now}\nand\n{seen}",
        summary=f"{service.name}: {ref} in Argo CD is unhealthy",
        description=f"Objects of the application {ref} of Argo CD are degraded or missing.",
        impact="The last deploy did not become healthy; the service runs with less than Git describes, or with the "
        "version before.",
        action=f"See which object and why: `argocd app get {ref}`. If the last deploy began it: "
        f"`argocd app history {ref}`, then roll back or revert the commit.",
        labels=_argocd.labels(application),
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Degraded on one server and missing on another, while labels flip; only progressing; and healthy."""
    application, (alert,) = service.argocd, alerts
    if application is None:
        return []
    told = _argocd.Told(service, application, alert, "argocd_unhealthy")
    health, (one, two) = 'health_status="{}"'.format, told.turns(2)
    minutes = told.pace == "minutes"
    wavers = (
        told.own(one, health("Degraded"), 'sync_status="Synced"'),
        told.own(two, health("Progressing" if minutes else "Degraded"), 'sync_status="OutOfSync"'),
        told.own(told.lasting(), health("Missing"), second=True),
    )
    strangers = told.strangers(health("Degraded"))
    progressing = (told.own(told.lasting(), health("Progressing")), told.own(told.lasting(), health("Unknown")))
    recovers = (
        told.own(one, health("Degraded")),
        told.own(two, health("Healthy")),
        told.own(one, health("Missing"), second=True),
        told.own(two, health("Suspended"), second=True),
    )
    return [
        told.case("the application is unhealthy", wavers, *told.fires(twice=True)),
        told.case("a rollout is under way", (*progressing, *strangers), told.silent()),
        told.case("the application recovers again and again", (*recovers, *strangers), told.silent()),
        told.good(),
    ]
