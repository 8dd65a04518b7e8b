"""Drops of traffic, slower answers, single targets and queues, by a real promtool over days and weeks of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import alerts, preset, recorded, resolve
from gitops_obs.project import ProjectFile
from gitops_obs.rules import Omitted
from tests import promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

pytestmark = pytest.mark.real

DROP, SLOWER, DOWN, STUCK, OLD = "REDTrafficDrop", "REDLatencyDrift", "TargetDown", "QueueStuck", "QueueOld"
REQUESTS = 'http_requests_total{job="checkout",code="200"}'
WEEK = 7 * 24 * 60


def _service(name: str = "prometheus_http", **told: Any) -> Service:
    data = {
        "service": "checkout",
        "owner": "payments",
        "telemetry": {"preset": name, "select": preset.builtin_data(name)["select"]["example"]},
        **told,
    }
    known = {alert: alerts.keys(alert) for alert in alerts.ids()}
    context = resolve.Context(ProjectFile(), preset.builtin, preset.builtin_names(), known, frozenset())
    service, problems = resolve.service(data, "services/checkout.yaml", context)
    assert service is not None, problems
    return service


def _check(folder: Path, service: Service, *cases: Case, only: tuple[str, ...] = ("red",), every: str = "1m") -> None:
    rules = promtool.groups(service)
    rules["groups"] = [group for group in rules["groups"] if group["name"].split(".")[1].split("-")[0] in only]
    for case in cases:
        case.interval = every
    promtool.check_cases(folder, {"a": rules}, {"a": list(cases)}, every=every)


def _firing(name: str, ago: str = "5m") -> str:
    """How many alerts called like that fired at some time within `ago`."""
    return f'count(count_over_time(ALERTS{{alertname="{name}",alertstate="firing"}}[{ago}]))'


def _told(name: str, *told: tuple[str, bool], ago: str = "2m") -> dict[tuple[str, str], list[tuple[str, float]]]:
    """Pairs of a time and whether the alert fired within `ago` of it, as numbers that promtool compares."""
    return {(at, _firing(name, ago)): [("{}", 1)] if fires else [] for at, fires in told}


def test_an_end_of_traffic_pages_within_a_quarter_of_an_hour(tmp_path: Path) -> None:
    """Whether the counter stands still or vanishes; it lasts for hours, and ends with them."""
    service = _service()
    told = _told(DROP, ("240m", False), ("246m", False), ("255m", True), ("400m", True), ("450m", False))
    still = Case({REQUESTS: "0+1000x240 240000+0x220"}, numbers=told)
    gone = Case({REQUESTS: "0+1000x240 _x220"}, numbers=told)
    back = Case(
        {REQUESTS: "0+1000x240 240000+0x20 240000+1000x60"}, numbers=_told(DROP, ("258m", True), ("290m", False))
    )
    _check(tmp_path, service, still, gone, back)


NIGHT = "0 " + " ".join(f"{at}+{rate}x59" for at, rate in [(0, 1000), (60000, 600), (96000, 360), (117600, 200)])


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(f"{NIGHT} 129600+100x59 135600+50x59 138600+25x120", id="a quiet night comes by and by"),
        pytest.param("0+10x300 3000+0x120", id="an idle service has nothing to lose"),
        pytest.param("0+0x420", id="no traffic at all"),
        pytest.param("0+1000x300 _x4 304000+1000x110", id="a gap in scraping"),
        pytest.param("0+1000x300 0+1000x110", id="every instance restarts"),
        pytest.param("0+1000x300 " + " ".join(["300000+1000x2 303000+0x2"] * 20), id="traffic that stutters"),
        pytest.param("_x400 0+1000x20", id="a service that just began"),
    ],
)
def test_what_looks_like_an_end_of_traffic_wakes_nobody(tmp_path: Path, values: str) -> None:
    """In a first week, without any history."""
    _check(tmp_path, _service(), Case({REQUESTS: values}, numbers=_told(DROP, ("415m", False), ago="400m")))


def test_work_that_ends_as_it_did_a_week_ago_wakes_nobody(tmp_path: Path) -> None:
    """Four hours of it, after which its series are gone: unknown in the first week, and too early an end is none."""
    service, week = _service(), "100x47 _x1968"
    series = f'{recorded.requests(service.project)}{{service="checkout"}}'
    end = WEEK + 4 * 60
    usual = _told(DROP, ("260m", True), (f"{end + 5}m", False), (f"{end + 90}m", False), ago="15m")
    early = _told(DROP, (f"{WEEK + 100}m", False), (f"{WEEK + 140}m", True), ago="15m")
    cases = [Case({series: f"{week} 100x47 _x20"}, numbers=usual), Case({series: f"{week} 100x23 _x20"}, numbers=early)]
    _check(tmp_path, service, *cases, only=("red", "slo"), every="5m")


def test_a_campaign_that_ends_wakes_nobody(tmp_path: Path) -> None:
    """Fifty times the usual traffic, and then as much as usual."""
    service = _service()
    series = f'{recorded.requests(service.project)}{{service="checkout"}}'
    told = _told(DROP, (f"{WEEK + 1200}m", False), ago="1200m")
    case = Case({series: "2x2160 100x35 2x72"}, numbers=told)
    _check(tmp_path, service, case, only=("red", "slo"), every="5m")


def test_slower_than_usual_is_a_ticket_and_a_slow_hour_every_week_is_none(tmp_path: Path) -> None:
    """A week is compared with the week before; what nobody notices, and a first week, are silent."""
    service = _service()
    of, requests = '{service="checkout"}', recorded.requests(service.project)
    p90 = recorded.quantile(service.project, "0.9")

    def case(values: str, *, fires: bool) -> Case:
        series = {f"{p90}{of}": values, f"{requests}{of}": "10x800"}
        return Case(series, numbers=_told(SLOWER, ("13980m", fires), ago="60m"))

    weekly = "0.2x319 0.6x10 0.2x4"
    cases = [
        case("0.2x455 0.5x20", fires=True),
        case(f"{weekly} {weekly}", fires=False),
        case("0.02x455 0.09x20", fires=False),
        case("_x400 0.2x55 0.9x20", fires=False),
    ]
    _check(tmp_path, service, *cases, only=("slo",), every="30m")


def test_targets_that_flap_or_are_all_down_make_no_ticket(tmp_path: Path) -> None:
    """One of two for a quarter of an hour does, and it stays the same alert while another one joins."""
    service = _service()
    up = {name: f'up{{job="checkout",instance="{name}"}}' for name in "abc"}

    def case(a: str, b: str, c: str, *told: tuple[str, bool]) -> Case:
        return Case(dict(zip(up.values(), (a, b, c), strict=True)), numbers=_told(DOWN, *told))

    _check(
        tmp_path,
        service,
        case("0x60", "1x60", "1x20 0x40", ("12m", False), ("16m", True), ("50m", True)),
        case("0 1 " * 30, "1x60", "1x60", ("58m", False)),
        case("0x60", "0x60", "0x60", ("58m", False)),
        case("_x60", "_x60", "_x60", ("58m", False)),
    )


TOPIC = 'consumergroup="checkout",topic="orders",partition="0"'
LAG, OFFSET = (f"kafka_consumergroup_{name}{{{TOPIC}}}" for name in ("lag", "current_offset"))


@pytest.mark.parametrize(
    "lag, offset, told",
    [
        pytest.param("0x30 0+50x40", "0+50x30 1500x40", (("45m", False), ("54m", True)), id="nobody takes anything"),
        pytest.param("0x70", "1500x70", (("60m", False),), id="nothing to do"),
        pytest.param("1x70", "1500x70", (("60m", False),), id="a mark that looks like a message"),
        pytest.param("0+5x70", "0x9 1x9 2x9 3x9 4x9 5x9 6x9", (("60m", False),), id="one message in ten minutes"),
        pytest.param("0x30 1 0x40", "0x30 1x40", (("35m", False), ("60m", False)), id="a message now and then"),
    ],
)
def test_a_queue_is_stuck_when_work_arrives_and_nobody_does_it(
    tmp_path: Path, lag: str, offset: str, told: tuple[tuple[str, bool], ...]
) -> None:
    """And a queue that rests, crawls, or holds what is no message is not."""
    case = Case({LAG: lag, OFFSET: offset}, numbers=_told(STUCK, *told))
    _check(tmp_path, _service("kafka_consumer"), case)


def test_a_hill_of_messages_that_comes_down_is_not_old(tmp_path: Path) -> None:
    """Five minutes of too much are nothing, half an hour is; and no speed is no age."""
    service = _service("kafka_consumer")
    speed = "0+60x60"
    cases = [
        Case({LAG: "0x20 900x5 0x40", OFFSET: speed}, numbers=_told(OLD, ("40m", False), ago="30m")),
        Case({LAG: "0x20 900x40", OFFSET: speed}, numbers=_told(OLD, ("28m", False), ("32m", True))),
        Case({LAG: "900x60", OFFSET: "7x60"}, numbers=_told(OLD, ("50m", False))),
    ]
    _check(tmp_path, service, *cases)


@pytest.mark.parametrize(
    "name, alert, question",
    [
        ("kafka_consumer", "traffic_drop", ""),
        ("aws_alb", "traffic_drop", ""),
        ("haproxy", "latency_drift", "quantiles"),
        ("otel_http", "target_down", "target"),
        ("prometheus_http", "queue_stuck", ""),
        ("celery", "queue_age", ""),
        ("celery", "queue_lag", ""),
        ("prometheus_http", "latency", ""),
    ],
)
def test_what_cannot_be_watched_is_said(name: str, alert: str, question: str) -> None:
    """In the preset's words where it is the preset's lack, otherwise in our own."""
    service = _service(name)
    (found,) = alerts.rules_of(service, alert)
    assert isinstance(found, Omitted)
    assert found.question == question
    assert not question or found.reason == service.signal.why_not(question)
