"""What the alerts on requests share: their window, the guard against low traffic, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, recorded, units

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import RouteObjective, Service


def window(service: Service) -> str:
    """The range of rates: the project's, or the least that makes sense for the preset's source (CloudWatch: 30m)."""
    least = service.signal.preset.min_window
    return f"{least // 60}m" if least > units.duration(service.project.rate_window) else service.project.rate_window


def in_window(rate: str, span: str, least: Leaf, share: str = "") -> str:
    """Condition: within `span` there were at least `least` of what `rate` counts per second (of its `share`)."""
    seconds = units.plain(units.duration(span))
    return f"{rate} * {seconds}{share} >= {least}"


def route_labels(route: RouteObjective | None) -> tuple[tuple[str, str], ...]:
    """The alert's label `route`, where it speaks of one."""
    return (("route", route.label),) if route else ()


def subject(service: Service, route: RouteObjective | None = None) -> str:
    """What the alert speaks of: `checkout`, its route, and its cluster, which the data name."""
    of = f" {route.label}" if route else ""
    cluster = "".join(f" in {{{{ $labels.{name} }}}}" for name in recorded.level(service.project))
    return f"{service.name}{of}{cluster}"


def after_deploy(service: Service) -> str:
    """First thing to try: was it the last deploy, where that shows, and how to take it back."""
    shown, undo = _deploys_shown(service), "roll back that deploy"
    if workload := service.workload:
        rollout, of = f"kubectl -n {workload.namespace} rollout", f"{workload.kind}/{workload.name}"
        shown, undo = [*shown, f"`{rollout} history {of}`"], f"roll back: `{rollout} undo {of}`"
    where = f" ({', '.join(shown)})" if shown else ""
    return f"see whether the last deploy began it{where}; if so, {undo}"


def _deploys_shown(service: Service) -> list[str]:
    """What of the dashboard tells deploys: only what the preset or the workload fills."""
    if service.signal.versions():
        return ["the dashboard's deploy lines and row By version"]
    return ["the dashboard's deploy lines"] if service.workload else []


def ratio(service: Service, span: str, by: tuple[str, ...], *match: str) -> tuple[str, str] | None:
    """Error ratio and failed requests per second as raw expressions, None where the preset knows no errors."""
    errors, requests = (ask(span, by, *match) for ask in (service.signal.errors, service.signal.requests))
    return (promql.ratio(errors, requests), errors) if errors and requests else None
