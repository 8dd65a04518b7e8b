"""What the alerts on queues share: the preset's queries, the label that tells queues apart, and series for proofs.

Proofs make series for the queries that presets usually have: what waits, what waits by the speed at which it is worked
off, and what waits while nothing is worked off. The alert on another query has no proof.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import promql, recorded, traffic
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service
    from gitops_obs.proof import Series

LAG, SECONDS, STUCK = "queue_lag", "queue_lag_seconds", "queue_stuck"
_SELECTED = r"\{\$\{select\}\}"
_QUEUE = re.compile(
    rf"sum by \((?P<by>\w+)\) \((?P<waiting>\w+){_SELECTED}\)"
    rf"(?: / \(sum by \((?P=by)\) \(rate\((?P<speed>\w+){_SELECTED}\[\$\{{window\}}\]\)\) > 0\)"
    rf"| > 0 and sum by \((?P=by)\) \(increase\((?P<done>\w+){_SELECTED}\[15m\]\)\) == 0)?"
)


@dataclass(frozen=True, slots=True)
class Queue:
    """How a preset measures a queue: label that tells queues apart, gauge of what waits, counter of what is done."""

    by: str
    waiting: str
    done: str


def expr(service: Service, name: str) -> str | Omitted:
    """The preset's query `name` of the service, or why there is none."""
    project = service.project
    found = service.signal.query(name, project.rate_window, recorded.level(project))
    return Omitted(service.signal.why_not(name)) if found is None else found


def measured(service: Service, name: str) -> Queue | None:
    """How the preset's query `name` measures, None where it is put together in another way or its label is selected."""
    queries = dict(service.signal.preset.queries)
    found = _QUEUE.fullmatch(" ".join(dict(queries[name].expr)[""].split())) if name in queries else None
    if found is None or not service.signal.sample.known:
        return None
    return Queue(found["by"], found["waiting"], found["speed"] or found["done"] or "")


def subject(service: Service) -> str:
    """Which queue an alert speaks of, as a template that its labels fill; "its queue" where no label tells."""
    labels = (measured(service, name) for name in (LAG, SECONDS, STUCK))
    by = next((queue.by for queue in labels if queue), None)
    return f"{{{{ $labels.{by} }}}}" if by else "its queue"


def of_data(service: Service, queue: Queue) -> tuple[tuple[str, Leaf], ...]:
    """Labels that an alert on a queue has from the data."""
    return traffic.of_data(service, (queue.by, service.signal.sample.value(queue.by) or _NAME))


_NAME = "orders"
_ALONE = "1e9+0x"


def series(service: Service, queue: Queue, parts: Iterable[tuple[str, str]], count: int) -> Series:
    """Parts of one queue, each what waits and what is done as promtool's values; beside queues of strangers.

    In those a billion messages wait, and are worked off.
    """
    sample = service.signal.sample
    named = "" if sample.value(queue.by) is not None else f"{queue.by}={promql.quote(_NAME)}"
    told = [(f'{sample.labels},partition="{n}"', *part) for n, part in enumerate(parts)]
    told += [(other.labels, f"{_ALONE}{count}", f"0+60x{count}") for other in sample.others]
    found = []
    for own, waiting, done in told:
        labels = traffic.series_labels(service, own, named)
        found.append((f"{queue.waiting}{{{labels}}}", waiting))
        if queue.done:
            found.append((f"{queue.done}{{{labels}}}", done))
    return tuple(found)
