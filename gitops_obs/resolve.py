"""Spec → model: what a service file that holds to its schema means, and what in it cannot be meant.

Pure: whatever a file, a registry or the project says comes in as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops_obs import objectives, owntests, promql, tuning
from gitops_obs import preset as presets
from gitops_obs import signal as signals
from gitops_obs.errors import Severity
from gitops_obs.model import Application, DriftSource, FluxObject, Links, Service, Workload
from gitops_obs.signal import Signal
from gitops_obs.spec import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitops_obs.model import AlertSetting, OwnTest
    from gitops_obs.objectives import Objectives
    from gitops_obs.preset import Preset
    from gitops_obs.project import ProjectFile

CHECKERS = ("kubernetes", "terraform", "ansible")
"""Keys of `drift:` that name paths in the repository, which a drift exporter compares."""

_ANYTHING = ("", ".*", ".+")
_FLUX_KINDS = (("Kustomization", "kustomization"), ("HelmRelease", "helmrelease"))
_POD_EXAMPLE = {"deployment": "-7d9f8b6c5d-x2k4p", "statefulset": "-0", "daemonset": "-x2k4p"}
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


def service(data: dict[str, Any], file: str, context: Context) -> tuple[Service | None, list[Problem]]:
    """The service in `data`, or None and why not."""
    problems: list[Problem] = []
    _check_names(data, context, problems)
    layers = context.project.alerts_for(data["owner"])
    alerts = tuning.read(layers, data.get("alerts", {}), context.alerts, problems)
    signal = _signal(data["telemetry"], context, problems)
    if signal is None:
        return None, problems
    found = objectives.read(data, signal, context.project, problems)
    tests = owntests.read(data, problems)
    wrong = any(problem.severity is Severity.ERROR for problem in problems)
    return (None if wrong else _assemble(data, file, context.project, signal, found, alerts, tests)), problems


def _check_names(data: dict[str, Any], context: Context, problems: list[Problem]) -> None:
    owners = context.project.owners
    if owners is not None and data["owner"] not in owners:
        hint = nearest(data["owner"], owners)
        problems.append(Problem("OBS116", ("owner",), f"no owner `{data['owner']}` in gitops-obs.yaml", hint))
    for n, panel in enumerate(data.get("panels", ())):
        if panel not in context.panels:
            hint = nearest(panel, context.panels) or f"write panels/{panel}.yaml or panels/{panel}.py"
            problems.append(Problem("OBS114", ("panels", n), f"no panel `{panel}`", hint))


def _assemble(  # noqa: PLR0917  # the parts of one thing, put together in one place
    data: dict[str, Any],
    file: str,
    project: ProjectFile,
    signal: Signal,
    found: Objectives,
    alerts: tuple[AlertSetting, ...],
    tests: tuple[OwnTest, ...],
) -> Service:
    description = " ".join(data.get("description", "").split())
    return Service(
        name=data["service"],
        owner=data["owner"],
        description=description,
        file=file,
        tier=str(int(data.get("tier", project.tier))),  # 1.0 is a whole number to a schema
        has_description=bool(description),
        signal=signal,
        availability=found.availability,
        latency=found.latency,
        routes=found.routes,
        workload=_workload(data.get("runs_on")),
        drift=_drift(data),
        argocd=_application(data.get("drift", {}).get("argocd")),
        flux=_flux(data.get("drift", {}).get("flux")),
        alerts=alerts,
        links=_links(data.get("links", {}), project),
        panels=tuple(data.get("panels", ())),
        has_instance=data["telemetry"].get("instance", True),
        project=project.model,
        tests=tests,
    )


# telemetry -----------------------------------------------------------------------------------------------------------


def _signal(telemetry: dict[str, Any], context: Context, problems: list[Problem]) -> Signal | None:
    name = telemetry["preset"]
    if name not in context.preset_names:
        hint = nearest(name, context.preset_names)
        problems.append(Problem("OBS107", ("telemetry", "preset"), f"no preset `{name}`", hint))
        return None
    preset = _renamed(context.preset(name), telemetry.get("labels"), context)
    if preset.requests is None:
        hint = "choose one with requests; what a service runs on stands under `runs_on:`"
        problems.append(Problem("OBS107", ("telemetry", "preset"), f"preset `{name}` counts no requests", hint))
        return None
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
        sample=signals.sample(fixed | select),
        target_sample=signals.sample(target),
        info_sample=signals.sample(on_info),
        select=promql.matchers(fixed | select),
        target_select=promql.matchers(target),
        info_select=promql.matchers(on_info),
        has_target=any("eq" in ops for ops in target.values()),
        labels=preset.labels,
        histogram=histogram,
        version_info=version,
        common=(context.project.model.cluster_label,) if context.project.model.cluster_label else (),
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
    if not any(op in ("eq", "re") and value not in _ANYTHING for ops in select.values() for op, value in ops.items()):
        message = "`select` only excludes, so it would match every other service"
        problems.append(Problem("OBS108", ("telemetry", "select"), message, "name one label by its value", key=True))
    for label, ops in select.items():
        for op, pattern in ops.items():
            if "{{" in pattern:
                message = "`{{` begins a template wherever an alert shows the label"
                problems.append(Problem("OBS104", ("telemetry", "select", label), message, "leave the braces out"))
            if op in ("re", "nre") and (why := promql.regex_error(pattern)):
                hint = "check brackets and escapes; Prometheus reads RE2 and matches from start to end"
                problem = Problem("OBS104", ("telemetry", "select", label), f"not a regular expression: {why}", hint)
                problems.append(problem)


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
        pod=f"{name}{_POD_EXAMPLE[kind]}",
    )


def _drift(data: dict[str, Any]) -> tuple[DriftSource, ...]:
    drift = data.get("drift", {})
    named = ((name, drift[name]) for name in CHECKERS if name in drift)
    paths = ((name, value["playbook"] if isinstance(value, dict) else value) for name, value in named)
    return tuple(DriftSource(name, data["service"], path) for name, path in paths)


def _application(said: str | dict[str, str] | None) -> Application | None:
    if not said:
        return None
    where = {"application": said} if isinstance(said, str) else said
    name, namespace, project = (where.get(key, "") for key in ("application", "namespace", "project"))
    chosen = {"name": name, "namespace": namespace, "project": project}
    return Application(
        name=name,
        namespace=namespace,
        project=project,
        has_namespace=bool(namespace),
        has_project=bool(project),
        select=promql.matchers({label: {"eq": value} for label, value in chosen.items() if value}),
        reference=f"{namespace}/{name}" if namespace else name,
    )


def _flux(said: dict[str, str] | None) -> FluxObject | None:
    if not said:
        return None
    kind, key = next((kind, key) for kind, key in _FLUX_KINDS if key in said)
    return FluxObject(kind, said[key], said["namespace"])


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
