"""A preset read from its file: one telemetry convention as data (`presets/*.yaml`, schema `preset.schema.json`)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from gitops_obs import source

Matchers = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

ROLES = ("status", "route", "method", "version")


@dataclass(frozen=True, slots=True)
class Counted:
    """Metrics that count something, added up: `kind` is counter, gauge_per_period or monotonic_gauge."""

    metrics: tuple[str, ...]
    kind: str
    period: int
    labels: frozenset[str]
    match: Matchers


@dataclass(frozen=True, slots=True)
class Histogram:
    """A duration histogram: base name without `_bucket`, bounds in `unit` (s or ms) without +Inf."""

    metric: str
    unit: str
    buckets: tuple[Decimal, ...]
    labels: frozenset[str]
    match: Matchers
    native: bool
    exemplars: bool


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """An info metric that carries the version, joined `on` its labels."""

    metric: str
    label: str
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A further named expression; `expr` maps workload kind (or "") to text with placeholders such as `${select}`."""

    expr: tuple[tuple[str, str], ...]
    unit: str
    help: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Preset:
    """What one telemetry convention can answer. Fields as described in `schema/preset.schema.json`.

    Compared by identity: one process reads each preset once. `digest` tells presets of different content apart.
    """

    id: str
    title: str
    summary: str
    kind: str
    fixed: Matchers
    required: tuple[str, ...]
    target: tuple[str, ...]
    requests: Counted | None
    errors: Counted | None
    error_match: Matchers
    duration: Histogram | None
    duration_by_route: Histogram | None
    gauges: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]
    status_style: str
    version_info: VersionInfo | None
    delay: int
    min_window: int
    queries: tuple[tuple[str, Query], ...]
    cannot: tuple[tuple[str, str], ...]
    digest: str

    def __repr__(self) -> str:
        return f"{self.id}@{self.digest}"

    def reason(self, question: str) -> str:
        """Why `question` is not answered, one sentence."""
        return dict(self.cannot).get(question, f"the preset `{self.id}` does not answer `{question}`")


def renamed(preset: Preset, labels: dict[str, str]) -> Preset:
    """The preset with the labels of some roles renamed wherever they stand, as `telemetry.labels` asks."""
    roles = dict(preset.labels)
    names = {roles[role]: label for role, label in labels.items() if role in roles}

    def rename(part: Any) -> Any:
        return part and replace(part, labels=frozenset(names.get(label, label) for label in part.labels))

    added = frozenset(label for role, label in labels.items() if role not in roles)
    requests = rename(preset.requests)
    return replace(
        preset,
        labels=tuple((roles | labels).items()),
        requests=requests and replace(requests, labels=requests.labels | added),
        errors=rename(preset.errors),
        duration=rename(preset.duration),
        duration_by_route=rename(preset.duration_by_route),
        digest=f"{preset.digest}+{sorted(labels.items())}",
    )


def from_data(data: dict[str, Any]) -> Preset:
    """The preset in `data`, which must hold to `preset.schema.json`."""
    select = data.get("select", {})
    requests = _counted(data.get("requests"))
    errors, error_match = _errors(data.get("errors"), requests)
    return Preset(
        id=data["preset"],
        title=data["title"],
        summary=data["summary"],
        kind=data["kind"],
        fixed=_matchers(select.get("fixed")),
        required=tuple(select.get("required", ())),
        target=tuple(select.get("target", ())),
        requests=requests,
        errors=errors,
        error_match=error_match,
        duration=_histogram(data.get("duration")),
        duration_by_route=_histogram(data.get("duration_by_route")),
        gauges=tuple(data.get("gauges", {}).items()),
        labels=tuple(data.get("labels", {}).items()),
        status_style=data.get("status_style", ""),
        version_info=version_info(data.get("version_info")),
        delay=data.get("delay", 0),
        min_window=data.get("min_window", 0),
        queries=tuple((name, _query(query)) for name, query in data.get("queries", {}).items()),
        cannot=tuple(data.get("cannot", {}).items()),
        digest=hashlib.blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=8).hexdigest(),
    )


@cache
def builtin_names() -> frozenset[str]:
    """Ids of the presets that come with gitops-obs; the folder is the registry."""
    folder = resources.files("gitops_obs") / "presets"
    return frozenset(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def builtin_text(name: str) -> str:
    """The YAML text of a built-in preset. Raises KeyError where there is none."""
    if name not in builtin_names():
        raise KeyError(name)
    return (resources.files("gitops_obs") / "presets" / f"{name}.yaml").read_text("utf-8")


@cache
def builtin_data(name: str) -> dict[str, Any]:
    """A built-in preset as plain data, caveats, sources and sample series included. Raises KeyError."""
    return _read(name, builtin_text(name))


@cache
def builtin(name: str) -> Preset:
    """A built-in preset. Raises KeyError where there is none."""
    # sample series stand last (a test holds that), take four fifths of the time, and no build needs them
    return from_data(_read(name, builtin_text(name).partition("\nsample_series:")[0]))


def _read(name: str, text: str) -> dict[str, Any]:
    document, findings = source.read(f"presets/{name}.yaml", text)
    if findings:
        raise ValueError(f"built-in preset {name}: {findings[0].message} at {findings[0].span}")
    data: dict[str, Any] = document.value
    return data


def version_info(data: dict[str, Any] | None) -> VersionInfo | None:
    """The info metric in `data` (a preset's `version_info` or a service's `telemetry.version`)."""
    if not data:
        return None
    return VersionInfo(data["metric"], data.get("label", "version"), tuple(data.get("on", ("job", "instance"))))


def _counted(data: dict[str, Any] | None) -> Counted | None:
    if not data:
        return None
    labels = frozenset(data.get("labels", ()))
    kind = data.get("type", "counter")
    return Counted(tuple(data["metrics"]), kind, data.get("period", 60), labels, _matchers(data.get("match")))


def _errors(data: dict[str, Any] | None, requests: Counted | None) -> tuple[Counted | None, Matchers]:
    if not data or requests is None:
        return None, ()
    if "metrics" not in data:
        return requests, _matchers(data["match"])
    labels = frozenset(data.get("labels", requests.labels))
    counted = Counted(tuple(data["metrics"]), requests.kind, requests.period, labels, requests.match)
    return counted, _matchers(data.get("match"))


def _histogram(data: dict[str, Any] | None) -> Histogram | None:
    if not data:
        return None
    return Histogram(
        metric=data["metric"],
        unit=data.get("unit", "s"),
        buckets=tuple(Decimal(str(bound)) for bound in data.get("buckets", ())),
        labels=frozenset(data.get("labels", ())),
        match=_matchers(data.get("match")),
        native=data.get("native", False),
        exemplars=data.get("exemplars", False),
    )


def _query(data: dict[str, Any]) -> Query:
    expr = data["expr"]
    pairs = tuple(expr.items()) if isinstance(expr, dict) else (("", expr),)
    return Query(pairs, data["unit"], data["help"])


def _matchers(data: dict[str, dict[str, str]] | None) -> Matchers:
    return tuple((label, tuple(ops.items())) for label, ops in (data or {}).items())
