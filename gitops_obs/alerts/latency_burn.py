"""So many requests are slow that the budget for slow requests will be gone within days.

## What it means

The latency objective says, for instance, that 99 % of requests take at most 250 ms: one in a hundred may be slower, and
that is the budget. Two windows watch how fast it goes (Google SRE workbook, chapter 5). This alert pages when

- within an hour 2 % of the whole budget went, which over 30 days is 14.4 times the even pace (14.4 % of requests are
  slow at 99 %), or
- within six hours 5 % of it went, 6 times the even pace (6 %).

Each also asks a short window, five and thirty minutes, whether it still goes on. It counts requests, not percentiles:
shares of requests can be added up over time and instances. A route with an objective of its own has its own alerts.

**Little traffic.** The hour speaks only when so many requests came that ten of them would be slow at its threshold.
With fewer the six hours decide, from ten slow requests on.

## What to do now

1. Was it the last deploy? The dashboard's deploy lines tell, and its row *By version* whether only the new version
   is slow. Then take it back first.

   ```
   kubectl -n shop rollout history deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Is the service starved? The row *Saturation* shows CPU throttling, memory and restarts.
3. One route or all of them? The table *By route* tells. All of them at once mostly means a dependency.

## How to tune it

Change the objective rather than the alert. Otherwise `min_requests` (requests within the hour), `min_errors` (slow
requests within six hours; 10), `for`, `keep_firing_for`, and `severity` where slow answers should wake nobody:

```yaml
alerts:
  latency_burn: {severity: ticket}
```

## When to turn it off

For batch work and uploads, whose duration says more about their size than about the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _burn, _burn_proof

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Alert, Omitted
    from gitops_obs.source import Path

NAME = "SLOLatencyBudgetBurn"
TITLE = "Latency budget burns fast"
GROUP = "burn"
DEFAULTS = {
    "min_requests": "so many that ten would be slow",
    "min_errors": "10",
    "for": "2m",
    "keep_firing_for": "5m",
    "severity": "page",
}
SLO = "latency"


def build(service: Service) -> list[Alert | Omitted]:
    """Two rules for each latency objective."""
    return _burn.build(service, "latency_burn", NAME, DEFAULTS, SLO)


def derived(service: Service) -> list[tuple[str, str, Path]]:
    """Settings that follow from objectives."""
    return _burn.derived(service, "latency_burn", DEFAULTS, SLO)


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Each row alone, both sides of every threshold, and the guards."""
    return _burn_proof.cases(service, "latency_burn", DEFAULTS, SLO, alerts)
