"""Requests fail at a rate that will use the error budget up before its period ends.

## What it means

The availability objective leaves a budget of requests that may fail. This alert is a ticket: nothing is on fire, and at
this rate the objective will be missed. It comes when

- within a day 10 % of the whole budget went, 3 times the even pace, or
- within three days 10 % of it went, the even pace (0.1 % of requests at 99.9 % over 30 days).

Each also asks a shorter window, two and six hours, whether it still goes on. A route with an objective of its own has
its own alerts, with the label `route`.

**Little traffic.** The day speaks only when so many requests came that ten of them would fail at its threshold. With
fewer the three days decide, from ten failed requests on.

## What to do now

1. Which route, version or instance fails? The dashboard's rows *By route* and *By version* tell; the logs of that one
   say why.
2. When did it begin? The panel *Burn rate* over seven days tells, and its deploy lines with which release.
3. Plan the repair within days. If the budget is nearly gone, hold risky releases until it recovers.

## How to tune it

Change the objective rather than the alert. Otherwise `min_requests` (requests within the day), `min_errors` (failed
requests within three days; 10), `for`, `keep_firing_for` and `severity`:

```yaml
alerts:
  availability_burn_slow: {for: 1h, min_errors: 50}
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

NAME = "SLOErrorBudgetSlowBurn"
TITLE = "Error budget burns slowly"
GROUP = "slo"
DEFAULTS = {
    "min_requests": "so many that ten would fail",
    "min_errors": "10",
    "for": "15m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}
SLO = "availability"


def build(service: Service) -> list[Alert | Omitted]:
    """Two rules for each availability objective."""
    return _burn.build(service, "availability_burn_slow", NAME, DEFAULTS, SLO)


def derived(service: Service) -> list[tuple[str, str, Path]]:
    """Settings that follow from objectives."""
    return _burn.derived(service, "availability_burn_slow", DEFAULTS, SLO)


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Each row alone, both sides of every threshold, and the guards."""
    return _burn_proof.cases(service, "availability_burn_slow", DEFAULTS, SLO, alerts)
