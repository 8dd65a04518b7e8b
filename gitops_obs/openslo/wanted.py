"""An SLO and its SLI → what is wanted of which requests: a ratio, a window, and the counters to measure them by.

From the specification, *SLO*, *Objectives*, *SLI* and *Ratio Metric*: `target` is a fraction in [0, 1) and
`targetPercent` the same in percent, one of them is needed; `timeWindow` has at most one entry, rolling or on a
calendar; `budgetingMethod` is Occurrences, Timeslices or RatioTimeslices; a ratio is good or bad of total, or raw. A
duration is a whole number and one of m, h, d, w, M, Q, Y, whose months, quarters and years each tool reads its way.
What a metric source's own `spec` holds is free: `query` is what the specification's examples write for Prometheus,
`promql` what Nobl9 writes; a template such as `{{.window}}` in it stands for a duration (sloth's OpenSLO examples).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitops_obs import promql, units
from gitops_obs.errors import Severity
from gitops_obs.openslo import exported
from gitops_obs.spec import Problem, shown

if TYPE_CHECKING:
    from decimal import Decimal

    from gitops_obs.openslo.documents import Fields, Objects
    from gitops_obs.promql import Addend
    from gitops_obs.source import Path

METHODS = ("Occurrences", "Timeslices", "RatioTimeslices")

_DURATION = re.compile(r"(\d{1,6})([mhdwMQY])", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 30 * 86400, "Q": 90 * 86400, "Y": 365 * 86400}
_LEAST, _MOST = 7, 90  # days of a window, as service files take them (OBS113)
_TEMPLATE = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|\{\{[^{}]*\}\}""")  # or a string
_PROMETHEUS = re.compile(r"prom|mimir|thanos|cortex|victoria", re.IGNORECASE)
_QUERIES = ("query", "promql", "expr")
_MEASURES = "a service file counts requests: `availability` by errors, `latency` by a histogram's buckets"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One objective: `ratio` of `total` over `window` ("" for the project's own) is good.

    `part` counts what is good, or what is bad where `bad` is true. `queries` is where the queries stand. `preset` and
    `route` are what gitops-obs itself noted when it exported the SLO, the preset and the label of the route.
    """

    slo: Fields
    service: str
    ratio: Decimal
    window: str
    part: tuple[Addend, ...]
    total: tuple[Addend, ...]
    bad: bool
    queries: tuple[Fields, Path]
    preset: str
    route: str

    def differs(self, message: str, hint: str) -> None:
        """Keep a finding OBS142 about the queries: taken over, but not as it stands there."""
        fields, path = self.queries
        fields.say(Problem("OBS142", path, message, hint, severity=Severity.WARNING, key=True))


@dataclass(frozen=True, slots=True)
class _Indicator:
    """Where an SLI stands: inside an SLO, or as an object of its own."""

    fields: Fields
    path: Path


def wanted(slo: Fields, objects: Objects) -> Wanted | None:
    """What `slo` wants, None (and findings) where a service file cannot want it."""
    before = len(slo.findings)
    service = slo.text("spec", "service", needed=True)
    composite = any(slo.has("spec", "objectives", n, key) for n in slo.entries("spec", "objectives", needed=True)
                    for key in ("indicator", "indicatorRef"))  # fmt: skip
    if composite:
        left_out(slo, ("spec", "objectives"), "it is composed of several indicators", "give each an SLO of its own")
        return None
    ratio, window = _ratio(slo), _window(slo)
    _method(slo)
    indicator = _indicator(slo, objects)
    if indicator is None or ratio is None or not service:
        return None
    counted = _counters(slo, indicator, objects)
    if counted is None or any(found.severity is Severity.ERROR for found in slo.findings[before:]):
        return None
    part, total, bad = counted
    return Wanted(
        slo,
        service,
        ratio,
        window,
        part,
        total,
        bad,
        (indicator.fields, (*indicator.path, "spec", "ratioMetric")),
        slo.text("metadata", "annotations", exported.PRESET),
        slo.text("metadata", "annotations", exported.ROUTE),
    )


def left_out(slo: Fields, path: Path, why: str, hint: str) -> None:
    """Keep a finding OBS141: the SLO comes into no service file."""
    message = f"{slo.title} is left out: {why}"
    slo.say(Problem("OBS141", path, message, hint, severity=Severity.WARNING, key=True))


# objectives and windows ----------------------------------------------------------------------------------------------


def _ratio(slo: Fields) -> Decimal | None:
    """The strictest target, for a service file has one."""
    entries = slo.entries("spec", "objectives", needed=True)
    if not entries and slo.mapping("spec") and isinstance(slo.data["spec"].get("objectives"), list):
        slo.wrong(("spec", "objectives"), "an SLO needs an objective", "add one with a `target`", key=True)
    found = [(ratio, n) for n in entries if (ratio := _target(slo, ("spec", "objectives", n))) is not None]
    if not found or len(found) < len(entries):
        return None
    ratio, kept = max(found, key=lambda one: (one[0], -one[1]))
    for other, n in found:
        if n != kept:
            message = f"{slo.title}: the objective {units.percent(other)} is left out, {units.percent(ratio)} is kept"
            hint = "a service file has one objective of a kind"
            slo.say(Problem("OBS141", ("spec", "objectives", n), message, hint, severity=Severity.WARNING))
    return ratio


def _target(slo: Fields, path: Path) -> Decimal | None:
    slo.mapping(*path, needed=True)
    target, percent = slo.number(*path, "target"), slo.number(*path, "targetPercent")
    keys = [key for key in ("target", "targetPercent") if slo.has(*path, key)]
    if len(keys) != 1:
        message = "an objective has either `target` or `targetPercent`" + (", not both" if keys else "")
        slo.wrong(path, message, "write `target: 0.999`, or `targetPercent: 99.9`", key=True)
        return None
    ratio = target if target is not None else percent / 100 if percent is not None else None
    if ratio is None:
        return None
    if not 0 <= ratio < 1:
        most = "1" if keys == ["target"] else "100"
        hint = "write a fraction such as 0.999" if keys == ["target"] else "write a percentage such as 99.9"
        slo.wrong((*path, keys[0]), f"`{keys[0]}` must be at least 0 and below {most}", hint)
        return None
    if not ratio:
        left_out(slo, (*path, keys[0]), "a target of 0 asks for nothing", "choose one such as 0.999")
        return None
    return ratio


def _window(slo: Fields) -> str:
    path: Path = ("spec", "timeWindow")
    entries = slo.entries(*path)
    if len(entries) > 1:
        slo.wrong(path, "an SLO has one time window", "delete the others", key=True)
    if not entries:
        return ""
    path = (*path, 0)
    slo.mapping(*path, needed=True)
    text, rolling = slo.text(*path, "duration", needed=True), slo.flag(*path, "isRolling")
    match = _DURATION.fullmatch(text)
    if match is None:
        if text:
            slo.wrong((*path, "duration"), f"{shown(text)} is no duration", "a whole number and m, h, d, w, M, Q or Y")
        return ""
    days, rest = divmod(int(match[1]) * _SECONDS[match[2]], units.DAY)
    if rest or not _LEAST <= days <= _MOST:
        why = "a service file's are whole days from 7d to 90d"
        _differs(slo, (*path, "duration"), f"a window of {text} becomes the project's own", why)
        return ""
    if slo.mapping(*path, "calendar") is not None or rolling is False:
        slo.ignore(*path, "calendar")
        _differs(
            slo,
            path,
            f"a window of {text} on a calendar becomes rolling {days}d",
            "a service file has rolling windows only",
        )
    elif match[2] in "MQY":
        _differs(slo, (*path, "duration"), f"a window of {text} becomes {days}d", "a service file counts days")
    return f"{days}d"


def _method(slo: Fields) -> None:
    path: Path = ("spec", "budgetingMethod")
    method = slo.text(*path, needed=True)
    if method and method not in METHODS:
        slo.wrong(path, f"no budgeting method {shown(method)}", f"one of {', '.join(METHODS)}")
    elif method and method != METHODS[0]:
        for n in slo.entries("spec", "objectives"):
            slo.ignore("spec", "objectives", n, "timeSliceTarget")
            slo.ignore("spec", "objectives", n, "timeSliceWindow")
        hint = "an objective in a service file is a share of requests; choose its value anew"
        _differs(slo, path, f"{slo.title} counts time slices, and requests from here on", hint)


def _differs(slo: Fields, path: Path, message: str, hint: str) -> None:
    slo.say(Problem("OBS142", path, message, hint, severity=Severity.WARNING))


# the indicator -------------------------------------------------------------------------------------------------------


def _indicator(slo: Fields, objects: Objects) -> _Indicator | None:
    inline, ref = slo.has("spec", "indicator"), slo.has("spec", "indicatorRef")
    if inline == ref:
        message = "an SLO has either `indicator` or `indicatorRef`" + (", not both" if inline else "")
        slo.wrong(("spec",), message, "write the SLI into `indicator:`, or name it in `indicatorRef:`", key=True)
        return None
    if inline:
        slo.ignore("spec", "indicator", "metadata", "name")
        found = slo.mapping("spec", "indicator", "spec", needed=True)
        return _Indicator(slo, ("spec", "indicator")) if found is not None else None
    name = slo.text("spec", "indicatorRef")
    sli = objects.by_kind["SLI"].get(name)
    if sli is None and name:
        slo.wrong(("spec", "indicatorRef"), f"no SLI {shown(name)} in these files", "give the file with it as well")
    if sli is None:
        return None
    sli.named = True
    return _Indicator(sli, ())


def _counters(
    slo: Fields, indicator: _Indicator, objects: Objects
) -> tuple[tuple[Addend, ...], tuple[Addend, ...], bool] | None:
    fields, path = indicator.fields, (*indicator.path, "spec")
    kinds = [kind for kind in ("ratioMetric", "thresholdMetric") if fields.has(*path, kind)]
    if len(kinds) != 1:
        message = "an SLI has either `ratioMetric` or `thresholdMetric`" + (", not both" if kinds else "")
        fields.wrong(path, message, "write a `ratioMetric` with `good` and `total`", key=True)
        return None
    fields.mapping(*path, kinds[0])
    if kinds == ["thresholdMetric"]:
        left_out(slo, _here(slo, fields, (*path, kinds[0])), "it compares a value with a threshold", _MEASURES)
        return None
    path = (*path, "ratioMetric")
    fields.flag(*path, "counter")
    if fields.has(*path, "raw"):
        hint = "write `bad` (or `good`) and `total` with a counter each"
        left_out(slo, _here(slo, fields, (*path, "raw")), "it reads a ratio that is worked out elsewhere", hint)
        return None
    given = [key for key in ("good", "bad") if fields.has(*path, key)]
    if len(given) != 1 or not fields.has(*path, "total"):
        message = "a ratio has either `good` or `bad`, and `total`"
        fields.wrong(path, message, "`good` and `bad` exclude each other" if len(given) > 1 else "", key=True)
        return None
    part, total = (_query(slo, fields, (*path, key), objects) for key in (given[0], "total"))
    return _as_part(part, total, bad=given == ["bad"]) if part and total else None


def _here(slo: Fields, fields: Fields, path: Path) -> Path:
    """`path` where it is one of the SLO itself, else that of the reference to the SLI."""
    return path if fields is slo else ("spec", "indicatorRef")


def _as_part(
    part: tuple[Addend, ...], total: tuple[Addend, ...], *, bad: bool
) -> tuple[tuple[Addend, ...], tuple[Addend, ...], bool]:
    """`total - x` is the other of good and bad, which x counts."""
    plus = tuple(found for found in part if found.sign > 0)
    if len(plus) < len(part) and sorted(plus, key=repr) == sorted(total, key=repr):
        return tuple(replace(found, sign=1) for found in part if found.sign < 0), total, not bad
    return part, total, bad


def _query(slo: Fields, fields: Fields, path: Path, objects: Objects) -> tuple[Addend, ...] | None:
    path = (*path, "metricSource")
    fields.mapping(*path, needed=True)
    kind = fields.text(*path, "type") or _source_type(fields, path, objects)
    if kind and not _PROMETHEUS.search(kind):
        _unread(fields, (*path, "type") if fields.has(*path, "type") else path, slo, f"{shown(kind)} is no Prometheus")
        return None
    fields.mapping(*path, "spec", needed=True)
    key = next((key for key in _QUERIES if fields.text(*path, "spec", key).strip()), None)
    if key is None:
        _unread(fields, path, slo, "its metric source has no `spec.query` with PromQL")
        return None
    path = (*path, "spec", key)
    text = fields.text(*path)
    try:
        return tuple(promql.addends(_TEMPLATE.sub(lambda found: found[1] or "5m", text)))
    except ValueError as error:
        _unread(fields, path, slo, " ".join(str(error).split()))
        return None


def _source_type(fields: Fields, path: Path, objects: Objects) -> str:
    source = objects.by_kind["DataSource"].get(fields.text(*path, "metricSourceRef"))
    return source.text("spec", "type") if source else ""


def _unread(fields: Fields, path: Path, slo: Fields, why: str) -> None:
    hint = 'write a sum of counters in PromQL, such as sum(http_requests_total{job="checkout"})'
    key = path[-1] == "metricSource"
    fields.say(Problem("OBS143", path, f"{slo.title} cannot be read: {why}", hint, key=key))
