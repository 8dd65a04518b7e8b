"""Services made by hand, over any built-in preset, with everything a service file can say."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gitops_obs import preset as presets
from gitops_obs import promql, units
from gitops_obs.model import (
    AlertSetting,
    AlertValue,
    Availability,
    DriftSource,
    Latency,
    Links,
    Project,
    RouteObjective,
    Service,
    Workload,
)
from gitops_obs.signal import Signal

PRESETS = tuple(sorted(n for n in presets.builtin_names() if presets.builtin_data(n)["kind"] != "companion"))

PROJECT = Project(repository="https://git.example/shop/obs", grafana_url="https://grafana.example")
CLUSTERED = replace(PROJECT, cluster_label="cluster")

LINKS = Links(
    has_runbook=True,
    has_repository=True,
    has_logs=True,
    has_traces=True,
    runbook="https://git.example/shop/obs/blob/main/docs/runbooks/checkout.md",
    repository="https://git.example/shop/checkout",
    logs="https://logs.example/checkout",
    traces="https://traces.example/checkout",
)
NO_LINKS = Links(False, False, False, False, "", "", "", "")  # noqa: FBT003  # four absences in a row

DRIFT = (
    DriftSource("kubernetes", "checkout", "deploy/checkout/"),
    DriftSource("terraform", "checkout", "infra/checkout/"),
    DriftSource("ansible", "checkout", "ansible/checkout.yml"),
)


def service(preset: str = "prometheus_http", **overrides: Any) -> Service:
    """A full service over `preset`, with the preset's example as selector; `overrides` are fields of the model.

    Besides them, `histogram` is classic or native. What the preset cannot answer has no objective.
    """
    project = overrides.get("project", PROJECT)
    asked = signal(preset, overrides.pop("histogram", "classic"), project)
    counts = bool(asked.preset.errors)
    timed = asked.preset.duration is not None
    full = Service(
        name="checkout",
        owner="payments",
        description="Takes the order and charges the card.",
        file="services/checkout.yaml",
        tier="1",
        has_description=True,
        signal=asked,
        availability=availability() if counts else None,
        latency=latency(asked) if timed else None,
        routes=(objective(a_route(preset), "99.95%"),) if counts and asked.label("route") else (),
        workload=workload(),
        drift=DRIFT,
        alerts=(),
        links=LINKS,
        panels=(),
        has_instance="instance" in asked.preset.target,
        project=project,
    )
    return replace(full, **overrides)


def bare(preset: str = "prometheus_http", **overrides: Any) -> Service:
    """The smallest service: a preset, a selector, an owner, and nothing else."""
    nothing: dict[str, Any] = {
        "description": "",
        "has_description": False,
        "availability": None,
        "latency": None,
        "routes": (),
        "workload": None,
        "drift": (),
        "links": NO_LINKS,
        "project": Project(),
    }
    return service(preset, **(nothing | overrides))


def a_route(preset: str) -> str:
    """The last route among the preset's sample series, which is the one with errors."""
    label = dict(presets.builtin(preset).labels)["route"]
    samples = "".join(sample["series"] for sample in presets.builtin_data(preset)["sample_series"])
    routes: list[str] = re.findall(rf'[{{, ]{label}="([^"]+)"', samples)
    return routes[-1]


def signal(preset: str = "prometheus_http", histogram: str = "classic", project: Project = PROJECT) -> Signal:
    """The signal of a service that selects what the preset's example selects."""
    found = presets.builtin(preset)
    example: dict[str, str] = presets.builtin_data(preset)["select"]["example"]
    select = {label: {"eq": value} for label, value in example.items()}
    fixed = {label: dict(ops) for label, ops in found.fixed if label not in select}
    target = {label: ops for label, ops in select.items() if label in found.target}
    version = found.version_info
    return Signal(
        preset=found,
        select=promql.matchers(fixed | select),
        target_select=promql.matchers(target),
        info_select=promql.matchers({k: ops for k, ops in select.items() if version and k in version.on}),
        has_target=bool(target),
        labels=found.labels,
        histogram=histogram,
        version_info=version,
        common=(project.cluster_label,) if project.cluster_label else (),
    )


def availability(percent: str = "99.9%", window: str = "30d") -> Availability:
    """An availability objective, worked out as `resolve` does."""
    ratio = units.fraction(percent)
    budget, page = 1 - ratio, _page_threshold(1 - ratio, window)
    return Availability(
        percent=percent,
        ratio=units.plain(ratio),
        budget=units.plain(budget),
        budget_percent=units.percent(budget),
        page_threshold=units.plain(page),
        page_percent=units.percent(page),
        window=window,
        can_page=page < 1,
    )


def latency(of: Signal, percent: str = "99%", threshold: str = "250ms", window: str = "30d") -> Latency:
    """A latency objective, at the first bound of the histogram that is no less than `threshold`."""
    histogram = of.histogram_for()
    scale = 1000 if histogram and histogram.unit == "ms" else 1
    wanted = units.duration(threshold)
    bounds = histogram.buckets if histogram and of.histogram == "classic" else ()
    seconds = next((bound / scale for bound in bounds if bound / scale >= wanted), wanted)
    ratio = units.fraction(percent)
    page = _page_threshold(1 - ratio, window)
    return Latency(
        percent=percent,
        threshold=units.short_duration(seconds),
        seconds=units.plain(seconds),
        le=promql.le_matcher(units.plain(seconds * scale)) if of.histogram == "classic" else "",
        budget=units.plain(1 - ratio),
        page_threshold=units.plain(page),
        page_percent=units.percent(page),
        quantile=units.plain(ratio),
        window=window,
        can_page=page < 1,
    )


def objective(route: str = "/pay", percent: str | None = "99.95%", slow: Latency | None = None) -> RouteObjective:
    """Objectives of one route."""
    target = availability(percent) if percent else None
    return RouteObjective(route, promql.quote(route), promql.untemplated(route), target, slow)


def workload(kind: str = "deployment", name: str = "checkout", namespace: str = "shop") -> Workload:
    """A Kubernetes workload."""
    where = f'namespace="{namespace}"'
    suffix = {"deployment": "[a-z0-9]+-[a-z0-9]{5}", "statefulset": "[0-9]+", "daemonset": "[a-z0-9]{5}"}[kind]
    return Workload(kind, name, namespace, f'{where},{kind}="{name}"', f'{where},pod=~"{name}-{suffix}"')


def setting(alert: str, *, off: bool = False, severity: str | None = None, **values: str) -> AlertSetting:
    """What a service file says about an alert; `for_` stands for `for`, values as a person writes them."""
    found = ((key.removesuffix("_"), value) for key, value in values.items())
    return AlertSetting(alert, off, severity, tuple(AlertValue(key, _text(key, value), value) for key, value in found))


def _text(key: str, value: str) -> str:
    return units.plain(units.quantity(value)) if key == "threshold" else value


def _page_threshold(budget: Decimal, window: str) -> Decimal:
    return Decimal("0.02") * units.duration(window) / 3600 * budget
