"""Requests are slow at a rate that will use the budget for slow requests up before its period ends.

## What it means

The latency objective says, for instance, that 99 % of requests take at most 250 ms: one in a hundred may be slower.
This alert is a ticket: nothing is on fire, and at this rate the objective will be missed. It comes when

- within a day 10 % of the whole budget went, 3 times the even pace, or
- within three days 10 % of it went, the even pace (1 % of requests at 99 % over 30 days).

Each also asks a shorter window, two and six hours, whether it still goes on. A route with an objective of its own has
its own alerts, with the label `route`.

**Little traffic.** The day speaks only when so many requests came that ten of them would be slow at its threshold. With
fewer the three days decide, from ten slow requests on.

## What to do now

1. One route or all of them? The table *By route* tells, and traces of that route where the time goes.
2. When did it begin? The panel *Burn rate* over seven days tells, and its deploy lines with which release.
3. Does it grow with traffic? Then it lacks resources: the row *Saturation* tells. Plan the repair within days.

## How to tune it

Change the objective rather than the alert. Otherwise `min_requests` (requests within the day), `min_errors` (slow
requests within three days; 10), `for`, `keep_firing_for` and `severity`:

```yaml
alerts:
  latency_burn_slow: {for: 1h, min_errors: 50}
```

## When to turn it off

Where the objective is a wish rather than a promise: better lower the objective to what is promised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _burn, _burn_proof

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Alert, Omitted
    from gitops_obs.source import Path

NAME = "SLOLatencyBudgetSlowBurn"
TITLE = "Latency budget burns slowly"
GROUP = "slo"
DEFAULTS = {
    "min_requests": "so many that ten would be slow",
    "min_errors": "10",
    "for": "15m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}
SLO = "latency"


def build(service: Service) -> list[Alert | Omitted]:
    """Two rules for each latency objective."""
    return _burn.build(service, "latency_burn_slow", NAME, DEFAULTS, SLO)


def derived(service: Service) -> list[tuple[str, str, Path]]:
    """Settings that follow from objectives."""
    return _burn.derived(service, "latency_burn_slow", DEFAULTS, SLO)


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Each row alone, both sides of every threshold, and the guards."""
    return _burn_proof.cases(service, "latency_burn_slow", DEFAULTS, SLO, alerts)
