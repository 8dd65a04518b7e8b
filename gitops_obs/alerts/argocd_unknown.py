"""Argo CD cannot tell whether the application is in sync or healthy.

## What it means

The sync status or the health of the Argo CD application that the service file names is Unknown, and stays so. Mostly
the manifests cannot be rendered (a broken chart, a missing branch), the repository or the cluster cannot be reached, or
a check of health fails. Not to know is worse than drift, because it looks like silence.

## What to do now

1. Read what Argo CD says: `argocd app get checkout` shows the conditions, such as `ComparisonError`, with their text.
2. Render and compare afresh: `argocd app get checkout --hard-refresh`.
3. The repository cannot be read? `argocd repo list`. The cluster? `argocd cluster list`.
4. Meanwhile compare by hand, from the root of the repository: `kubectl diff -R -f deploy/checkout/`.

## How to tune it

`for` (15m), `keep_firing_for`, `severity`.

## When to turn it off

Never while the service names the application.
The metrics come from Argo CD's application controller (`argocd-metrics:8082`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql
from gitops_obs.alerts import _argocd
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import Application, Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Omitted

NAME = "ArgoCdUnknown"
TITLE = "Argo CD cannot tell"
GROUP = _argocd.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the service file names an application."""
    return _argocd.build(service, "argocd_unknown", DEFAULTS, _alert)


def _alert(service: Service, application: Application) -> Alert:
    ref = application.reference
    sync, health = (
        promql.selector(_argocd.INFO, application.select, match)
        for match in ('sync_status="Unknown"', 'health_status="Unknown"')
    )
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=promql.aggregate("group", f"{sync} or {health}", _argocd.by(service, application)) + " == 1",
        summary=f"{service.name}: Argo CD cannot tell the state of {ref}",
        description=f"Argo CD does not know whether the application {ref} is in sync, or whether it is healthy.",
        impact="Whether Git describes what runs is unknown, and drift would not be noticed.",
        action=f"Read the conditions: `argocd app get {ref} --hard-refresh`. Mostly the manifests cannot be rendered, "
        "or the repository or the cluster cannot be reached.",
        labels=_argocd.labels(application),
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Sync unknown on one server and health on another, while labels flip; and known."""
    application, (alert,) = service.argocd, alerts
    if application is None:
        return []
    told = _argocd.Told(service, application, alert, "argocd_unknown")
    one, two = told.turns(2)
    unknown = (
        told.own(one, 'sync_status="Unknown"', 'health_status="Healthy"'),
        told.own(two, 'sync_status="Unknown"', 'health_status="Progressing"'),
        told.own(told.lasting(), 'sync_status="Synced"', 'health_status="Unknown"', second=True),
        *told.strangers('sync_status="Unknown"', 'health_status="Unknown"'),
    )
    return [told.case("the state of the application is unknown", unknown, *told.fires(twice=True)), told.good()]
