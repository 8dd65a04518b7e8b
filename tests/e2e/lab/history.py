"""Last week's data, so that comparisons with it have something to show: today's series, written a week back."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WEEK = 7 * 86400
_BEFORE, _AFTER, _STEP = 120, 400, 2  # seconds around this time last week


def write(expositions: Mapping[tuple[str, str], str], now: float, data: Path) -> None:
    """Blocks under `data` with the series that (job, instance) expose, rising steadily around a week before `now`."""
    program = shutil.which("promtool")
    assert program, "the end-to-end test needs promtool, of Debian's package `prometheus`"
    data.mkdir(parents=True)
    source = data.parent / "last-week.txt"
    source.write_text("\n".join([*_lines(expositions, int(now) - WEEK), "# EOF\n"]), "utf-8")
    command = [program, "tsdb", "create-blocks-from", "openmetrics", str(source), str(data)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _lines(expositions: Mapping[tuple[str, str], str], then: int) -> Iterator[str]:
    for (job, instance), text in expositions.items():
        for series, value in _counters(text, job, instance):
            for number, second in enumerate(range(then - _BEFORE, then + _AFTER, _STEP)):
                yield f"{series} {value * (1 + number)} {second}"


def _counters(text: str, job: str, instance: str) -> Iterator[tuple[str, float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples if family.type in ("counter", "histogram") else ():
            if sample.value:
                labels = {**sample.labels, "job": job, "instance": instance}
                yield sample.name + "{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}", sample.value
