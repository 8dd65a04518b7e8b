"""More messages wait than may.

## What it means

For fifteen minutes more messages waited than the `threshold` says. It exists only where one is set, because a number of
messages says little by itself: a thousand are nothing to one queue and a day's work to another. Where the preset tells
ages, `queue_age` watches the same without being told; this one is for presets that do not, and for queues that hold
only so much.

## What to do now

1. Do the workers run? Without any of them everything waits.

   ```
   kubectl -n shop get pods -o wide
   ```
2. They run: more messages than usual, or slower workers? The panel *Messages waiting* tells how fast it grows.
3. Add workers, or find what they wait for.
4. Did the last deploy begin it? `kubectl -n shop rollout undo deployment/receipt-worker`.

## How to tune it

`threshold` (messages), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  queue_lag: {threshold: 10000, severity: page}
```

## When to turn it off

It is off until it has a threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import proof
from gitops_obs.alerts import _queue, _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

NAME = "QueueLag"
TITLE = "Too many messages wait"
GROUP = "red"
DEFAULTS = {"threshold": "none", "for": "15m", "keep_firing_for": "10m", "severity": "ticket"}
_MANY = "{{ $value | humanize }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset counts what waits and a threshold is set."""
    tune, waiting = Tune(service, "queue_lag", DEFAULTS), _queue.expr(service, _queue.LAG)
    if isinstance(waiting, Omitted):
        return [waiting]
    if not tune.has("threshold"):
        return [Omitted("no threshold: set `alerts.queue_lag.threshold` to a number of messages")]
    subject, queue = _red.subject(service), _queue.subject(service)
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{waiting} > {tune.text('threshold')}",
        summary=f"{subject}: too many messages of {queue} wait",
        description=f"{_MANY} messages of {queue} wait, more than {tune.shown('threshold')}.",
        impact=f"The workers of {service.name} do not keep up, and users wait for what they do.",
        action=f"See whether the workers run. Add some, or find what made them slower. Also "
        f"{_red.after_deploy(service)}.",
        labels=(("slo", "queue"),),
        panel="queue_lag",
        since="6h",
    )
    return [tune.applied(alert)]


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Ten parts, together a little less and a little more than may wait."""
    tune, (alert,), queue = Tune(service, "queue_lag", DEFAULTS), alerts, _queue.measured(service, _queue.LAG)
    if queue is None:
        return []
    edge, wait = tune.edge(), proof.steps(alert.for_, "hours")
    end = 2 * wait + 1
    waiting = f"{proof.level(f'{edge.under}e-1', wait)} {proof.level(f'{edge.over}e-1', wait)}"
    series = _queue.series(service, queue, [(waiting, "")] * 10, end)
    firing = Firing(alert, _queue.of_data(service, queue), ((_MANY, edge.over_number),))
    before = (Claim(end - 1, NAME),) if wait else ()
    claims = (Claim(wait, NAME), *before, Claim(end, NAME, (firing,)))
    return [Case("queue_lag", "a few less and a few more than may wait", "hours", series, claims=claims)]
