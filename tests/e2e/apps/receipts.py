"""A worker that takes tasks off a queue, counted as celery-exporter counts Celery's: the names of preset `celery`."""

from __future__ import annotations

import queue
import threading
import time

from _web import LOST, WELL, Faults, serve
from prometheus_client import Counter, Gauge, Histogram

WHERE = {"hostname": "worker-1", "queue_name": "receipts"}
LABELS = ["name", *WHERE]
SUCCEEDED = Counter("celery_task_succeeded", "Tasks that succeeded", LABELS)
FAILED = Counter("celery_task_failed", "Tasks that failed", [*LABELS, "exception"])
RETRIED = Counter("celery_task_retried", "Tasks that will be tried again", LABELS)
RUNTIME = Histogram("celery_task_runtime", "Seconds a task took", LABELS)
REJECTED = Counter("celery_task_rejected", "Tasks that a worker refused", LABELS)
LENGTH = Gauge("celery_queue_length", "Tasks that wait", ["queue_name"])

faults = Faults()
tasks: queue.Queue[str] = queue.Queue()


def work() -> None:
    """Do one task after the other. The exporter times those that succeed, and every third failure is tried again."""
    failures = 0
    while True:
        name = tasks.get()
        started = time.perf_counter()
        outcome = faults.work()
        if outcome == LOST:
            REJECTED.labels(name, *WHERE.values()).inc()
        elif outcome == WELL:
            RUNTIME.labels(name, *WHERE.values()).observe(time.perf_counter() - started)
            SUCCEEDED.labels(name, *WHERE.values()).inc()
        else:
            failures += 1
            FAILED.labels(name, *WHERE.values(), "SmtpError").inc()
            if failures % 3 == 0:
                RETRIED.labels(name, *WHERE.values()).inc()
                tasks.put(name)


def answer(_method: str, path: str) -> int:
    """Queue the task that the path names."""
    tasks.put("shop.tasks." + path.removeprefix("/"))
    return 202


LENGTH.labels("receipts").set_function(tasks.qsize)
for _ in range(8):
    threading.Thread(target=work, daemon=True).start()
serve(answer, faults)
