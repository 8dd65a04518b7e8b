"""The alerts on drift, over hand-made metrics of a drift exporter, by a real promtool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import alerts
from gitops_obs.alerts import _drift
from tests import factory, promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

pytestmark = pytest.mark.real

OF = 'checker="kubernetes",source="checkout"'
COUNT, DURATION, LIST = "{{ $value }}", "{{ $value | humanizeDuration }}", _drift.AMONG_THEM
NAMES = {name: alerts.module(name).NAME for name in alerts.ids() if name.startswith("drift_")}
DATA = {"checker": "kubernetes", "source": "checkout"}
# one step is ten minutes; a check runs every five
LAST_RUN = {
    f"gitops_obs_drift_check_last_run_timestamp_seconds{{{OF}}}": "0+600x200",
    f"gitops_obs_drift_check_interval_seconds{{{OF}}}": "300x200",
    f"gitops_obs_drift_desired_fetch_timestamp_seconds{{{OF}}}": "0+600x200",
}


def _service(**overrides: Any) -> Service:
    return factory.bare(**{"drift": factory.DRIFT[:1], "project": factory.PROJECT, **overrides})


def _resources(**by_status: str) -> dict[str, str]:
    """`gitops_obs_drift_resources`, every status present, zero unless given."""
    statuses = ("changed", "missing", "extra", "pending", "ignored", "unknown")
    return LAST_RUN | {
        f'gitops_obs_drift_resources{{{OF},status="{status}"}}': by_status.get(status, "0x200") for status in statuses
    }


def _fires(service: Service, name: str, **filled: str) -> list[dict[str, Any]]:
    rule = promtool.rule(service, NAMES[name], checker="kubernetes")
    values = {COUNT: filled.get("count", ""), DURATION: filled.get("duration", ""), LIST: filled.get("list", "")}
    return [promtool.firing(rule, DATA, values)]


def _expect(at: str, service: Service, name: str = "", **filled: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Of all drift alerts only `name` fires."""
    return {(at, n): _fires(service, i, **filled) if i == name else [] for i, n in NAMES.items()}


def _check(folder: Path, service: Service, *cases: Case) -> None:
    rules = promtool.groups(service)
    rules["groups"] = [group for group in rules["groups"] if ".drift" in group["name"]]
    for case in cases:
        case.interval = "10m"
    promtool.check_cases(folder, {"a": rules}, {"a": list(cases)}, every="10m")


def test_drift_is_told_after_half_an_hour_with_the_objects(tmp_path: Path) -> None:
    """Changed, missing and extra count, statuses that are no drift do not, and three objects are named."""
    service = _service()
    of = f'gitops_obs_drift_resource_info{{{OF},kind="Deployment",namespace="shop",name="checkout",status="changed"}}'
    among = " Among them: Deployment shop/checkout (changed);"
    fires = _fires(service, "drift_detected", count="2", list=among)
    assert fires == [
        {
            "exp_labels": {
                "severity": "ticket",
                "team": "payments",
                "service": "checkout",
                "tier": "1",
                "slo": "drift",
                "checker": "kubernetes",
                "source": "checkout",
            },
            "exp_annotations": {
                "summary": "checkout: Kubernetes differs from Git",
                "description": f"2 object(s) in Kubernetes differ from deploy/checkout/.{among}",
                "impact": "Git no longer describes what runs; the next sync may undo a repair made by hand.",
                "action": "See what differs: the dashboard's row Drift lists the objects, `kubectl diff -R -f "
                "'deploy/checkout/'` shows the fields. A deploy within the hour and an alert firing: roll back. "
                "Otherwise sync, or commit the live value; hold during a freeze.",
                "dashboard_url": "https://grafana.example/d/svc-checkout?viewPanel=1250339186",
                "service_file_url": "https://git.example/shop/obs/blob/main/services/checkout.yaml",
            },
        }
    ]
    drifting = _resources(changed="1x200", missing="1x200") | {of: "1x200"}
    never = _resources(pending="1x20", ignored="3x20", unknown="2x20")
    _check(
        tmp_path,
        service,
        Case(drifting, {("20m", "GitOpsDrift"): [], **_expect("1h", service, "drift_detected", count="2", list=among)}),
        Case(never, _expect("1h", service)),
        Case(_resources(changed="1x2 0x200"), _expect("1h", service)),
    )


def test_each_checker_waits_as_long_as_its_rollouts_take(tmp_path: Path) -> None:
    """Kubernetes half an hour, Terraform an hour, Ansible two; each source has its own alert."""
    service = _service(drift=factory.DRIFT)
    series = {
        f'gitops_obs_drift_resources{{checker="{s.checker}",source="checkout",status="extra"}}': "1x200"
        for s in factory.DRIFT
    }
    series['gitops_obs_drift_resources{checker="kubernetes",source="another",status="extra"}'] = "1x200"
    fires = [
        promtool.firing(
            promtool.rule(service, "GitOpsDrift", checker=source.checker),
            {"checker": source.checker, "source": "checkout"},
            {COUNT: "1", LIST: ""},
        )
        for source in factory.DRIFT
    ]
    after = {"20m": 0, "50m": 1, "110m": 2, "150m": 3}
    _check(tmp_path, service, Case(series, {(at, "GitOpsDrift"): fires[:n] for at, n in after.items()}))


def test_what_waits_too_long_and_what_is_old_is_told(tmp_path: Path) -> None:
    """Four hours for a change that is not applied, a day for drift that nobody takes care of."""
    service = _service()
    first = {f"gitops_obs_drift_first_detected_timestamp_seconds{{{OF}}}": "0x200"}
    pending = _expect("5h", service, "drift_pending", count="3")
    old = _fires(service, "drift_old", duration="1d 1h 0m 0s")
    _check(
        tmp_path,
        service,
        Case(_resources(pending="3x200"), {("3h", "GitOpsPendingTooLong"): [], **pending}),
        Case(first | _resources(extra="1x200"), {("23h", "GitOpsDriftOld"): [], ("25h", "GitOpsDriftOld"): old}),
        Case(first | _resources(), _expect("25h", service)),
    )


def test_two_writers_that_fight_are_told(tmp_path: Path) -> None:
    """More than six changes in six hours; drift found and repaired once is none of it."""
    service, detected = _service(), f"gitops_obs_drift_detected{{{OF}}}"
    fight = _expect("5h", service, "drift_flapping", count="10")
    once = _expect("5h", service)
    _check(
        tmp_path,
        service,
        Case(_resources() | {detected: "0 0 0 1 1 1 0 0 0 1 1 1 0 0 0 1 1 1 0 1 0 1 0x50"}, fight),
        Case(_resources() | {detected: "0x5 1x5 0x50"}, once),
    )


def test_a_check_that_fails_stops_or_never_ran_is_told(tmp_path: Path) -> None:
    """Failing of any kind, stale after three intervals, absent although others report, and an old Git."""
    service, state = _service(), "gitops_obs_drift_check_state"
    flips = {
        f'{state}{{{OF},state="{s}"}}': v for s, v in (("error", "0x3 1 0 1 0 1x9"), ("partial", "0x3 0 1 0 1 0x9"))
    }
    in_sync = {f'{state}{{{OF},state="in_sync"}}': "1x200", f'{state}{{{OF},state="error"}}': "0x200"}
    stopped = {**_resources(), next(iter(LAST_RUN)): "0x200"}
    old_git = {**_resources(), list(LAST_RUN)[2]: "0x200"}
    other = {series.replace('"checkout"', '"other"'): values for series, values in _resources().items()}
    absent = promtool.firing(promtool.rule(service, "DriftCheckAbsent"), DATA, {})
    _check(
        tmp_path,
        service,
        Case(
            _resources() | flips, {("30m", "DriftCheckFailing"): [], **_expect("70m", service, "drift_check_failing")}
        ),
        Case(_resources() | in_sync, _expect("3h", service)),
        Case(stopped, _expect("1h", service, "drift_check_stale", duration="1h 0m 0s")),
        Case(
            old_git, {("1h", "DesiredStale"): [], **_expect("2h", service, "drift_desired_stale", duration="2h 0m 0s")}
        ),
        Case(other, {("10m", "DriftCheckAbsent"): [], ("1h", "DriftCheckAbsent"): [absent]}),
    )


def test_what_the_service_file_says_about_drift_holds(tmp_path: Path) -> None:
    """A threshold, a severity, a time to wait, and one alert off."""
    told = (
        factory.setting("drift_detected", severity="page", threshold="2", for_="10m", keep_firing_for="1m"),
        factory.setting("drift_desired_stale", off=True),
    )
    service = _service(alerts=told)
    fires = _fires(service, "drift_detected", count="3")
    assert fires[0]["exp_labels"]["severity"] == "page"
    old_git = {**_resources(), list(LAST_RUN)[2]: "0x200"}
    _check(
        tmp_path,
        service,
        Case(_resources(extra="3x20"), {("30m", "GitOpsDrift"): fires}),
        Case(_resources(extra="2x20"), {("1h", "GitOpsDrift"): []}),
        Case(old_git, {("3h", "DesiredStale"): []}),
    )
