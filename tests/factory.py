"""Services made by hand, over any built-in preset, with everything a service file can say."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gitops_obs import burn, edges, promql, units
from gitops_obs import preset as presets
from gitops_obs import signal as signals
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
        availability=availability(least=asked.preset.min_window) if counts else None,
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
    on_info = {k: ops for k, ops in select.items() if version and k in version.on}
    return Signal(
        preset=found,
        sample=signals.sample(fixed | select),
        target_sample=signals.sample(target),
        info_sample=signals.sample(on_info),
        select=promql.matchers(fixed | select),
        target_select=promql.matchers(target),
        info_select=promql.matchers(on_info),
        has_target=bool(target),
        labels=found.labels,
        histogram=histogram,
        version_info=version,
        common=(project.cluster_label,) if project.cluster_label else (),
    )


def availability(percent: str = "99.9%", window: str = "30d", least: int = 0) -> Availability:
    """An availability objective, worked out by hand but for its rows; `least` as in `burn.rows`."""
    ratio = units.fraction(percent)
    budget = 1 - ratio
    page = _page_threshold(budget, window, Decimal("0.05") / 6 if least else Decimal("0.02"))
    rows = burn.rows(budget, units.duration(window), least, PROJECT)
    return Availability(
        percent=percent,
        ratio=units.plain(ratio),
        budget=units.plain(budget),
        budget_percent=units.percent(budget),
        page_threshold=units.plain(page),
        page_percent=units.percent(page),
        window=window,
        can_page=page < 1,
        rows=rows,
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
    bucket = f'le="{units.plain(seconds * scale)}"' if of.histogram == "classic" else ""
    return Latency(
        percent=percent,
        ratio=units.plain(ratio),
        threshold=units.short_duration(seconds),
        seconds=units.plain(seconds),
        le=promql.le_matcher(units.plain(seconds * scale)) if of.histogram == "classic" else "",
        bucket=bucket,
        budget=units.plain(1 - ratio),
        budget_percent=units.percent(1 - ratio),
        page_threshold=units.plain(page),
        page_percent=units.percent(page),
        quantile=units.plain(ratio),
        window=window,
        can_page=page < 1,
        rows=burn.rows(1 - ratio, units.duration(window), 0, PROJECT),
    )


def objective(route: str = "/pay", percent: str | None = "99.95%", slow: Latency | None = None) -> RouteObjective:
    """Objectives of one route."""
    target = availability(percent) if percent else None
    query = urllib.parse.quote(route, safe="")
    return RouteObjective(route, promql.quote(route), promql.untemplated(route), query, target, slow)


def workload(kind: str = "deployment", name: str = "checkout", namespace: str = "shop") -> Workload:
    """A Kubernetes workload."""
    where = f'namespace="{namespace}"'
    suffix = {"deployment": "[a-z0-9]+-[a-z0-9]{5}", "statefulset": "[0-9]+", "daemonset": "[a-z0-9]{5}"}[kind]
    pod = {"deployment": "7d9f8b6c5d-x2k4p", "statefulset": "0", "daemonset": "x2k4p"}[kind]
    matchers = f'{where},{kind}="{name}"', f'{where},pod=~"{name}-{suffix}"'
    return Workload(kind, name, namespace, *matchers, f"{name}-{pod}")


def setting(alert: str, *, off: bool = False, severity: str | None = None, **values: str) -> AlertSetting:
    """What a service file says about an alert; `for_` stands for `for`, values as a person writes them."""
    found = {key.removesuffix("_"): value for key, value in values.items()}
    durations = tuple((key, value) for key, value in found.items() if key in ("for", "keep_firing_for"))
    numbers = ((key, value, units.quantity(value)) for key, value in found.items() if (key, value) not in durations)
    settings = tuple(AlertValue(key, units.plain(n), value, edges.around(n)) for key, value, n in numbers)
    return AlertSetting(alert, off, severity, settings, durations)


def _page_threshold(budget: Decimal, window: str, hourly: Decimal = Decimal("0.02")) -> Decimal:
    """What spends `hourly` of the budget in an hour: 2 %, or of sources that are late 5 % in six hours."""
    return (hourly * units.duration(window) / 3600).quantize(Decimal("0.0001")) * budget
