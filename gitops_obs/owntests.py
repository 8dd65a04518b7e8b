"""`tests:` of a service file: series and what must follow, for rules, panels and presets of the user's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs import promql, units
from gitops_obs.model import OwnClaim, OwnSample, OwnSeries, OwnTest
from gitops_obs.spec import Problem, shown

if TYPE_CHECKING:
    from gitops_obs.source import Path

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+|[iI]nf|NaN)"
_STEP = re.compile(rf"(?:{_NUMBER}(?:[-+]\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)?(?:x\d{{1,6}})?|_(?:x\d{{1,6}})?|stale)")
_NATIVE = re.compile(r"\{\{[^{}]*\}\}(?:[-+]\{\{[^{}]*\}\})?(?:x\d{1,6})?")
_HINT_VALUES = "write samples as promtool does: `1 2 3`, `0+10x30`, `5x10`, `_x3` or `stale`"


def read(data: dict[str, Any], problems: list[Problem]) -> tuple[OwnTest, ...]:
    """The tests in a service file; what promtool would not read is added to `problems` (OBS104, 123, 201)."""
    return tuple(_test(test, ("tests", n), data["service"], problems) for n, test in enumerate(data.get("tests", ())))


def _test(test: dict[str, Any], path: Path, service: str, problems: list[Problem]) -> OwnTest:
    series = tuple(_series(name, value, (*path, "series", name), problems) for name, value in test["series"].items())
    claims = (_claim(claim, (*path, "expect", n), service, problems) for n, claim in enumerate(test["expect"]))
    number = path[-1]
    name = test.get("name") or f"test {int(number) + 1}"
    return OwnTest(" ".join(name.split()), _time(test, "interval", "1m", path, problems), series, tuple(claims))


def _series(name: str, value: Any, path: Path, problems: list[Problem]) -> OwnSeries:
    values = " ".join(units.written(value).split())
    if why := _not_a_series(name):
        hint = 'write a metric and its labels, such as `orders_waiting{job="shop"}`'
        problems.append(Problem("OBS123", path, f"{shown(name)} is no series: {why}", hint, key=True))
    elif not _are_samples(values):
        problems.append(Problem("OBS123", path, f"{shown(values)} are no samples", _HINT_VALUES))
    return OwnSeries(name, values)


def _not_a_series(name: str) -> str:
    if why := promql.error(name):
        return why
    try:
        (selector,) = promql.selectors(name)
    except ValueError:
        return "it is more than one series"
    if not selector.name or any(op != "=" for _, op, _ in selector.matchers):
        return "a series has a name, and labels with `=`"
    return (
        "" if name.rstrip().endswith("}") or re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name) else "it is an expression"
    )


def _are_samples(values: str) -> bool:
    rest = _NATIVE.sub(" ", values)
    return bool(values) and all(_STEP.fullmatch(word) for word in rest.split())


def _claim(claim: dict[str, Any], path: Path, service: str, problems: list[Problem]) -> OwnClaim:
    at = _time(claim, "at", "0s", path, problems)
    if "alert" in claim:
        return _alert(claim, at, service)
    if why := promql.error(claim["expr"]):
        problems.append(Problem("OBS201", (*path, "expr"), f"not PromQL: {why}", "try it in Prometheus"))
    samples = claim.get("samples", {}).items()
    return OwnClaim(at, claim["expr"], tuple(OwnSample(labels, units.written(value)) for labels, value in samples))


def _alert(claim: dict[str, Any], at: str, service: str) -> OwnClaim:
    """How often an alert of the service fires, as a number; whether it does, unless a number is given."""
    wanted: dict[str, Any] = {"alertname": claim["alert"], "alertstate": "firing", "service": service}
    wanted |= claim.get("labels", {})
    matchers = promql.matchers({label: {"eq": value} for label, value in wanted.items()})
    fires, count = claim.get("fires", True), f"count(ALERTS{{{matchers}}}) or vector(0)"
    expr = f"({count}) > bool 0" if isinstance(fires, bool) else count
    return OwnClaim(at, expr, (OwnSample("{}", str(int(fires))),))


def _time(data: dict[str, Any], key: str, default: str, path: Path, problems: list[Problem]) -> str:
    try:
        return units.whole_duration(data.get(key, default))
    except ValueError as error:
        problems.append(Problem("OBS104", (*path, key), *units.advice(error)))
        return default
