"""Runs a scenario: the rules of a service over its presets, evaluated by Debian's promtool.

promtool says nothing but whether an expectation holds, and shows what it got where one does not. So each scenario
claims that nothing fired, and what promtool got instead is what fired: since when, for how many evaluations, how often.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitops_obs import recorded, units
from tests import factory, promtool
from tests.incidents import world

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitops_obs.model import Service
    from tests.incidents.world import Life

_SAMPLE = re.compile(r'\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\} (\S+?)(?:,|$)', re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_WORD = re.compile(r"[a-zA-Z_:][\w:]*")
_BY = ("alertname", "severity", "slo", "route", "version", "long_window")
_SEEN = 4
"""Minutes of the longest step that does not change what groups see of each other."""


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert that fired: its labels, the minute of the first time, minutes in all, and how often it began."""

    labels: tuple[tuple[str, str], ...]
    first: float
    minutes: float
    times: int

    @property
    def name(self) -> str:
        """The alert's name."""
        return dict(self.labels)["alertname"]

    @property
    def severity(self) -> str:
        """`page` or `ticket`."""
        return dict(self.labels)["severity"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What fired, the first one first, and how many requests a second were recorded at most."""

    fired: tuple[Fired, ...]
    most: float


def service(preset: str, every: int, *, routes: bool = True) -> Service:
    """A service with objectives for availability and latency, and for a route, evaluated every so many minutes."""
    project = replace(factory.PROJECT, interval=f"{every}m")
    full = factory.service(preset, project=project, drift=(), workload=None)
    return full if routes else replace(full, routes=())


def run(services: Mapping[str, Service], life: Life, minutes: int, only: Iterable[str] = ()) -> dict[str, Outcome]:
    """What fires of services, by name, that live like that: of all alerts, or of those called `only`."""
    memory = Path("/dev/shm")  # noqa: S108  # promtool writes a database for every test, and syncs it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as temporary:
        folder = Path(temporary)
        files = [_written(folder / name, one, life, minutes, only) for name, one in services.items()]
        environment = os.environ | {"TMPDIR": temporary, "GOMAXPROCS": "1", "GOGC": "400"}
        command = ["promtool", "test", "rules", *map(str, files)]
        # what it got goes to one stream, and what it got that of to the other
        pipe, out = subprocess.PIPE, subprocess.STDOUT
        done = subprocess.run(command, stdout=pipe, stderr=out, text=True, check=False, env=environment)
    said = done.stdout.split("Unit Testing:  ")[1:]
    assert len(said) == len(services), done.stdout
    found = zip(services.items(), said, strict=True)
    return {name: _outcome(text, _every(one)) for (name, one), text in found}


def _every(subject: Service) -> int:
    """Minutes from one evaluation to the next."""
    return int(units.duration(subject.project.interval)) // 60


def _written(stem: Path, subject: Service, life: Life, minutes: int, only: Iterable[str]) -> Path:
    """The files of one promtool test: its rules beside it."""
    every = _every(subject)
    needed = _needed(promtool.groups(subject)["groups"], set(only))
    content = {"groups": _at_once(needed) if every > _SEEN else needed}
    stem.with_suffix(".rules.yaml").write_text(promtool.dump(content))
    read = {word for group in content["groups"] for rule in group["rules"] for word in _WORD.findall(rule["expr"])}
    whole, firing = f"{minutes - minutes % every}m", 'ALERTS{alertstate="firing"}'
    asked = {
        "first": f"min by ({', '.join(_BY)}) (min_over_time(timestamp({firing})[{whole}:{every}m])) / 60",
        "count": f"max by ({', '.join(_BY)}) (count_over_time({firing}[{whole}]))",
        "times": f"max by ({', '.join(_BY)}) "
        f"(count_over_time(({firing} unless {firing} offset {every}m)[{whole}:{every}m]))",
        "most": f"max_over_time({recorded.of(subject, recorded.requests(subject.project))}[{whole}])",
    }
    test = {
        "interval": "1m",
        "input_series": [
            {"series": series, "values": values}
            for series, values in world.series(subject, life, minutes).items()
            if series.partition("{")[0] in read
        ],
        # a label tells the answers apart; whoever answers is not expected to
        "promql_expr_test": [
            {"eval_time": whole, "expr": f'label_replace({expr}, "asked", "{key}", "", "")', "exp_samples": []}
            for key, expr in asked.items()
        ],
    }
    file = stem.with_suffix(".test.yaml")
    order = [group["name"] for group in content["groups"]]
    data = {"rule_files": [f"{stem.name}.rules.yaml"], "evaluation_interval": f"{every}m", "group_eval_order": order}
    file.write_text(promtool.dump(data | {"tests": [test]}))
    return file


def _needed(groups: list[dict[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    """The alerts called so, or all, and whatever is recorded for them: what only panels show is left out."""
    rules = [rule for group in groups for rule in group["rules"]]
    wanted = names or {rule["alert"] for rule in rules if "alert" in rule}
    texts = [rule["expr"] for rule in rules if rule.get("alert") in wanted]
    while texts:
        read = {name for text in texts for name in _WORD.findall(text)} - wanted
        wanted |= read
        texts = [rule["expr"] for rule in rules if rule.get("record") in read]
    # what is counted is shown, whoever needs it
    wanted.add("service:requests:rate5m")
    kept = [
        group | {"rules": [rule for rule in group["rules"] if {rule.get("alert"), rule.get("record")} & wanted]}
        for group in groups
    ]
    return [group for group in kept if group["rules"]]


def _at_once(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One group, alerts last: what one group reads of another is half a minute old, not one step of a coarse run."""
    rules = [rule for group in groups for rule in group["rules"]]
    return [{"name": "all", "rules": sorted(rules, key=lambda rule: "alert" in rule)}]


def _outcome(text: str, every: int) -> Outcome:
    """What promtool got; raises AssertionError where it says anything else."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {"first": {}, "count": {}, "times": {}, "most": {}}
    assert "SUCCESS" in text or "got:" in text, text
    for got in re.findall(r"got: ?(.*)$", text, re.MULTILINE):
        for labels, value in _SAMPLE.findall(got):
            pairs = dict(_LABEL.findall(labels))
            found[pairs.pop("asked")][tuple((key, pairs[key]) for key in _BY if key in pairs)] = float(value)
    fired = [
        Fired(labels, first, found["count"][labels] * every, round(found["times"][labels]))
        for labels, first in found["first"].items()
    ]
    most = next(iter(found["most"].values()), 0.0)
    return Outcome(tuple(sorted(fired, key=lambda one: (one.first, one.labels))), most)
