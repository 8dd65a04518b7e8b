"""A sync of the Argo CD application failed.

## What it means

Within the last quarter of an hour a sync of the application that the service file names ended with Failed or Error:
the cluster refused an object, a hook failed, or Argo CD could not finish. What was merged is live in part at best. The
application may even count as in sync: a hook that failed after everything was applied leaves no difference behind.

## What to do now

1. Read what failed: `argocd app get checkout --show-operation`.
2. A refused object: correct it in Git. A hook: its log is that of its job, `kubectl -n shop logs job/NAME`.
3. A webhook or the cluster did not answer: `argocd app sync checkout` once more.
4. Half of a change is live and an alert of the service fires? Roll back: revert the commit and sync.

## How to tune it

`for` (0s: the first failure is told; `10m` for one that retries do not mend), `keep_firing_for`, `severity`.

## When to turn it off

Where failed syncs are told by Argo CD's own notifications.
The metrics come from Argo CD's application controller (`argocd-metrics:8082`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof
from gitops_obs.alerts import _argocd
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import Application, Service
    from gitops_obs.proof import Case, Claim
    from gitops_obs.rules import Omitted

NAME = "ArgoCdSyncFailed"
TITLE = "Argo CD sync failed"
GROUP = _argocd.GROUP
DEFAULTS = {"for": "0s", "keep_firing_for": "0s", "severity": "ticket"}

_WINDOW, _MINUTES = "15m", 15
_FAILED = 'phase=~"Error|Failed"'


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the service file names an application."""
    return _argocd.build(service, "argocd_sync_failed", DEFAULTS, _alert)


def _alert(service: Service, application: Application) -> Alert:
    ref, by = application.reference, _argocd.by(service, application)
    failed = promql.selector(_argocd.SYNCS, application.select, _FAILED)
    grown = promql.aggregate("sum", f"increase({failed}[{_WINDOW}])", by)
    # a counter begins with the first failure, at 1, which is no increase; where there was no series of the
    # application either, Prometheus has only begun to look
    new = promql.aggregate("sum", f"{failed} unless {failed} offset {_WINDOW}", by)
    looked, on = promql.selector(_argocd.INFO, application.select), ", ".join(_argocd.where(service, application))
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{grown} > 0\nor\n{new}\nand on ({on})\n{looked} offset {_WINDOW}",
        summary=f"{service.name}: a sync of {ref} in Argo CD failed",
        description=f"Within the last {_WINDOW} a sync of the application {ref} of Argo CD ended with Failed or Error.",
        impact="What was merged is live in part at best.",
        action=f"Read what failed: `argocd app get {ref} --show-operation`. Correct it in Git, or sync once more: "
        f"`argocd app sync {ref}`.",
        labels=_argocd.labels(application),
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """The first failure, one more, and only successes; failures before Prometheus looked are none."""
    application, (alert,) = service.argocd, alerts
    if application is None or alert.for_:
        return []
    return _cases(_argocd.Told(service, application, alert, "argocd_sync_failed"))


def _cases(told: _argocd.Told) -> list[Case]:
    end = _MINUTES + 3
    long = proof.level("1", end)
    same, more = proof.level("3", end), proof.rising("1", end)

    def case(about: str, values: tuple[str, str, str], *claims: Claim) -> Case:
        phases = zip(("Error", "Failed", "Succeeded"), values, strict=True)
        own = (told.own(text, f'phase="{phase}"', metric=_argocd.SYNCS) for phase, text in phases if text)
        strangers = told.strangers('phase="Failed"', metric=_argocd.SYNCS, values=more)
        return told.case(about, (told.own(long, 'sync_status="Synced"'), *own, *strangers), *claims)

    first = f"_x{end - 1} 1 1"
    late = (
        told.own(first, 'sync_status="Synced"'),
        told.own(first, 'phase="Failed"', metric=_argocd.SYNCS),
        *told.strangers('sync_status="Synced"', values=long),
    )
    return [
        case("the first sync fails", ("", first, more), *told.fires(end - 1)),
        case("the first sync ends in an error", (first, "", more), *told.fires(end - 1)),
        case("one more sync fails", ("", "3 3 4 4", more), *told.fires(2)),
        case("one more sync ends in an error", ("3 3 4 4", "", more), *told.fires(2)),
        case("syncs succeed, and some failed long ago", (same, same, more), told.silent(1), told.silent(end)),
        told.case("Prometheus begins to look after a sync failed", late, told.silent(end)),
    ]
