"""Services made by hand, over any built-in preset, with everything a service file can say."""

from __future__ import annotations

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
    DriftSource("kubernetes", "deploy/checkout/", "deploy/checkout/"),
    DriftSource("terraform", "infra/checkout/", "infra/checkout/"),
    DriftSource("ansible", "ansible/checkout.yml", "ansible/checkout.yml"),
)


def service(preset: str = "prometheus_http", **overrides: Any) -> Service:
    """A full service over `preset`, with the preset's example as selector; `overrides` are fields of the model.

    Besides them, `histogram` is classic or native. What the preset cannot answer has no objective.
    """
    project = overrides.get("project", PROJECT)
    asked = signal(preset, overrides.pop("histogram", "classic"), project)
    counts = bool(asked.preset.errors)
    timed = asked.preset.duration is not None
    route = ROUTES.get(preset, "/pay")
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
        routes=(objective(route, "99.95%"),) if counts and asked.label("route") else (),
        workload=workload(),
        drift=DRIFT,
        alerts=(),
        links=LINKS,
        panels=(),
        has_instance="instance" in asked.preset.target,
        project=project,
    )
    return replace(full, **overrides)


ROUTES = {"grpc_go": "Charge", "celery": "charge_card"}


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


def signal(preset: str = "prometheus_http", histogram: str = "classic", project: Project = PROJECT) -> Signal:
    """The signal of a service that selects what the preset's example selects."""
    found = presets.builtin(preset)
    select: dict[str, Any] = presets.builtin_data(preset)["select"]["example"]
    pairs = {label: value if isinstance(value, dict) else {"eq": value} for label, value in select.items()}
    fixed = {label: dict(ops) for label, ops in found.fixed}
    shared = {label: ops for label, ops in pairs.items() if label in found.target}
    info = found.version_info
    on_info = {label: ops for label, ops in pairs.items() if info and label in info.on}
    return Signal(
        preset=found,
        select=promql.joined(promql.matchers(pairs), promql.matchers({k: v for k, v in fixed.items() if k not in pairs})),
        target_select=promql.matchers(shared or on_info),
        has_target=bool(shared),
        labels=found.labels,
        histogram=histogram,
        version_info=info,
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
    scale = 1000 if of.duration_unit == "ms" else 1
    wanted = units.duration(threshold)
    seconds = next((bound / scale for bound in of.bounds if bound / scale >= wanted), wanted)
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
    return RouteObjective(route, promql.quote(route), availability(percent) if percent else None, slow)


def workload(kind: str = "deployment", name: str = "checkout", namespace: str = "shop") -> Workload:
    """A Kubernetes workload."""
    where = f'namespace="{namespace}"'
    return Workload(kind, name, namespace, f'{where},{kind}="{name}"', f'{where},pod=~"{name}-.+"')


def setting(alert: str, *, off: bool = False, severity: str | None = None, **values: str) -> AlertSetting:
    """What a service file says about an alert; `for_` stands for `for`, values as a person writes them."""
    found = ((key.removesuffix("_"), value) for key, value in values.items())
    return AlertSetting(alert, off, severity, tuple(AlertValue(key, _text(key, value), value) for key, value in found))


def _text(key: str, value: str) -> str:
    return units.plain(units.quantity(value)) if key in ("threshold", "min_requests") else value


def _page_threshold(budget: Decimal, window: str) -> Decimal:
    return Decimal("0.02") * units.duration(window) / 3600 * budget
