"""What the alerts on requests share: their window, the guard against low traffic, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic, units
from gitops_obs.proof import Case, Claim

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import RouteObjective, Service
    from gitops_obs.proof import Firing
    from gitops_obs.rules import Alert


def window(service: Service) -> str:
    """The range of rates: the project's, or the least that makes sense for the preset's source (CloudWatch: 30m)."""
    least = service.signal.preset.min_window
    return f"{least // 60}m" if least > units.duration(service.project.rate_window) else service.project.rate_window


def in_window(rate: str, span: str, least: Leaf, share: str = "") -> str:
    """Condition: within `span` there were at least `least` of what `rate` counts per second (of its `share`)."""
    seconds = units.plain(units.duration(span))
    return f"{rate} * {seconds}{share} >= {least}"


Phase = tuple["tuple[str, ...]", "tuple[Firing, ...]"]
"""Values of series, "_" for none, and what fires after the alert's `for`."""


def in_phases(
    service: Service, alert: Alert, names: tuple[str, ...], phases: list[Phase], *, lane: str, about: str
) -> Case:
    """A case by the hour over recorded series `names`: in each phase they hold other values, as long as `for` and one.

    What fires in a phase after one of silence is claimed to be silent one step before as well; a phase that fires
    after another one that does takes one step.
    """
    labels, claims, columns, step, was_silent = series_labels(service), [], [], 0, True
    wait, name = proof.steps(alert.for_, "hours"), alert.name
    for values, firing in phases:
        length = wait + 1 if was_silent else 1
        step += length
        if firing and was_silent and wait:
            claims.append(Claim(step - 2, name))
        claims.append(Claim(step - 1, name, firing))
        columns.append([f"_x{length}" if value == "_" else proof.level(value, length - 1) for value in values])
        was_silent = not firing
    lists = zip(names, zip(*columns, strict=True), strict=True)
    series = tuple((f"{metric}{{{labels}}}", " ".join(values)) for metric, values in lists)
    return Case(lane, about, "hours", series, claims=tuple(claims))


def series_labels(service: Service) -> Leaf:
    """Labels of a recorded series of the service, for proofs."""
    return traffic.series_labels(service, f'service="{service.name}"')


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
