"""One version fails more often than all others.

## What it means

More than 1 % of the requests to one version fail, and more than twice as large a share as of all other versions
together. That is what a bad release looks like while it still gets a part of the traffic. What harms all versions
alike, such as a dependency that is down, does not fire it.

It speaks only from ten failed requests of that version on, and while the others get a hundred requests, within five
minutes (`rules.rate_window` of the project).

**Why it is a ticket.** A bad canary hurts as many users as it gets; when they are many, the alerts on the error budget
page. Whoever rolls out is watching, and this tells which version to stop. Where rollouts go on with nobody watching,
set `severity: page`.

## What to do now

1. Stop the rollout of that version, or take it back:

   ```
   kubectl -n shop rollout pause deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Choose the version as `canary` on the dashboard, which then compares it with the others, for duration too.
3. Compare what changed between the versions. Is it the old version that fails? Then let the rollout go on.

## How to tune it

`threshold` (share of the version's requests that fail), `min_errors` (failed requests of the version), `min_requests`
(requests to all others), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  canary_worse: {threshold: 0.5%, min_errors: 20, severity: page}
```

## When to turn it off

Where versions serve different users or routes, so that their shares of failures cannot be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.alerts import _canary, _red
from gitops_obs.alerts._canary import Compared
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case

NAME = "CanaryWorse"
TITLE = "One version fails more than others"
GROUP = "red"
DEFAULTS = {
    "threshold": "1%",
    "min_errors": "10",
    "min_requests": "100",
    "for": "5m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}

_COMPARED = Compared(
    alert="canary_worse",
    name=NAME,
    defaults=DEFAULTS,
    bad=recorded.errors,
    of=recorded.requests,
    panel="version_errors",
    did="failed",
    why="fails more",
    meet="get errors instead of answers",
)


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset tells failed requests and versions apart."""
    signal, project = service.signal, service.project
    for question, missing in (("version", signal.label("version") is None), ("errors", signal.preset.errors is None)):
        if missing:
            return [Omitted(signal.why_not(question), question)]
    if _red.window(service) != project.rate_window:
        return [Omitted(f"the preset's source is too coarse to compare versions over {project.rate_window}")]
    return [_canary.built(service, _COMPARED)]


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Versions just over and under each limit."""
    (alert,) = alerts
    return _canary.cases(service, _COMPARED, alert)
