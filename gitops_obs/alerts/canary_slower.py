"""One version is slow more often than all others.

## What it means

The latency objective says how long a request may take. More than 10 % of the requests to one version took longer, and
more than twice as large a share as of all other versions together. What slows all versions down alike, such as a slow
dependency, does not fire it.

It speaks only from ten slow requests of that version on, while the others get a hundred requests within five minutes
(`rules.rate_window` of the project), and only after ten minutes: caches and compilation make the first minutes of any
version slow.

It is a ticket for the same reason as `canary_worse`: whoever rolls out is watching, and when many users wait, the
alerts on the error budget page.

## What to do now

1. Hold the rollout of that version, or take it back:

   ```
   kubectl -n shop rollout pause deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Choose the version as `canary` on the dashboard, which then compares it with the others.
3. Compare what changed: a new query, a cache that is empty, a limit. Does it have as many pods as its traffic needs?

## How to tune it

`threshold` (share of the version's requests that are slow), `min_errors` (slow requests of the version),
`min_requests` (requests to all others), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  canary_slower: {threshold: 5%, for: 20m}
```

## When to turn it off

Where versions serve different users or routes, so that their durations cannot be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.alerts import _canary
from gitops_obs.alerts._canary import Compared
from gitops_obs.recordings import versions
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Latency, Service
    from gitops_obs.proof import Case

NAME = "CanarySlower"
TITLE = "One version is slower than others"
GROUP = "red"
DEFAULTS = {
    "threshold": "10%",
    "min_errors": "10",
    "min_requests": "100",
    "for": "10m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where an objective says what is slow and the preset's durations tell versions apart."""
    if service.latency is None:
        return [Omitted("no latency objective says what is slow: set `slos.latency`")]
    if service.signal.label("version") is None:
        return [Omitted(service.signal.why_not("version"), "version")]
    if not versions.has_durations(service):
        return [Omitted(service.signal.why_not("quantiles"), "quantiles")]
    return [_canary.built(service, _compared(service.latency))]


def _compared(latency: Latency) -> Compared:
    return Compared(
        alert="canary_slower",
        name=NAME,
        defaults=DEFAULTS,
        bad=recorded.slow,
        of=recorded.timed,
        panel="version_latency",
        did=f"took longer than {latency.threshold}",
        why="is slow more often",
        meet="wait for answers",
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Versions just over and under each limit."""
    (alert,) = alerts
    return _canary.cases(service, _compared(service.latency), alert) if service.latency else []
