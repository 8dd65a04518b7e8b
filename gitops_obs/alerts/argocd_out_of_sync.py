"""Argo CD says that what is live differs from Git, and it stays so.

## What it means

The Argo CD application that the service file names has not been in sync for longer than a sync takes: a change in Git
is not applied, or somebody changed the live objects and nothing puts them back. An application that wavers between
OutOfSync and Unknown counts as out of sync; one that is Unknown all the time has an alert of its own.

## What to do now

1. See what differs and what the last sync said:

   ```
   argocd app diff checkout
   argocd app get checkout --show-operation
   ```
2. Is an alert of the service firing, or was there a deploy within the hour? Then roll back first:
   `argocd app history checkout` and `argocd app rollback checkout ID`; with automated sync on, revert the commit.
3. Otherwise decide which side is right. Git: `argocd app sync checkout`. The live system: commit the live value.
4. A field that a controller keeps changing (an autoscaler, a webhook): take it out of Git, or name it under
   `ignoreDifferences` of the application.

## How to tune it

`for` (15m, and 30m for an application whose automated sync is off, because people are slower; a value given counts for
both), `keep_firing_for`, `severity`.

## When to turn it off

Where the application is synced by hand and at leisure.
The metrics come from Argo CD's application controller (`argocd-metrics:8082`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _argocd
from gitops_obs.proof import Case, Claim
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import Application, Service
    from gitops_obs.rules import Omitted

NAME = "ArgoCdOutOfSync"
TITLE = "Argo CD is out of sync"
GROUP = _argocd.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}
FORS = ("15m", "30m")

_REMEMBERED = {"minutes": 11, "hours": 0}  # steps
_OUT, _ON, _OFF = 'sync_status="OutOfSync"', 'autosync_enabled="true"', 'autosync_enabled="false"'


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for an application with automated sync, and one for the same without."""
    return _argocd.build(service, "argocd_out_of_sync", DEFAULTS, _automated, _by_hand, fors=FORS)


def _automated(service: Service, application: Application) -> Alert:
    # older versions of Argo CD have no such label
    words = "Automated sync is on, and does not help."
    return _alert(service, application, ("autosync", "on"), 'autosync_enabled!="false"', words)


def _by_hand(service: Service, application: Application) -> Alert:
    words = "Automated sync is off, so somebody must sync."
    return _alert(service, application, ("autosync", "off"), 'autosync_enabled="false"', words)


def _alert(service: Service, application: Application, label: tuple[str, str], match: str, words: str) -> Alert:
    ref = application.reference
    now = _argocd.info(service, application, 'sync_status!="Synced"', match)
    seen = _argocd.info(service, application, 'sync_status="OutOfSync"', recent=_argocd.RECENT)
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{now}\nand\n{seen}",
        summary=f"{service.name}: {ref} in Argo CD is out of sync with Git",
        description=f"What the application {ref} of Argo CD deploys differs from Git. {words}",
        impact="Git no longer describes what runs; the next sync may undo a repair made by hand.",
        action=f"See what differs: `argocd app diff {ref}`. A deploy within the hour and an alert firing: roll back. "
        f"Otherwise `argocd app sync {ref}`, or commit the live value; hold during a freeze.",
        labels=(*_argocd.labels(application), label),
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """With automated sync and without, while labels flip; in sync, now and always; and not known."""
    application, (automated, by_hand) = service.argocd, alerts
    if application is None:
        return []
    told, hand = (_argocd.Told(service, application, alert, "argocd_out_of_sync") for alert in (automated, by_hand))
    slowly = [_both(told, hand)] if hand.pace == "hours" else [_wavers(hand, _OFF)]
    both = ((told, _ON), (hand, _OFF))
    rest = (case for one, on in both for case in (*_not_known(one, on), _recovers(one, on), one.good()))
    return [_wavers(told, _ON), *slowly, *rest]


def _wavers(told: _argocd.Told, on: str) -> Case:
    """Labels flip; by the hour it was out of sync within the last minutes only where it is."""
    one, two = told.turns(2)
    series = (
        told.own(one, _OUT, 'health_status="Healthy"', on),
        told.own(two, 'sync_status="Unknown"' if told.pace == "minutes" else _OUT, 'health_status="Progressing"', on),
    )
    return told.case(f"the application is out of sync, {on}", series, *told.fires())


def _both(told: _argocd.Told, hand: _argocd.Told) -> Case:
    """By the hour both wait equally long; without automated sync on the first server and with it on the second."""
    series = (hand.own(hand.lasting(), _OUT, _OFF), hand.own(hand.lasting(), _OUT, _ON, second=True))
    before = Claim(hand.wait - 1, NAME)
    firing = (hand.firing(), told.firing(second=True))
    return hand.case("the application is out of sync in two places", series, before, Claim(hand.wait, NAME, firing))


def _recovers(told: _argocd.Told, on: str) -> Case:
    """Every other step in sync, while another application is out of sync all the time."""
    one, two = told.turns(2)
    series = (told.own(one, _OUT, on), told.own(two, 'sync_status="Synced"', on), *told.strangers(_OUT, on))
    return told.case(f"the application is out of sync now and then, {on}", series, told.silent())


def _not_known(told: _argocd.Told, on: str) -> list[Case]:
    """Out of sync at first, and then Unknown for longer than that is remembered, while another is out of sync."""
    if told.wait <= _REMEMBERED[told.pace]:
        return []
    series = (
        told.own("1 stale", _OUT, on),
        told.own(f"_ {told.lasting()}", 'sync_status="Unknown"', on),
        *told.strangers(_OUT, on),
    )
    return [told.case(f"nobody knows any more whether the application is in sync, {on}", series, told.silent())]
