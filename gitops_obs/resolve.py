"""Spec → model: what a service file that holds to its schema means, and what in it cannot be meant.

Pure: whatever a file, a registry or the project says comes in as an argument.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gitops_obs import preset as presets
from gitops_obs import promql, units
from gitops_obs.model import (
    AlertSetting,
    AlertValue,
    Availability,
    DriftSource,
    Latency,
    Links,
    RouteObjective,
    Service,
    Workload,
)
from gitops_obs.signal import Signal
from gitops_obs.spec import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitops_obs.preset import Preset
    from gitops_obs.project import ProjectFile
    from gitops_obs.source import Path

_LATENCY = re.compile(r"(\d+(?:[.,]\d+)?) ?%? ?(?:<=?|≤) ?(\S+)")
_HOURLY_SHARE = Decimal("0.02")  # a page means: 2 % of the budget goes in an hour (SRE workbook, ch. 5)
_MIN_WINDOW, _MAX_WINDOW = 7 * units.DAY, 90 * units.DAY
_POD_SUFFIX = {"deployment": "-[a-z0-9]+-[a-z0-9]{5}", "statefulset": "-[0-9]+", "daemonset": "-[a-z0-9]{5}"}


@dataclass(frozen=True)
class Context:
    """What a service file is read against.

    `preset` gives a preset by name (KeyError where there is none); `preset_names`, `alerts` (id → keys that may be
    set) and `panels` are what names are checked against. `renamed` caches presets changed by a service's labels.
    """

    project: ProjectFile
    preset: Callable[[str], Preset]
    preset_names: frozenset[str]
    alerts: Mapping[str, frozenset[str]]
    panels: frozenset[str]
    renamed: dict[tuple[str, tuple[tuple[str, str], ...]], Preset] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What had to be worked out, and may have failed, before a service can be put together."""

    signal: Signal
    availability: Availability | None
    latency: Latency | None
    routes: tuple[RouteObjective, ...]
    alerts: tuple[AlertSetting, ...]


def service(data: dict[str, Any], file: str, context: Context) -> tuple[Service | None, list[Problem]]:
    """The service in `data`, or None and why not."""
    problems: list[Problem] = []
    _check_names(data, context, problems)
    signal = _signal(data["telemetry"], context, problems)
    alerts = _alerts(data, context, problems)
    if signal is None:
        return None, problems
    objectives = _Objectives(data, signal, context.project.window, problems)
    parts = _Parts(signal, objectives.availability(), objectives.latency(), objectives.routes(), alerts)
    _can_fire(parts, problems)
    return (None if problems else _assemble(data, file, context.project, parts)), problems


def _check_names(data: dict[str, Any], context: Context, problems: list[Problem]) -> None:
    owners = context.project.owners
    if owners is not None and data["owner"] not in owners:
        hint = nearest(data["owner"], owners)
        problems.append(Problem("OBS116", ("owner",), f"no owner `{data['owner']}` in gitops-obs.yaml", hint))
    for n, panel in enumerate(data.get("panels", ())):
        if panel not in context.panels:
            hint = nearest(panel, context.panels) or f"write panels/{panel}.yaml or panels/{panel}.py"
            problems.append(Problem("OBS114", ("panels", n), f"no panel `{panel}`", hint))


def _assemble(data: dict[str, Any], file: str, project: ProjectFile, parts: _Parts) -> Service:
    description = " ".join(data.get("description", "").split())
    return Service(
        name=data["service"],
        owner=data["owner"],
        description=description,
        file=file,
        tier=str(data.get("tier", project.tier)),
        has_description=bool(description),
        signal=parts.signal,
        availability=parts.availability,
        latency=parts.latency,
        routes=parts.routes,
        workload=_workload(data.get("runs_on")),
        drift=_drift(data),
        alerts=parts.alerts,
        links=_links(data.get("links", {}), project),
        panels=tuple(data.get("panels", ())),
        has_instance=data["telemetry"].get("instance", True),
        project=project.model,
    )


# telemetry -----------------------------------------------------------------------------------------------------------


def _signal(telemetry: dict[str, Any], context: Context, problems: list[Problem]) -> Signal | None:
    name = telemetry["preset"]
    if name not in context.preset_names:
        hint = nearest(name, context.preset_names)
        problems.append(Problem("OBS107", ("telemetry", "preset"), f"no preset `{name}`", hint))
        return None
    preset = _renamed(context.preset(name), telemetry.get("labels"), context)
    select = {k: {"eq": v} if isinstance(v, str) else v for k, v in telemetry["select"].items()}
    _check_select(select, preset, problems)
    histogram = telemetry.get("histogram", "classic")
    if histogram == "native" and not (preset.duration and preset.duration.native):
        problems.append(Problem("OBS104", ("telemetry", "histogram"), f"`{name}` has no native histogram",
                                preset.reason("native")))  # fmt: skip
    fixed = {label: dict(ops) for label, ops in preset.fixed if label not in select}
    target = {label: ops for label, ops in select.items() if label in preset.target}
    version = presets.version_info(telemetry.get("version")) or preset.version_info
    on_info = {label: ops for label, ops in select.items() if version and label in version.on}
    return Signal(
        preset=preset,
        select=promql.matchers(fixed | select),
        target_select=promql.matchers(target),
        info_select=promql.matchers(on_info),
        has_target=any("eq" in ops for ops in target.values()),
        labels=preset.labels,
        histogram=histogram,
        version_info=version,
    )


def _renamed(preset: Preset, labels: dict[str, str] | None, context: Context) -> Preset:
    if not labels:
        return preset
    key = (preset.id, tuple(sorted(labels.items())))
    if key not in context.renamed:
        context.renamed[key] = presets.renamed(preset, labels)
    return context.renamed[key]


def _check_select(select: dict[str, dict[str, str]], preset: Preset, problems: list[Problem]) -> None:
    for label in preset.required:
        if label not in select:
            message = f"`select` lacks `{label}`, without which `{preset.id}` reads other services' series"
            problems.append(Problem("OBS108", ("telemetry", "select"), message, f"add `{label}: …`", key=True))
    if all(op in ("ne", "nre") for ops in select.values() for op in ops):
        message = "`select` only excludes, so it would match every other service"
        problems.append(Problem("OBS108", ("telemetry", "select"), message, "name one label by its value", key=True))
    for label, ops in select.items():
        for op, pattern in ops.items():
            if op in ("re", "nre") and (why := promql.error(f"x{{{promql.matcher(label, op, pattern)}}}")):
                problems.append(Problem("OBS104", ("telemetry", "select", label), f"not a regular expression: {why}"))


# objectives ----------------------------------------------------------------------------------------------------------


class _Objectives:
    """Reads `slos:`; each method adds to `problems` what cannot be meant."""

    def __init__(self, data: dict[str, Any], signal: Signal, window: str, problems: list[Problem]) -> None:
        self.slos, self.signal, self.problems = data.get("slos", {}), signal, problems
        self.buckets = data["telemetry"].get("buckets")
        self.window = self.slos.get("window", window)

    def availability(self) -> Availability | None:
        if "availability" not in self.slos:
            return None
        return self._availability(self.slos["availability"], ("slos", "availability"))

    def latency(self) -> Latency | None:
        return self._latency(self.slos["latency"], ("slos", "latency"), ()) if "latency" in self.slos else None

    def routes(self) -> tuple[RouteObjective, ...]:
        routes = self.slos.get("routes", {})
        label = self.signal.label("route")
        if routes and label is None:
            why = self.signal.why_not("route")
            message = f"`{self.signal.preset.id}` cannot tell routes apart"
            self.problems.append(Problem("OBS117", ("slos", "routes"), message, why, key=True))
            return ()
        return tuple(self._route(route, value, label or "") for route, value in routes.items())

    def _route(self, route: str, value: dict[str, Any], label: str) -> RouteObjective:
        path: Path = ("slos", "routes", route)
        availability = latency = None
        if "availability" in value:
            availability = self._availability(value["availability"], (*path, "availability"))
        if "latency" in value:
            latency = self._latency(value["latency"], (*path, "latency"), (label,))
        return RouteObjective(route, promql.quote(route), promql.untemplated(route), availability, latency)

    def _availability(self, value: Any, path: Path) -> Availability | None:
        text, window = self._unpack(value)
        if self.signal.preset.errors is None:
            message = f"`{self.signal.preset.id}` cannot tell errors, so no availability can be measured"
            self.problems.append(Problem("OBS104", path, message, self.signal.why_not("errors"), key=True))
            return None
        ratio, seconds = self._ratio(text, path), self._period(window, path)
        if ratio is None or seconds is None:
            return None
        page = _page_threshold(ratio, seconds)
        return Availability(
            percent=units.percent(ratio),
            ratio=units.plain(ratio),
            budget=units.plain(1 - ratio),
            budget_percent=units.percent(1 - ratio),
            page_threshold=units.plain(page),
            page_percent=units.percent(page),
            window=units.short_duration(seconds),
            can_page=page < 1,
        )

    def _latency(self, value: Any, path: Path, by: tuple[str, ...]) -> Latency | None:
        text, window = self._unpack(value)
        found = _LATENCY.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            self.problems.append(Problem("OBS109", path, f"`{text}` is not a latency objective",
                                         "write the share and the time, such as `99% < 250ms`"))  # fmt: skip
            return None
        ratio, seconds = self._ratio(found[1] + "%", path), self._period(window, path)
        threshold = self._threshold(found[2], path)
        if ratio is None or seconds is None or threshold is None:
            return None
        le = self._bucket(threshold, path, by)
        page = _page_threshold(ratio, seconds)
        return Latency(
            percent=units.percent(ratio),
            threshold=units.short_duration(threshold),
            seconds=units.plain(threshold),
            le=le,
            budget=units.plain(1 - ratio),
            page_threshold=units.plain(page),
            page_percent=units.percent(page),
            quantile=units.plain(ratio),
            window=units.short_duration(seconds),
            can_page=page < 1,
        )

    def _unpack(self, value: Any) -> tuple[Any, str]:
        if isinstance(value, dict):
            return value["objective"], value.get("window", self.window)
        return value, self.window

    def _ratio(self, text: str | float, path: Path) -> Decimal | None:
        try:
            ratio = units.fraction(text)
        except ValueError as error:
            self.problems.append(Problem("OBS109", path, str(error)))
            return None
        if not 0 < ratio < 1:
            consequence = "leaves no error budget" if ratio >= 1 else "asks for nothing"
            message = f"an objective of {units.percent(ratio)} {consequence}"
            self.problems.append(Problem("OBS109", path, message, "choose one between 0 % and 100 %, such as 99.9%"))
            return None
        return ratio

    def _period(self, window: str, path: Path) -> Decimal | None:
        seconds = units.duration(window)
        if _MIN_WINDOW <= seconds <= _MAX_WINDOW and seconds % units.DAY == 0:
            return seconds
        self.problems.append(Problem("OBS113", path, f"a window of {window} is not whole days from 7d to 90d",
                                     "use 28d or 30d unless you have a reason"))  # fmt: skip
        return None

    def _threshold(self, text: str, path: Path) -> Decimal | None:
        try:
            seconds = units.duration(text)
        except ValueError as error:
            self.problems.append(Problem("OBS109", path, str(error)))
            return None
        return seconds

    def _bucket(self, threshold: Decimal, path: Path, by: tuple[str, ...]) -> str:
        """The `le` matcher of the bucket at `threshold`, with a problem where there is none."""
        histogram = self.signal.histogram_for(by)
        if histogram is None:
            message = f"`{self.signal.preset.id}` has no duration histogram" + (" by route" if by else "")
            self.problems.append(Problem("OBS110", path, message, self.signal.why_not("quantiles")))
            return ""
        if self.signal.histogram == "native":
            return ""
        scale = 1000 if histogram.unit == "ms" else 1
        bounds = [Decimal(str(bound)) for bound in self.buckets] if self.buckets else list(histogram.buckets)
        if threshold * scale not in bounds:
            near = sorted(bounds, key=lambda bound: abs(bound - threshold * scale))[:2]
            hint = "nearest: " + " or ".join(units.short_duration(bound / scale) for bound in sorted(near))
            message = f"{units.short_duration(threshold)} is not a bucket of `{histogram.metric}`"
            self.problems.append(Problem("OBS110", path, message, hint + "; or list your own in `telemetry.buckets`"))
        return promql.le_matcher(units.plain(threshold * scale))


def _page_threshold(ratio: Decimal, window: Decimal) -> Decimal:
    return _HOURLY_SHARE * window / 3600 * (1 - ratio)


def _can_fire(parts: _Parts, problems: list[Problem]) -> None:
    availability = parts.availability
    if availability is None or availability.can_page:
        return
    setting = next((alert for alert in parts.alerts if alert.id == "error_ratio"), None)
    if setting and (setting.off or setting.get("threshold")):
        return
    message = f"at {availability.percent} a page would need {availability.page_percent} of requests to fail"
    hint = "raise the objective, or set `alerts.error_ratio.threshold` (or turn it off)"
    problems.append(Problem("OBS111", ("slos", "availability"), message, hint))


# alerts --------------------------------------------------------------------------------------------------------------


def _alerts(data: dict[str, Any], context: Context, problems: list[Problem]) -> tuple[AlertSetting, ...]:
    own: dict[str, Any] = data.get("alerts", {})
    merged: dict[str, Any] = {}
    for settings in (*context.project.alerts_for(data["owner"]), own):
        for alert, value in settings.items():
            merged[alert] = _merge(merged.get(alert), value)
    return tuple(_alert(alert, merged[alert], alert in own, context, problems) for alert in sorted(merged))


def _merge(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new


def _alert(alert: str, value: Any, own: bool, context: Context, problems: list[Problem]) -> AlertSetting:  # noqa: FBT001
    path: Path = ("alerts", alert) if own else ("owner",)
    known = context.alerts.get(alert)
    if known is None:
        problems.append(Problem("OBS115", path, f"no alert `{alert}`", nearest(alert, context.alerts), key=True))
        return AlertSetting(alert, off=True, severity=None)
    if not isinstance(value, dict):
        return AlertSetting(alert, off=value in ("off", False), severity=None)
    values = []
    for key in sorted(value.keys() - {"severity"}):
        if key not in known:
            message = f"`{alert}` has no setting `{key}`"
            problems.append(Problem("OBS115", (*path, key), message, nearest(key, known), key=True))
        else:
            values.append(_alert_value(key, value[key], (*path, key), problems))
    return AlertSetting(alert, off=False, severity=value.get("severity"), values=tuple(values))


def _alert_value(key: str, value: Any, path: Path, problems: list[Problem]) -> AlertValue:
    shown = str(value)
    if key != "threshold":
        return AlertValue(key, shown, shown)
    try:
        quantity = units.quantity(value)
    except ValueError as error:
        problems.append(Problem("OBS104", path, str(error)))
        return AlertValue(key, shown, shown)
    if quantity <= 0:
        problems.append(Problem("OBS104", path, f"a threshold of {shown} would always fire", "use more than 0"))
    return AlertValue(key, units.plain(quantity), shown)


# the rest ------------------------------------------------------------------------------------------------------------


def _workload(runs_on: dict[str, Any] | None) -> Workload | None:
    if not runs_on:
        return None
    where = runs_on["kubernetes"]
    kind = next(kind for kind in _POD_SUFFIX if kind in where)
    name, namespace = where[kind], where["namespace"]
    pods = name.replace(".", "[.]") + _POD_SUFFIX[kind]
    return Workload(
        kind=kind,
        name=name,
        namespace=namespace,
        workload=promql.matchers({"namespace": {"eq": namespace}, kind: {"eq": name}}),
        pods=promql.matchers({"namespace": {"eq": namespace}, "pod": {"re": pods}}),
    )


def _drift(data: dict[str, Any]) -> tuple[DriftSource, ...]:
    drift = data.get("drift", {})
    paths = {name: value["playbook"] if isinstance(value, dict) else value for name, value in drift.items()}
    ordered = (name for name in ("kubernetes", "terraform", "ansible") if name in paths)
    return tuple(DriftSource(name, data["service"], paths[name]) for name in ordered)


def _links(links: dict[str, str], project: ProjectFile) -> Links:
    runbook = links.get("runbook", "")
    if runbook and not runbook.startswith(("http://", "https://")) and project.model.repository:
        runbook = f"{project.model.repository}/blob/{project.model.branch}/{runbook}"
    return Links(
        has_runbook=bool(runbook),
        has_repository="repository" in links,
        has_logs="logs" in links,
        has_traces="traces" in links,
        runbook=runbook,
        repository=links.get("repository", ""),
        logs=links.get("logs", ""),
        traces=links.get("traces", ""),
    )
