"""Runs jobs by promtool, several in one process and several processes at once, and tells which failed."""

from __future__ import annotations

import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.promtool.program import Promtool
    from gitops_obs.promtool.suite import Job

_BATCH = 16  # tests in one process: its start costs as much as a small test
_ALERT = re.compile(r"alertname: ?([^,\s]+), time: ?([^,\s]+)")
_EXPR = re.compile(r'expr: "((?:[^"\\]|\\.)*)", time: ?([^,\s]+)')


@dataclass(frozen=True, slots=True)
class Failure:
    """A test that did not hold: `alert` (or the expression `expr`) at time `at`, and all that promtool says."""

    job: Job
    alert: str
    expr: str
    at: str
    said: str


def run(promtool: Promtool, jobs: Iterable[Job], workers: int = 0) -> Iterator[tuple[Job, tuple[Failure, ...]]]:
    """Each job with its failures, in order; none where it holds."""
    workers = workers or len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="gitops-obs-test-") as folder, ThreadPoolExecutor(workers) as pool:
        batches = list(_batches(jobs))
        done = pool.map(lambda numbered: _batch(promtool, Path(folder), *numbered), enumerate(batches))
        for batch, found in zip(batches, done, strict=True):
            yield from zip(batch, found, strict=True)


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    for job in jobs:
        batch.append(job)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _batch(promtool: Promtool, folder: Path, number: int, batch: list[Job]) -> list[tuple[Failure, ...]]:
    """Failures of each job; where the lot of them fails, they are run one by one to tell which."""
    files = [_write(folder, f"{number}-{n}", job) for n, job in enumerate(batch)]
    if promtool.run(["test", "rules", *files]).returncode == 0:
        return [()] * len(batch)
    return [_one(promtool, file, job) for file, job in zip(files, batch, strict=True)]


def _one(promtool: Promtool, file: str, job: Job) -> tuple[Failure, ...]:
    done = promtool.run(["test", "rules", file])
    if done.returncode == 0:
        return ()
    said = done.stdout + done.stderr
    found = [Failure(job, alert, "", at, said) for alert, at in _ALERT.findall(said)]
    found += [Failure(job, "", expr, at, said) for expr, at in _EXPR.findall(said)]
    return tuple(dict.fromkeys(found)) or (Failure(job, "", "", "", said),)


def _write(folder: Path, name: str, job: Job) -> str:
    """Promtool's two files, as JSON, which is YAML too and quicker to write."""
    rules, test = folder / f"{name}.rules.yaml", folder / f"{name}.yaml"
    rules.write_bytes(orjson.dumps(job.rules))
    test.write_bytes(orjson.dumps({"rule_files": [rules.name], **job.test}))
    return str(test)
