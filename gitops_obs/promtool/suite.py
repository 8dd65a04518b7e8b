"""The tests of services as they stand in `generated/`, one job for each test with the rules that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from gitops_obs.errors import Diagnostic, Span
from gitops_obs.promtool.narrow import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "generated"
NATIVE = ".native."
_ALERTS = 'ALERTS{alertname="'
_HINT = "run `gitops-obs build`; nothing else writes there"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One test of one service: `rules` and `test` are what promtool reads, `file` is where it stands.

    Two jobs are never equal, whatever they hold.
    """

    service: str
    file: str
    name: str
    native: bool
    rules: dict[str, Any]
    test: dict[str, Any]


def files(root: Path, owner: str, service: str) -> list[str]:
    """The test files of a service, relative to `root`."""
    folder = root / FOLDER / "tests" / owner
    found = (file for file in sorted(folder.glob(f"{service}.*yaml")) if file.name.endswith("test.yaml"))
    return [file.relative_to(root).as_posix() for file in found if file.name.partition(".")[0] == service]


def jobs(root: Path, owner: str, service: str, *, whole: bool = False) -> Iterator[Job | Diagnostic]:
    """Each test of a service, with all its rules where `whole`. What cannot be read is a finding (OBS351)."""
    place = f"{FOLDER}/rules/{owner}/{service}.yaml"
    rules = _read(root, place)
    if isinstance(rules, Diagnostic):
        yield rules
        return
    known = Rules(rules.get("groups") or [])
    for file in files(root, owner, service):
        data = _read(root, file)
        if isinstance(data, Diagnostic):
            yield data
            continue
        for test in data.get("tests") or ():
            yield _job(service, file, data, test, known, whole=whole)


def _job(service: str, file: str, data: dict[str, Any], test: dict[str, Any], known: Rules, *, whole: bool) -> Job:
    alerts = {claim["alertname"] for claim in test.get("alert_rule_test") or ()}
    exprs = [number["expr"] for number in test.get("promql_expr_test") or ()]
    alerts |= {expr.split(_ALERTS, 1)[1].split('"', 1)[0] for expr in exprs if _ALERTS in expr}
    groups = known.groups if whole else known.needed(sorted(alerts), exprs)
    order = [group["name"] for group in groups]
    every = data.get("evaluation_interval", "1m")
    told = {"evaluation_interval": every, "group_eval_order": order, "tests": [test]}
    return Job(service, file, str(test.get("name", "")), NATIVE in file, {"groups": groups}, told)


def _read(root: Path, place: str) -> dict[str, Any] | Diagnostic:
    try:
        data = yaml.load((root / place).read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no YAML"
        return Diagnostic("OBS351", f"cannot read `{place}`: {why}", Span(place), hint=_HINT)
    return data if isinstance(data, dict) else Diagnostic("OBS351", f"`{place}` is empty", Span(place), hint=_HINT)
