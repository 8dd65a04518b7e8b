"""What the variables on top of a service's page select, as matchers for its queries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitops_obs import promql, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.model import Project, Service, Workload
    from gitops_obs.signal import Signal


def matchers(service: Service) -> tuple[str, ...]:
    """Matchers of the variables cluster, job and instance, as far as the page has them."""
    instance = ('instance=~"$instance"',) if service.has_instance else ()
    return (*cluster(service.project), 'job=~"$job"', *instance)


def cluster(project: Project) -> tuple[str, ...]:
    """The matcher of the variable cluster, where the project tells clusters apart."""
    return (f'{project.cluster_label}=~"$cluster"',) if project.cluster_label else ()


def route(service: Service) -> str:
    """The matcher of the variable route, "" where the signal knows no routes."""
    label = service.signal.label("route")
    return f'{label}=~"$route"' if label else ""


def signal(service: Service, *, routes: bool = True, timed: bool = False) -> Signal:
    """The service's signal within what the variables select.

    `routes` false leaves the variable route out. `timed` is for durations: it leaves route out where the duration
    metric does not carry it.
    """
    scoped, label = service.signal.scoped(*matchers(service)), service.signal.label("route")
    if not routes or not label or (timed and not _times_routes(service.signal, label)):
        return scoped
    return scoped.scoped(route(service))


def recorded_of(service: Service, name: str, *match: str) -> str:
    """The recorded series `name` of the service, within the clusters selected."""
    return recorded.of(service, name, *cluster(service.project), *match)


def worst(service: Service, operator: str, expr: str, by: Iterable[str] = ()) -> str:
    """`expr` over recorded series as one value for all clusters: `operator` is max or min, `by` what is kept apart."""
    return promql.aggregate(operator, expr, by) if service.project.cluster_label else expr


def workload(service: Service) -> Workload | None:
    """The Kubernetes workload within the clusters selected."""
    found, within = service.workload, cluster(service.project)
    if found is None or not within:
        return found
    return replace(found, workload=",".join((found.workload, *within)), pods=",".join((found.pods, *within)))


def _times_routes(found: Signal, label: str) -> bool:
    duration = found.preset.duration
    return duration is not None and label in duration.labels
