"""The queries of panels give the right numbers, by a real Prometheus engine (promtool)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitops_obs import finish, panels
from tests import factory, promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

pytestmark = pytest.mark.real

VALUES = {"$__rate_interval": "5m", "$compare": "30m", "$canary": "2.0"}
COUNT, BUCKET = "http_server_request_duration_seconds_count", "http_server_request_duration_seconds_bucket"
OTEL = factory.service("otel_http", has_instance=True)


def expr(name: str, n: int = 0, service: Service = OTEL) -> str:
    """The n-th query of a panel, as Grafana sends it with all variables at All."""
    text: str = finish.panel(panels.build(name, service))["targets"][n]["expr"]
    for variable, value in VALUES.items():
        text = text.replace(variable, value)
    return re.sub(r'=~"\$\w+"', '=~".*"', text)


def requests(instance: str, route: str, status: str, per_second: float) -> dict[str, str]:
    """Three hours of a counter, with all requests in the bucket up to 0.1 seconds."""
    labels = f'job="shop/checkout",instance="{instance}",http_route="{route}",http_response_status_code="{status}"'
    values = f"0+{per_second * 60:g}x180"
    buckets = {f'{BUCKET}{{{labels},le="{le}"}}': values for le in ("0.1", "0.25", "+Inf")}
    empty = {f'{BUCKET}{{{labels},le="0.075"}}': "0x180"}
    return {f"{COUNT}{{{labels}}}": values} | buckets | empty


TRAFFIC = {
    **requests("a", "/cart", "200", 8),
    **requests("a", "/pay", "200", 1.5),
    **requests("a", "/pay", "500", 0.5),
    **requests("b", "/cart", "404", 2),
    'target_info{job="shop/checkout",instance="a",service_version="1.0"}': "1x180",
    'target_info{job="shop/checkout",instance="b",service_version="2.0"}': "1x180",
}


def answered(folder: Path, cases: list[Case]) -> None:
    """Runs the cases, without any rules."""
    promtool.check_cases(folder, {"none": {"groups": []}}, {"none": cases})


def test_requests_errors_and_durations(tmp_path: Path) -> None:
    """Twelve requests a second, half a one of which fails; by class, route and version."""
    at = "1h"
    numbers = {
        (at, expr("requests_now")): [("{}", 12.0)],
        (at, expr("error_ratio_now")): [("{}", 0.5 / 12)],
        (at, expr("latency_now")): [("{}", 0.075 + 0.99 * 0.025)],
        (at, expr("requests_by_status")): [('{class="2xx"}', 9.5), ('{class="4xx"}', 2.0), ('{class="5xx"}', 0.5)],
        (at, expr("requests_by_status", 1)): [("{}", 12.0)],
        (at, expr("error_ratio", 1)): [("{}", 0.5 / 12)],
        (at, expr("route_table")): [('{http_route="/cart"}', 10.0), ('{http_route="/pay"}', 2.0)],
        (at, expr("route_table", 1)): [('{http_route="/cart"}', 0.0), ('{http_route="/pay"}', 0.25)],
        (at, expr("route_table", 3)): [('{http_route="/cart"}', 0.0), ('{http_route="/pay"}', 1.0)],
        (at, expr("route_errors")): [('{http_route="/pay"}', 0.25)],
        (at, expr("version_requests")): [('{service_version="1.0"}', 10.0), ('{service_version="2.0"}', 2.0)],
        (at, expr("version_errors")): [('{service_version="1.0"}', 0.05), ('{service_version="2.0"}', 0.0)],
        (at, expr("canary_errors")): [('{track="canary"}', 0.0), ('{track="stable"}', 0.05)],
        (at, expr("canary_latency")): [
            ('{track="stable",service_version="1.0"}', 0.075 + 0.99 * 0.025),
            ('{track="canary",service_version="2.0"}', 0.075 + 0.99 * 0.025),
        ],
    }
    silent = {("4h", expr(name)): [] for name in ("error_ratio_now", "latency_now", "route_table", "version_errors")}
    answered(tmp_path, [Case(TRAFFIC, numbers=numbers | silent)])


def test_failed_and_succeeded_add_up_to_all(tmp_path: Path) -> None:
    """Where the telemetry has no status; without failures all have succeeded."""
    celery = factory.service("celery")
    tasks = 'job="celery-exporter",queue_name="checkout",name="charge"'
    done = {f"celery_task_succeeded_total{{{tasks}}}": "0+540x60"}
    some = Case(
        done | {f"celery_task_failed_total{{{tasks}}}": "0+60x60"},
        numbers={
            ("30m", expr("requests_by_status", 0, celery)): [("{}", 9.0)],
            ("30m", expr("requests_by_status", 1, celery)): [("{}", 1.0)],
        },
    )
    none = Case(
        done,
        numbers={
            ("30m", expr("requests_by_status", 0, celery)): [("{}", 9.0)],
            ("30m", expr("requests_by_status", 1, celery)): [],
        },
    )
    answered(tmp_path, [some, none])


def test_the_budget_and_when_it_is_empty(tmp_path: Path) -> None:
    """The worse of two objectives; no time to empty while nothing burns, and a budget that is gone stays gone."""
    query = expr("budget_left")

    def case(left: dict[str, str], hour: dict[str, str], expected: list[tuple[str, float]]) -> Case:
        remaining = {
            f'service:error_budget_remaining:ratio{{service="checkout",slo="{k}"}}': v for k, v in left.items()
        }
        burnt = {
            f'service:slo_errors_per_requests:ratio_rate1h{{service="checkout",slo="{k}"}}': v for k, v in hour.items()
        }
        return Case(remaining | burnt, numbers={("10m", query): expected})

    left, empty, well = '{what="left"}', '{what="until empty"}', {"availability": "0.5x60", "latency": "0.9x60"}
    answered(
        tmp_path,
        [
            # half the budget at ten times the burn of 30 days: a day and a half
            case(well, {"availability": "0.01x60", "latency": "0x60"},
                 [(left, 0.5), (empty, 129600.0)]),
            case(well, {"availability": "0x60", "latency": "0x60"}, [(left, 0.5)]),
            case({"availability": "-0.2x60", "latency": "1x60"}, {"availability": "0.01x60", "latency": "0.02x60"},
                 [(left, -0.2), (empty, 1296000.0)]),
        ],
    )  # fmt: skip


def test_drift_is_never_in_sync_by_accident(tmp_path: Path) -> None:
    """In sync, a number of objects, unknown after a failed check, not checked at all."""
    kubernetes, terraform = ('checker="kubernetes",source="checkout"', 'checker="terraform",source="checkout"')
    series = {
        f'gitops_obs_drift_resources{{{kubernetes},status="changed"}}': "0x5 2x60",
        f'gitops_obs_drift_resources{{{kubernetes},status="extra"}}': "0x5 1x60",
        f'gitops_obs_drift_resources{{{kubernetes},status="pending"}}': "9x60",
        f'gitops_obs_drift_check_state{{{kubernetes},state="in_sync"}}': "1x5 0x60",
        f'gitops_obs_drift_check_state{{{kubernetes},state="drift"}}': "0x5 1x60",
        f'gitops_obs_drift_check_state{{{kubernetes},state="error"}}': "0x60",
        f'gitops_obs_drift_resources{{{terraform},status="changed"}}': "0x60",
        f'gitops_obs_drift_check_state{{{terraform},state="in_sync"}}': "1x5 0x60",
        f'gitops_obs_drift_check_state{{{terraform},state="error"}}': "0x5 1x60",
        f'gitops_obs_drift_resource_info{{{kubernetes},kind="Deployment",namespace="shop",name="checkout",status="changed"}}':
            "_x5 1x60",
        f"gitops_obs_drift_first_detected_timestamp_seconds{{{kubernetes}}}": "_x5 360x60",
    }  # fmt: skip
    now, line, table = expr("drift_now"), expr("drift_timeline"), expr("drift_table")
    found = (
        f'{{advice="changed",{kubernetes},kind="Deployment",namespace="shop",name="checkout",status="changed",'
        'object="shop/checkout"}'
    )

    def states(*values: float) -> list[tuple[str, float]]:
        return [(f'{{checker="{c}"}}', v) for c, v in zip(("kubernetes", "terraform", "ansible"), values, strict=False)]

    numbers = {
        ("3m", now): states(0, 0, -2),
        ("30m", now): states(3, -1, -2),
        ("3m", line): states(1, 1),
        ("30m", line): states(2, 5),
        ("3m", table): [],
        ("30m", table): [(found, 360000.0)],
    }
    answered(tmp_path, [Case(series, numbers=numbers)])


def test_alerts_that_fire_and_since_when(tmp_path: Path) -> None:
    """Not those that are pending."""
    alert = 'alertname="REDErrorRatioHigh",severity="page",service="checkout"'
    pending = 'alertname="REDLatencyHigh",severity="ticket",service="checkout"'
    series = {
        f'ALERTS{{{alert},alertstate="firing"}}': "1x60",
        f"ALERTS_FOR_STATE{{{alert}}}": "120x60",
        f'ALERTS{{{pending},alertstate="pending"}}': "1x60",
        f"ALERTS_FOR_STATE{{{pending}}}": "180x60",
    }
    fires = '{alertname="REDErrorRatioHigh",severity="page"}'
    answered(tmp_path, [Case(series, numbers={("20m", expr("firing_alerts")): [(fires, 120000.0)]})])


def test_the_version_that_runs_and_how_old_it_is(tmp_path: Path) -> None:
    """Only those that run now, during a rollout both."""
    series = {
        'service:versions:info{service="checkout",version="1.0"}': "1x29 _x60",
        'service:versions:info{service="checkout",version="2.0"}': "_x20 1x60",
    }
    query = expr("version_now")
    both = [('{version="1.0"}', 1500.0), ('{version="2.0"}', 300.0)]
    numbers = {("25m", query): both, ("50m", query): [('{version="2.0"}', 1800.0)]}
    answered(tmp_path, [Case(series, numbers=numbers)])


def test_minutes_in_which_the_objective_was_missed(tmp_path: Path) -> None:
    """Those above the objective's share; minutes without traffic are not bad."""
    series = {
        'service:requests:rate5m{service="checkout"}': "10x119 0x60",
        'service:errors:rate5m{service="checkout"}': "0x59 0.5x59 0x60",
    }
    answered(tmp_path, [Case(series, numbers={("3h", expr("bad_minutes")): [('{service="checkout"}', 60.0)]})])


def test_cpu_and_memory_against_their_limits(tmp_path: Path) -> None:
    """Marks only where the limit held the service back, or a container was killed."""
    pod = 'namespace="shop",pod="checkout-6c9d7f5b4d-a1b2c",container="checkout"'
    series = {
        f'container_cpu_usage_seconds_total{{{pod},image="x"}}': "0+30x60",
        f'kube_pod_container_resource_limits{{{pod},resource="cpu"}}': "1x60",
        f"container_cpu_cfs_periods_total{{{pod}}}": "0+600x60",
        f"container_cpu_cfs_throttled_periods_total{{{pod}}}": "0+60x20 1200+300x40",
        f'container_memory_working_set_bytes{{{pod},image="x"}}': "100x60",
        f'kube_pod_container_resource_limits{{{pod},resource="memory"}}': "400x60",
    }
    numbers = {
        ("15m", expr("cpu")): [("{}", 0.5)],
        ("15m", expr("cpu", 1)): [("{}", 1.0)],
        ("15m", expr("cpu", 2)): [],
        ("50m", expr("cpu", 2)): [("{}", 1.0)],
        ("15m", expr("memory")): [('{container="checkout"}', 100.0)],
        ("15m", expr("memory", 1)): [('{container="checkout"}', 400.0)],
        ("15m", expr("memory", 2)): [],
    }
    answered(tmp_path, [Case(series, numbers=numbers)])


def test_clusters_are_told_apart_and_the_worst_counts(tmp_path: Path) -> None:
    """Of recorded series, which have one value a cluster."""
    service = replace(OTEL, project=factory.CLUSTERED, latency=None)
    series = {
        f'service:error_budget_remaining:ratio{{service="checkout",slo="availability",cluster="{name}"}}': f"{left}x60"
        for name, left in (("eu", 0.2), ("us", 0.9))
    }
    budget = expr("budget", 0, service)
    answered(tmp_path, [Case(series, numbers={("10m", budget): [('{slo="availability"}', 0.2)]})])
