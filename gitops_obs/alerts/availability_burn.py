"""So many requests fail that the error budget will be gone within days.

## What it means

The availability objective leaves a budget of requests that may fail: at 99.9 % over 30 days, one in a thousand. Two
windows watch how fast it goes (Google SRE workbook, chapter 5). This alert pages when

- within an hour 2 % of the whole budget went, which is 14.4 times the even pace (1.44 % of requests at 99.9 %), or
- within six hours 5 % of it went, 6 times the even pace (0.6 %).

Each also asks a short window, five and thirty minutes, whether it still goes on: so the alert ends soon after the
trouble does, and five minutes later, so that trouble which comes and goes is one page and not many. A route with an
objective of its own has its own alerts, with the label `route`. Rates that no share of failing requests reaches (an
objective of 90 % has a page at 144 %) are left out, and a finding says so.

**Little traffic.** The hour speaks only when so many requests came that ten of them would fail at its threshold: 695
at 99.9 %. With fewer the six hours decide, from ten failed requests on: a quiet service is watched, and a single
failure at night wakes nobody.

## What to do now

1. Was it the last deploy? The dashboard's deploy lines tell, and its row *By version* whether only the new version
   fails. Then take it back first and look for the reason afterwards.

   ```
   kubectl -n shop rollout history deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Which route, version or instance fails? The dashboard's rows *By route* and *By version* tell. One instance: remove
   it. All of them: look at what they depend on.
3. Does the live state still match Git? The dashboard's row *Drift* lists what was changed by hand.

## How to tune it

Change the objective rather than the alert: it says what users need, and every threshold follows from it. Otherwise
`min_requests` (requests within the hour), `min_errors` (failed requests within six hours; 10), `for`,
`keep_firing_for` and `severity`:

```yaml
alerts:
  availability_burn: {min_requests: 2000, min_errors: 50}
```

## When to turn it off

Where another alert watches the same requests closer to the user, such as one at the ingress.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _burn, _burn_proof

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Alert, Omitted
    from gitops_obs.source import Path

NAME = "SLOErrorBudgetBurn"
TITLE = "Error budget burns fast"
GROUP = "burn"
DEFAULTS = {
    "min_requests": "so many that ten would fail",
    "min_errors": "10",
    "for": "2m",
    "keep_firing_for": "5m",
    "severity": "page",
}
SLO = "availability"


def build(service: Service) -> list[Alert | Omitted]:
    """Two rules for each availability objective."""
    return _burn.build(service, "availability_burn", NAME, DEFAULTS, SLO)


def derived(service: Service) -> list[tuple[str, str, Path]]:
    """Settings that follow from objectives."""
    return _burn.derived(service, "availability_burn", DEFAULTS, SLO)


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Each row alone, both sides of every threshold, and the guards."""
    return _burn_proof.cases(service, "availability_burn", DEFAULTS, SLO, alerts)
