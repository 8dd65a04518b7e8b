"""What the queries of the pages over many services answer, by a real promtool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs.dashboards import fleet, owner
from gitops_obs.model import Project
from tests import promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

PLAIN = Project()
CLUSTERED = replace(PLAIN, cluster_label="cluster")
_AT = "3h"  # minute 180

# service → owner and tier
_SERVICES = {
    "paged": ("a", 1),
    "failing": ("a", 1),
    "spent": ("a", 2),
    "slow": ("b", 2),
    "changed": ("b", 3),
    "unchecked": ("b", 3),
    "silent": ("b", 4),
    "fine": ("b", 4),
}


def _recorded(service: str, cluster: str, ratio: float = 0) -> dict[str, str]:
    """Ten requests a second in one cluster, of which `ratio` fail."""
    labels = f'service="{service}"' + (f',cluster="{cluster}"' if cluster else "")
    return {
        f"service:requests:rate5m{{{labels}}}": "10x200",
        f"service:errors:rate5m{{{labels}}}": f"{10 * ratio:g}x200",
        f"service:errors_per_requests:ratio_rate5m{{{labels}}}": f"{ratio:g}x200",
    }


def _series(cluster: str = "") -> dict[str, str]:
    """A service in each state; with a `cluster`, a second one in which all is well."""
    found = {
        f'service_info{{service="{name}",owner="{owner_}",tier="{tier}"}}': "1x200"
        for name, (owner_, tier) in _SERVICES.items()
    }
    for name in _SERVICES:
        if name != "silent":
            found |= _recorded(name, cluster, 0.04 if name == "failing" else 0)
            found |= _recorded(name, "b") if cluster else {}
    return found | {
        'service:slo_objective:ratio{service="failing",slo="availability"}': "0.999x200",
        'service:slo_objective:ratio{service="slow",slo="latency"}': "0.99x200",
        'service:slo_errors_per_requests:ratio_rate1h{service="slow",slo="latency"}': "0.05x200",
        'service:error_budget_remaining:ratio{service="spent",slo="availability"}': "-0.1x200",
        'service:error_budget_remaining:ratio{service="spent",slo="latency"}': "0.5x200",
        'ALERTS{alertname="A",alertstate="firing",severity="page",service="paged",slo="availability"}': "_x150 1x50",
        'ALERTS_FOR_STATE{alertname="A",severity="page",service="paged",slo="availability"}': "_x145 8700x55",
        'ALERTS{alertname="B",alertstate="firing",severity="ticket",service="fine",slo="latency"}': "1x120 stale",
        'ALERTS{alertname="D",alertstate="firing",severity="ticket",service="changed",slo="drift"}': "1x200",
        'gitops_obs_drift_resources{checker="ansible",source="changed",status="extra"}': "2x200",
        'gitops_obs_drift_resources{checker="ansible",source="fine",status="changed"}': "0x200",
        'gitops_obs_drift_resources{checker="ansible",source="fine",status="ignored"}': "4x200",
        'gitops_obs_drift_resources{checker="terraform",source="unchecked",status="changed"}': "0x200",
        'gitops_obs_drift_check_state{checker="terraform",source="unchecked",state="error"}': "1x200",
        'gitops_obs_drift_check_state{checker="ansible",source="changed",state="partial"}': "1x200",
        'gitops_obs_drift_detected{checker="ansible",source="changed"}': "0x59 1x140",
        'gitops_obs_drift_first_detected_timestamp_seconds{checker="ansible",source="changed"}': "_x60 3600x140",
    }


def _versions(cluster: str = "") -> dict[str, str]:
    """Replaced, taken back, new, and running all along."""
    within = f',cluster="{cluster}"' if cluster else ""

    def running(service: str, version: str) -> str:
        return f'service:versions:info{{service="{service}",version="{version}"{within}}}'

    return {
        running("paged", "1"): "1x149 stale",
        running("paged", "2"): "_x150 1x50",
        running("slow", "1"): "1x99 stale _x59 1x40",
        running("slow", "2"): "_x100 1x59 stale",
        running("spent", "1"): "_x150 1x50",
        running("fine", "1"): "1x60 stale _x58 1x80",
    }


def _targets(page: dict[str, Any], title: str, cluster: str = ".*") -> list[str]:
    """The queries of a panel, as Grafana sends them for all services (of one `cluster`)."""
    (panel,) = (panel for panel in page["panels"] if panel["title"] == title)
    found = [target["expr"] for target in panel["targets"]]
    values = {"$owner": ".*", "$tier": ".*", "$service": "", "$cluster": cluster, "$__range": "3h", "$__interval": "1m"}
    for variable, value in values.items():
        found = [expr.replace(variable, value) for expr in found]
    return found


def _check(folder: Path, series: dict[str, str], numbers: dict[str, list[tuple[str, float]]]) -> None:
    """Asks at the end of the third hour."""
    case = Case(series=series, numbers={(_AT, expr): samples for expr, samples in numbers.items()})
    promtool.check_cases(folder, {"fleet": {"groups": []}}, {"fleet": [case]})


@pytest.mark.parametrize(("project", "cluster"), [(PLAIN, ""), (CLUSTERED, "a")])
def test_each_service_has_its_worst_state(tmp_path: Path, project: Project, cluster: str) -> None:
    """Hurt 4, at risk 3, drift 2 (not known is no better), no data 1, well 0; owner and tier stand beside it."""
    state, *_ = _targets(owner.build(project, "b"), "Services")
    samples = [
        ('{service="slow",tier="2"}', 3),
        ('{service="changed",tier="3"}', 2),
        ('{service="unchecked",tier="3"}', 2),
        ('{service="silent",tier="4"}', 1),
        ('{service="fine",tier="4"}', 0),
    ]
    everyone = _targets(fleet.build(project), "Services")[0]
    hurt = [
        ('{service="paged",owner="a",tier="1"}', 4),
        # 2 % of all where one of two clusters fails: twenty times too fast
        ('{service="failing",owner="a",tier="1"}', 4),
    ]
    _check(tmp_path, _series(cluster), {state: samples, f"({everyone}) == 4": hurt})


def test_choosing_a_cluster_leaves_out_services_of_others(tmp_path: Path) -> None:
    """They are not said to have no data; a service without any stays, and alerts without a cluster count everywhere."""
    state, requests, *_, drift, _ = _targets(fleet.build(CLUSTERED), "Services", "b")
    series = _series("a") | {
        'service_info{service="away",owner="a",tier="1"}': "1x200",
        'gitops_obs_drift_resources{checker="ansible",source="away",status="extra"}': "1x200",
    }
    series |= _recorded("away", "a")
    numbers = {
        f"count({state})": [("{}", float(len(_SERVICES)))],
        f"count({requests})": [("{}", float(len(_SERVICES) - 1))],
        f"count({drift})": [("{}", 3.0)],
        # in this cluster nothing fails
        f"({state}) == 4": [('{service="paged",owner="a",tier="1"}', 4.0)],
    }
    _check(tmp_path, series, numbers)


def test_a_service_that_changes_hands_has_one_row(tmp_path: Path) -> None:
    """For a moment it has two owners; the table must not fail for that."""
    state, *_ = _targets(fleet.build(PLAIN), "Services")
    series = _series() | {'service_info{service="fine",owner="before",tier="4"}': "1x200"}
    _check(tmp_path, series, {f"count({state})": [("{}", len(_SERVICES))]})


@pytest.mark.parametrize(("project", "cluster"), [(PLAIN, ""), (CLUSTERED, "a")])
def test_the_columns_say_why(tmp_path: Path, project: Project, cluster: str) -> None:
    """Requests and errors of all clusters, the least budget, the fastest burn, drift that is known before unknown."""
    _, requests, errors, _, _, budget, burn, drift, version = _targets(owner.build(project, "a"), "Services")
    of_b = _targets(owner.build(project, "b"), "Services")
    each = 20 if cluster else 10
    numbers = {
        requests: [(f'{{service="{name}"}}', each) for name in ("paged", "failing", "spent")],
        errors: [
            ('{service="failing"}', 0.02 if cluster else 0.04),
            ('{service="paged"}', 0),
            ('{service="spent"}', 0),
        ],
        budget: [('{service="spent"}', -0.1)],
        f"round({of_b[6]}, 0.01)": [('{service="slow"}', 5)],
        burn: [],
        drift: [],
        of_b[7]: [('{service="changed"}', 2), ('{service="unchecked"}', -1), ('{service="fine"}', 0)],
        version: [('{service="paged",version="2"}', 1800), ('{service="spent",version="1"}', 1e9)],
        of_b[8]: [('{service="slow",version="1"}', 1200), ('{service="fine",version="1"}', 1e9)],
    }
    _check(tmp_path, _series(cluster) | _versions(cluster), numbers)


@pytest.mark.parametrize(("project", "cluster"), [(PLAIN, ""), (CLUSTERED, "a")])
def test_the_four_numbers_count_services(tmp_path: Path, project: Project, cluster: str) -> None:
    """Neither the first version ever seen nor the end of a gap is a deploy; taking one back is."""
    (numbers,) = _targets(fleet.build(project), "Right now")
    samples = [
        ('{what="Services hurt now"}', 2),
        ('{what="Budgets empty"}', 1),
        ('{what="Drifting or unknown"}', 2),
        ('{what="Deploys, last hour"}', 2),
    ]
    _check(tmp_path, _series(cluster) | _versions(cluster), {numbers: samples})


def test_without_any_drift_check_the_number_is_not_green(tmp_path: Path) -> None:
    """Nothing checked is -1, which is shown as such; the other numbers are 0."""
    (numbers,) = _targets(fleet.build(PLAIN), "Right now")
    zero = ("Services hurt now", "Budgets empty", "Deploys, last hour")
    samples = [(f'{{what="{what}"}}', 0.0) for what in zero] + [('{what="Drifting or unknown"}', -1.0)]
    _check(tmp_path, {'service_info{service="a",owner="a",tier="1"}': "1x200"}, {numbers: samples})


@pytest.mark.parametrize(("project", "cluster"), [(PLAIN, ""), (CLUSTERED, "a")])
def test_what_changed_is_listed_with_its_age(tmp_path: Path, project: Project, cluster: str) -> None:
    """Deploys, alerts that fire or are over, and drift that was found, each once."""
    (changes,) = _targets(fleet.build(project), "What changed in the last 24 h")
    samples = [
        ('{service="paged",owner="a",what="deployed",detail="2"}', 1800),
        ('{service="slow",owner="b",what="deployed",detail="1"}', 1200),
        ('{service="slow",owner="b",what="deployed",detail="2"}', 4800),
        ('{service="paged",owner="a",what="page fires",detail="A"}', 2100),
        ('{service="changed",owner="b",what="drift found",detail="ansible"}', 7200),
        ('{service="fine",owner="b",what="ticket is over",detail="B"}', 3600),
    ]
    _check(tmp_path, _series(cluster) | _versions(cluster), {changes: samples})


@pytest.mark.parametrize(("project", "cluster"), [(PLAIN, ""), (CLUSTERED, "a")])
def test_charts_show_the_ten_largest_and_the_rest(tmp_path: Path, project: Project, cluster: str) -> None:
    """Of twelve services the two smallest are put together; another owner's count for nothing."""
    (requests,) = _targets(owner.build(project, "b"), "Requests, the 10 largest")
    within = f',cluster="{cluster}"' if cluster else ""
    series = {'service_info{service="other",owner="a",tier="1"}': "1x200"}
    series |= {f'service:requests:rate5m{{service="other"{within}}}': "1000x200"}
    for n in range(1, 13):
        series[f'service_info{{service="s{n}",owner="b",tier="1"}}'] = "1x200"
        series[f'service:requests:rate5m{{service="s{n}"{within}}}'] = f"{n}x200"
    samples = [(f'{{service="s{n}"}}', float(n)) for n in range(3, 13)] + [('{service="all others"}', 3.0)]
    _check(tmp_path, series, {requests: samples})
