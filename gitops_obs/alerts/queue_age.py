"""Messages wait for long before they are worked off.

## What it means

At their present speed the workers need more than ten minutes (`threshold`) for what waits, for ten minutes on end. So
whatever users see of it is that old, or older. It is an estimate: what waits, divided by what was worked off per second
over the last five minutes (`rules.rate_window` of the project). The workers do work, only not fast enough, and so it is
a ticket. Where nothing moves at all there is no estimate; `queue_stuck` tells then.

An age rather than a number of messages, because a thousand messages are nothing to one queue and a day's work to
another.

## What to do now

1. More messages than usual, or slower workers? The panel *Messages waiting* tells how fast it grows, the rates of the
   row *Traffic* how much is worked off.
2. More messages: add workers, as many as there are partitions at most.

   ```
   kubectl -n shop scale deployment/stock-consumer --replicas=6
   ```
3. Slower workers: what they wait for (a database, another service), CPU throttling (row *Saturation*), one partition
   with most of the messages.
4. Did the last deploy begin it? `kubectl -n shop rollout undo deployment/stock-consumer`.

## How to tune it

`threshold` (`30m`), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  queue_age: {threshold: 30m, for: 1h}
```

## When to turn it off

For queues that are filled at once and worked off over hours on purpose.
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

NAME = "QueueOld"
TITLE = "Messages wait for long"
GROUP = "red"
DEFAULTS = {"threshold": "10m", "for": "10m", "keep_firing_for": "10m", "severity": "ticket"}
_LONG = "{{ $value | humanizeDuration }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset tells how long what waits will take."""
    tune, seconds = Tune(service, "queue_age", DEFAULTS), _queue.expr(service, _queue.SECONDS)
    if isinstance(seconds, Omitted):
        return [seconds]
    subject, queue = _red.subject(service), _queue.subject(service)
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"{seconds} > {tune.text('threshold')}",
        summary=f"{subject}: messages of {queue} wait for long",
        description=f"At their present speed the workers need {_LONG} for what waits of {queue}, more than "
        f"{tune.shown('threshold')}.",
        impact=f"What users see of {service.name} is that old.",
        action=_action(service),
        labels=(("slo", "queue"),),
        panel="queue_lag_seconds",
        since="6h",
    )
    return [tune.applied(alert)]


def _action(service: Service) -> str:
    more = "Add workers, or find what made them slower"
    if workload := service.workload:
        more = f"Add workers (`kubectl -n {workload.namespace} scale {workload.kind}/{workload.name} --replicas=…`)"
        more += ", or find what made them slower"
    return f"{more}. Also {_red.after_deploy(service)}."


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Two parts, each worked off by one message a second: a little less and a little more than may wait."""
    tune, (alert,), queue = Tune(service, "queue_age", DEFAULTS), alerts, _queue.measured(service, _queue.SECONDS)
    if queue is None or not queue.done:
        return []
    edge, wait = tune.edge(), proof.steps(alert.for_)
    # speeds are exact only once the window is full
    full = int(proof.seconds(service.project.rate_window)) // 60 + 1
    more, end = full + wait + 1, full + 2 * wait + 1
    waiting = f"{proof.level(edge.under, more - 1)} {proof.level(edge.over, wait)}"
    series = _queue.series(service, queue, [(waiting, proof.rising("60", end))] * 2, end)
    firing = Firing(alert, _queue.of_data(service, queue), ((_LONG, edge.over_duration),))
    before = (Claim(end - 1, NAME),) if wait else ()
    claims = (Claim(more - 1, NAME), *before, Claim(end, NAME, (firing,)))
    return [Case("queue_age", "a little newer and a little older than may be", series=series, claims=claims)]
