"""A past made by hand: series minute by minute, put into a real Prometheus, and into promtool as the judge."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests import promtool
from tests.e2e.lab.prometheus import Prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    Values = Sequence[float | None]

DAY = 86_400


def ago(days: int) -> int:
    """Midnight (UTC) that many days ago, so that evaluations fall on the same places of the day as promtool's."""
    return int(time.time()) // DAY * DAY - days * DAY


def counter(rate: Callable[[int], float], points: int, every: int = 60) -> list[float]:
    """A counter that grows by `rate(n)` a second in the interval that ends at point `n`."""
    values, total = [], 0.0
    for n in range(points):
        total += rate(n) * every
        values.append(total)
    return values


@dataclass(frozen=True)
class Past:
    """Series by name with labels, one value every `every` seconds from `start` on; None is a gap."""

    series: Mapping[str, Values]
    start: int
    every: int = 60

    @property
    def end(self) -> int:
        """Time of the last value."""
        return self.start + (max(map(len, self.series.values())) - 1) * self.every

    def openmetrics(self) -> str:
        """The series as OpenMetrics, without types, in which a name may be anything."""
        lines = [
            f"{name} {value:.17g} {self.start + n * self.every}"
            for name, values in sorted(self.series.items())
            for n, value in enumerate(values)
            if value is not None
        ]
        return "\n".join([*lines, "# EOF"]) + "\n"

    def inputs(self) -> list[dict[str, str]]:
        """The series as promtool reads them."""
        return [
            {"series": name, "values": " ".join("_" if value is None else f"{value:.17g}" for value in values)}
            for name, values in self.series.items()
        ]


@contextmanager
def remembered(folder: Path, past: Past) -> Iterator[str]:
    """The address of a Prometheus that remembers `past`; stopped afterwards."""
    (folder / "past.om").write_text(past.openmetrics())
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=168h"]
    done = subprocess.run([*command, folder / "past.om", folder / "data"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    server = Prometheus(folder, {}, "127.0.0.1:9")  # no rules, so nothing is ever sent there
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def judge(
    folder: Path,
    rules: Mapping[str, Any],
    past: Past,
    expected: Mapping[tuple[int, str], list[dict[str, Any]]],
    every: int,
) -> None:
    """Have promtool evaluate `rules` over `past` every `every` seconds and hold `expected` against it.

    `expected` gives the samples (labels and value as promtool writes them) by seconds since `past.start` and query.
    """
    (folder / "judged.rules.yaml").write_text(promtool.dump(rules))
    test = {
        "interval": f"{past.every}s",
        "input_series": past.inputs(),
        "promql_expr_test": [
            {"expr": expr, "eval_time": f"{at}s", "exp_samples": samples} for (at, expr), samples in expected.items()
        ],
    }
    content = {"rule_files": ["judged.rules.yaml"], "evaluation_interval": f"{every}s", "tests": [test]}
    (folder / "judged.test.yaml").write_text(json.dumps(content))
    done = promtool.run("test", "rules", files=[folder / "judged.test.yaml"])
    assert done.returncode == 0, (done.stdout + done.stderr)[:6000]
