"""Messages keep arriving, and none is worked off.

## What it means

For a quarter of an hour the workers took nothing from a queue on which messages wait, and more of them wait than at
some time within the last hour. So work arrives and nobody does it: the workers are gone, hang, or fail at the same
message over and over. It does not heal by itself, everything behind this queue stands still, and what waits too long is
dropped in the end. That is why this one pages.

Messages that wait while none arrive are not counted: Kafka's transactions leave marks that look like a message for
ever. A queue that rests has nothing to do.

## What to do now

1. Do the workers run? And are they still the same, or do they restart over and over?

   ```
   kubectl -n shop get pods -o wide
   kubectl -n shop logs deployment/stock-consumer --tail=100
   ```
2. The same error again and again: they are stuck at one message. Look at it, repair or skip it; where there is a dead
   letter queue, move it there.
3. They run and log nothing: they hang, mostly on a dependency or a lock. Restart them, and keep a thread dump of one.

   ```
   kubectl -n shop rollout restart deployment/stock-consumer
   ```
4. The group has no members, or they change by the minute (panel *Workers*): it keeps sharing out its work. Raise the
   session timeout, or look at what takes longer than the poll interval.
5. Did the last deploy begin it? `kubectl -n shop rollout undo deployment/stock-consumer`.

## How to tune it

`for` (beyond the quarter of an hour), `keep_firing_for`, `severity`:

```yaml
alerts:
  queue_stuck: {for: 30m, severity: ticket}
```

## When to turn it off

For workers that run by the clock, less often than four times an hour.
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

NAME = "QueueStuck"
TITLE = "A queue makes no progress"
GROUP = "red"
DEFAULTS = {"for": "5m", "keep_firing_for": "0s", "severity": "page"}
_MANY = "{{ $value | humanize }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset tells that nothing moves."""
    stuck, waiting = (_queue.expr(service, name) for name in (_queue.STUCK, _queue.LAG))
    if isinstance(stuck, Omitted):
        return [stuck]
    # what waits for ever without more of it arriving is no work: transactions leave such marks (KAFKA-6607)
    arrives = "" if isinstance(waiting, Omitted) else f"\nand\n{waiting} > min_over_time(({waiting})[1h:5m])"
    subject, queue = _red.subject(service), _queue.subject(service)
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=f"(\n  {stuck}\n){arrives}",
        summary=f"{subject}: nothing of {queue} is worked off",
        description=f"{_MANY} messages of {queue} wait, more of them arrive, and none was taken for 15m.",
        impact=f"Everything behind {service.name} stands still, and what waits too long is lost.",
        action=_action(service),
        labels=(("slo", "queue"),),
        panel="queue_lag",
    )
    return [Tune(service, "queue_stuck", DEFAULTS).applied(alert)]


def _action(service: Service) -> str:
    first = "See whether the workers run, and whether they fail at the same message over and over"
    if workload := service.workload:
        of = f"{workload.kind}/{workload.name}"
        first += (
            f": `kubectl -n {workload.namespace} logs {of} --tail=100`. If they hang, restart them: "
            f"`kubectl -n {workload.namespace} rollout restart {of}`"
        )
    return f"{first}. Also {_red.after_deploy(service)}."


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Messages that only wait, more of them, one that is taken; and no message at all."""
    queue, (alert,) = _queue.measured(service, _queue.STUCK), alerts
    if queue is None or not queue.done:
        return []
    wait = proof.steps(alert.for_)
    more, end = wait + 2, 2 * wait + 2
    firing = Firing(alert, _queue.of_data(service, queue), ((_MANY, "9"),))
    before = (Claim(end - 1, NAME),) if wait else ()
    after = () if alert.keep_firing_for else (Claim(end + 1, NAME),)
    parts = [
        (f"3+0x{more - 1} 5+0x{wait + 1}", f"70+0x{end} 71"),
        (proof.level("4", end + 1), proof.level("7", end + 1)),
    ]
    series = _queue.series(service, queue, parts, end + 1)
    claims = (Claim(more - 1, NAME), *before, Claim(end, NAME, (firing,)), *after)
    # a partition that nobody reads counts as -1, and -1 is less than nothing
    none = [(f"-1 0+0x{more}", proof.level("70", more)), (proof.level("0", more), proof.level("7", more))]
    return [
        Case("queue_stuck", "messages wait, arrive, and one is taken", series=series, claims=claims),
        Case(
            "queue_stuck",
            "no message waits",
            series=_queue.series(service, queue, none, more),
            claims=(Claim(more, NAME),),
        ),
    ]
