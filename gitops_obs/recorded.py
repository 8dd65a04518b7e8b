"""Names of the series that generated rules record: panels, alerts and fleet pages read them by these names only.

`level:metric:operations` (prometheus.io/docs/practices/rules). Every one carries `service` (and the project's cluster
label, if any) and nothing that may change over time: owner, tier and preset stand on `service_info` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql

if TYPE_CHECKING:
    from gitops_obs.model import Project, Service

INFO = "service_info"
"""1 for each service, with labels service, owner, tier, preset, dashboard."""

VERSIONS = "service:versions:info"
"""1 for each running version of a service, label `version`."""

BUDGET_REMAINING = "service:error_budget_remaining:ratio"
"""Share of the error budget that is left over its period, 1 to below 0; label `slo` (availability, latency)."""

OBJECTIVE = "service:slo_objective:ratio"
"""The objective, such as 0.999; label `slo`."""

ERROR_BUDGET = "service:slo_error_budget:ratio"
"""The share of requests that may be bad, such as 0.001; label `slo`."""

CURRENT_BURN = "service:slo_current_burn_rate:ratio"
"""How many times as fast as it may the budget burned in the last hour; label `slo`."""

PERIOD_BURN = "service:slo_period_burn_rate:ratio"
"""How many times as fast as it may the budget burned over its period, which is the share that is spent; label `slo`."""

LATENCY_THRESHOLD = "service:slo_latency_threshold:seconds"
"""Seconds within which the latency objective wants requests answered; label `slo`."""

SLO_INFO = "slo_info"
"""1 for each objective, with what may change: labels service, slo, route, objective, window, owner, tier."""


def requests(project: Project) -> str:
    """Requests per second."""
    return f"service:requests:rate{project.rate_window}"


def errors(project: Project) -> str:
    """Failed requests per second, 0 where there is traffic and nothing fails."""
    return f"service:errors:rate{project.rate_window}"


def error_ratio(project: Project) -> str:
    """Failed requests of all; no sample without traffic."""
    return f"service:errors_per_requests:ratio_rate{project.rate_window}"


def slow(project: Project) -> str:
    """Requests per second slower than the latency objective's threshold."""
    return f"service:slow_requests:rate{project.rate_window}"


def timed(project: Project) -> str:
    """Requests per second that the duration histogram saw: what `slow` is a part of."""
    return f"service:timed_requests:rate{project.rate_window}"


def quantile(project: Project, q: str) -> str:
    """Duration quantile in seconds; `q` is text such as `0.99`."""
    points = q.removeprefix("0.").ljust(2, "0")
    return f"service:duration_seconds:p{points}_rate{project.rate_window}"


def slo_ratio(window: str) -> str:
    """Share of bad requests over `window`, traffic-weighted; label `slo`. Over the period it is 1 - SLI."""
    return f"service:slo_errors_per_requests:ratio_rate{window}"


def slo_bad(project: Project) -> str:
    """Bad requests per second: failed ones, or those slower than the objective's threshold; label `slo`."""
    return f"service:slo_bad_requests:rate{project.rate_window}"


def slo_requests(project: Project) -> str:
    """Requests per second that the objective counts; label `slo`."""
    return f"service:slo_requests:rate{project.rate_window}"


def sparse(name: str) -> str:
    """The same series sampled seldom, so that sums over days read little: `…:rate5m` → `…:sparse_rate5m`."""
    return name.replace(":rate", ":sparse_rate")


def of_route(name: str) -> str:
    """The same series for single routes, which carry the label `route` as well: `service:…` → `service_route:…`."""
    return name.replace("service:", "service_route:", 1)


def of_version(name: str) -> str:
    """The same series for versions, with the label `version`, where the preset knows them: `service_version:…`."""
    return name.replace("service:", "service_version:", 1)


USUAL = "service:requests:usual_rate30m"
"""Requests per second that are usual at this time of the week: the median of one, two and three weeks ago."""


def of(service: Service, name: str, *match: str) -> str:
    """Selector of the recorded series `name` of one service: `service:requests:rate5m{service="checkout"}`."""
    return promql.selector(name, f'service="{service.name}"', *match)


def level(project: Project) -> tuple[str, ...]:
    """Labels besides `service` (and `slo`) that expressions of recorded series keep: the cluster label, if any."""
    return (project.cluster_label,) if project.cluster_label else ()
