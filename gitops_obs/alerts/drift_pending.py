"""A change is in Git and not yet live, for hours.

## What it means

The check knows that Git moved on and the live system did not follow: merged, and not applied. For a while that is
normal. After four hours either nobody applies it, or the sync is paused, or it fails.

## What to do now

1. Which objects wait? The table in the dashboard's row *Drift* lists them. Which commit, and by whom?
   `git log -3 -- deploy/checkout/`. For Terraform, `terraform -chdir=infra/checkout/ plan -lock=false` shows what would
   change; with `-refresh-only` it would leave out what Git adds.
2. Is the sync suspended? `argocd app get checkout`, `flux get kustomizations`. Does the pipeline wait for an approval?
3. Apply the change, or revert the commit: a change that waits surprises whoever applies the next one.

## How to tune it

`for` (4h), `threshold` (objects that may wait, 0), `keep_firing_for`, `severity`. Teams that apply Terraform once a
week want `for: 7d`.

## When to turn it off

Where changes are always applied by hand and at leisure.
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

NAME = "GitOpsPendingTooLong"
TITLE = "Change waits too long"
GROUP = _drift.GROUP
DEFAULTS = {"threshold": "0", "for": "4h", "keep_firing_for": "10m", "severity": "ticket"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for each source."""
    return _drift.for_each(service, "drift_pending", DEFAULTS, _alert)


def _alert(tune: Tune, source: DriftSource) -> Alert:
    name, system = tune.service.name, _drift.system(source)
    resources = _drift.series("drift_resources", source, 'status="pending"')
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"sum {_drift.BY} ({resources}) > {tune.text('threshold')}",
        summary=f"{name}: a change in Git is not applied to {system}",
        description=f"{{{{ $value }}}} object(s) of {source.path} wait to be applied.{_drift.AMONG_THEM}",
        impact="What was merged does not run; whoever applies the next change applies this one too.",
        action="See what waits: the dashboard's row Drift lists the objects, "
        f"`git log -3 -- '{source.path}'` the commits. Apply it or revert it. Is the sync paused?",
        labels=_drift.labels(source),
        panel="drift_table",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Not yet."""
    return []
