"""The alerts on requests, made to fire and held silent by a real promtool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import recorded
from tests import factory, promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

pytestmark = pytest.mark.real

OK = 'http_requests_total{job="checkout",handler="/pay",code="200"}'
FAILED = 'http_requests_total{job="checkout",handler="/pay",code="500"}'
MONTH = recorded.slo_ratio("30d")
UP = 'up{job="checkout",instance="a:80"}'
PERCENT = "{{ $value | humanizePercentage }}"
DURATION = "{{ $value | humanizeDuration }}"
ROUTE = "{{ $labels.handler }}"
PAGE, SLOW, ABSENT = "REDErrorRatioHigh", "REDLatencyHigh", "TargetAbsent"
BURN, SLOW_BURN = "SLOErrorBudgetBurn", "SLOLatencyBudgetBurn"
HIGH = factory.setting("error_ratio", threshold="1.44%")
LONG = factory.setting("latency", threshold="250ms")


def _service(**overrides: Any) -> Service:
    return factory.service(**{"drift": (), "routes": (), "latency": None, "alerts": (HIGH, LONG), **overrides})


def _check(folder: Path, service: Service, *cases: Case) -> None:
    promtool.check_cases(folder, {"a": promtool.groups(service)}, {"a": list(cases)})


def _silent(series: dict[str, str], at: str, *names: str, **numbers: float) -> Case:
    """A case in which none of the alerts fires; `numbers` are values of series without labels but the service's."""
    of = '{service="checkout"}'
    values = {(at, f"round({getattr(recorded, name)(factory.PROJECT)}, 0.001)"): n for name, n in numbers.items()}
    return Case(series, {(at, name): [] for name in names}, {key: [(of, n)] for key, n in values.items()})


def test_two_percent_of_errors_page_with_every_label_and_text(tmp_path: Path) -> None:
    """10/s with 2 % failing is above 1.44 %: the page comes after two minutes, with what a person needs."""
    service = _service()
    rule = promtool.rule(service, PAGE)
    fires = promtool.firing(rule, {}, {PERCENT: "2%"})
    assert fires == {
        "exp_labels": {
            "severity": "page",
            "team": "payments",
            "service": "checkout",
            "tier": "1",
            "slo": "availability",
        },
        "exp_annotations": {
            "summary": "checkout: too many requests fail",
            "description": "2% of the requests of the last 5m failed, more than 1.44%. Counted from 10 failed requests "
            "on, so that a single one wakes nobody.",
            "impact": "Users of checkout get errors instead of answers.",
            "action": "First see whether the last deploy began it (the dashboard's deploy lines, `kubectl -n shop "
            "rollout history deployment/checkout`); if so, roll back: `kubectl -n shop rollout undo "
            "deployment/checkout`. Otherwise find the route, version or instance that fails.",
            "dashboard_url": "https://grafana.example/d/svc-checkout?viewPanel=1397470007",
            "runbook_url": "https://git.example/shop/obs/blob/main/docs/runbooks/checkout.md",
            "service_file_url": "https://git.example/shop/obs/blob/main/services/checkout.yaml",
        },
    }
    series = {OK: "0+588x30", FAILED: "0+12x30", UP: "1x30"}
    _check(tmp_path, service, Case(series, {("2m", PAGE): [], ("20m", PAGE): [fires], ("20m", ABSENT): []}))


def test_the_page_stays_silent_where_it_should(tmp_path: Path) -> None:
    """Just under the threshold, without errors, without traffic, without any series, and for one failure at night."""
    service = _service()
    under = {OK: "0+591.6x30", FAILED: "0+8.4x30", UP: "1x30"}
    at_night = {OK: "0+0.5x30", FAILED: "0x15 1x15", UP: "1x30"}
    idle = {OK: "500x30", FAILED: "20x30", UP: "1x30"}
    _check(
        tmp_path,
        service,
        _silent(under, "20m", PAGE, error_ratio=0.014),
        _silent({OK: "0+600x30", UP: "1x30"}, "20m", PAGE, ABSENT, errors=0, error_ratio=0),
        _silent(idle, "20m", PAGE, requests=0),
        Case(idle, numbers={("20m", name): [] for name in (recorded.error_ratio(factory.PROJECT), MONTH)}),
        Case({UP: "1x30"}, {("20m", PAGE): []}, {("20m", recorded.error_ratio(factory.PROJECT)): []}),
        Case(at_night, {(f"{n}m", PAGE): [] for n in range(15, 25)}),
    )


def test_a_small_service_pages_once_ten_requests_failed(tmp_path: Path) -> None:
    """Twenty requests in five minutes, all failing, are worth a page; eight are not."""
    service = _service()
    fires = promtool.firing(promtool.rule(service, PAGE), {}, {PERCENT: "100%"})
    many = Case({FAILED: "0+4x30", UP: "1x30"}, {("20m", PAGE): [fires]})
    few = Case({FAILED: "0+1.6x30", UP: "1x30"}, {("20m", PAGE): []})
    _check(tmp_path, service, many, few)


def test_a_route_pages_by_its_own_objective(tmp_path: Path) -> None:
    """1 % of errors is above the threshold of /pay (0.72 %) and under that of the service; braces survive in names."""
    braces, label = "/{{ .id }}/{{x", factory.objective("/{{ .id }}/{{x").label
    service = _service(routes=(factory.objective("/pay"), factory.objective(braces)))
    pays, other = (
        [
            promtool.firing(
                promtool.rule(service, BURN, route=route, long_window=window), {}, {PERCENT: "1%", label: braces}
            )
            for window in ("1h", "6h")
        ]
        for route in ("/pay", label)
    )
    for fires in other:
        fires["exp_labels"]["route"] = braces
    pay = {OK: "0+594x30", FAILED: "0+6x30", UP: "1x30"}
    named = {series.replace("/pay", braces): values for series, values in pay.items()}
    _check(
        tmp_path,
        service,
        Case(pay, {("20m", BURN): [*pays, _of_the_whole(service, "6h", "1%")]}),
        Case(named, {("20m", BURN): [*other, _of_the_whole(service, "6h", "1%")]}),
        Case({OK: "0+598.5x30", FAILED: "0+1.5x30"}, {("20m", BURN): []}),
        Case({OK: "0+600x30"}, {("20m", BURN): []}),
    )


def _of_the_whole(service: Service, window: str, share: str) -> dict[str, Any]:
    rule = next(
        rule
        for group in promtool.groups(service)["groups"]
        for rule in group["rules"]
        if rule.get("alert") == BURN and rule["labels"]["long_window"] == window and "route" not in rule["labels"]
    )
    return promtool.firing(rule, {}, {PERCENT: share})


def test_clusters_page_apart(tmp_path: Path) -> None:
    """Only the cluster with errors is named, and only the one without targets."""
    service = _service(project=factory.CLUSTERED)
    filled = {PERCENT: "50%", "{{ $labels.cluster }}": "eu"}
    fires = promtool.firing(promtool.rule(service, PAGE), {"cluster": "eu"}, filled)
    absent = promtool.firing(promtool.rule(service, ABSENT), {"cluster": "us"}, {"{{ $labels.cluster }}": "us"})
    parts = {OK: "0+30x30", FAILED: "0+30x30", UP: "1x30"}
    series = {name.replace("{", '{cluster="eu",'): values for name, values in parts.items()}
    series |= {OK.replace("{", '{cluster="us",'): "0+600x30", UP.replace("{", '{cluster="us",'): "0x30"}
    _check(tmp_path, service, Case(series, {("20m", PAGE): [fires], ("20m", ABSENT): [absent]}))


def test_slow_requests_make_a_ticket(tmp_path: Path) -> None:
    """2 % slower than 250ms fail an objective of 99 %, with every label and text; a slow one of few does not."""
    service = _service(latency=factory.latency(factory.signal()))
    fires = promtool.firing(promtool.rule(service, SLOW), {}, {DURATION: "375ms"})
    assert fires["exp_labels"] == {
        "severity": "ticket",
        "team": "payments",
        "service": "checkout",
        "tier": "1",
        "slo": "latency",
    }
    text = "99% of the requests of the last 5m took up to 375ms, more than 250ms."
    assert fires["exp_annotations"]["description"] == f"{text} Counted from 10 slow requests on."
    _check(
        tmp_path,
        service,
        Case(_durations(588, 600, 600) | {OK: "0+600x30"}, {("10m", SLOW): [], ("20m", SLOW): [fires]}),
        Case(_durations(596, 600, 600) | {OK: "0+600x30"}, {("20m", SLOW): []}),
        Case(_durations(0, 1, 1) | {OK: "0+1x30"}, {("20m", SLOW): []}),
        Case({}, {("20m", SLOW): []}, {("20m", recorded.quantile(factory.PROJECT, "0.99")): []}),
        Case(_durations(0, 0, 0), {("20m", SLOW): []}, {("20m", recorded.quantile(factory.PROJECT, "0.99")): []}),
    )


def test_a_route_has_its_own_latency(tmp_path: Path) -> None:
    """The objective of a route is compared with the route's requests, and only where enough of them are slow."""
    slow = factory.latency(factory.signal(), "99%", "100ms")
    service = _service(availability=None, routes=(factory.objective("/pay", None, slow),))
    fires = [
        promtool.firing(promtool.rule(service, SLOW_BURN, route="/pay", long_window=window), {}, {PERCENT: "20%"})
        for window in ("1h", "6h")
    ]
    _check(
        tmp_path,
        service,
        Case(_durations(480, 600, 600), {("20m", SLOW_BURN): fires}),
        Case(_durations(0, 0.1, 0.1), {("20m", SLOW_BURN): []}),
    )


def _durations(quick: float, half: float, count: float) -> dict[str, str]:
    """Requests a minute up to 0.1 s and 0.25 s (`quick`), up to 0.5 s, and all."""
    name, of = "http_request_duration_seconds", 'job="checkout",handler="/pay"'
    buckets = {"0.1": quick, "0.25": quick, "0.5": half, "+Inf": count}
    series = {f'{name}_bucket{{{of},le="{le}"}}': f"0+{n}x30" for le, n in buckets.items()}
    return {**series, f"{name}_count{{{of}}}": f"0+{count}x30", UP: "1x30"}


def test_a_service_without_targets_pages(tmp_path: Path) -> None:
    """Whether no target is listed or none answers; one that is up is enough; from down to gone it is the same alert."""
    service = _service()
    fires = promtool.firing(promtool.rule(service, ABSENT), {}, {})
    assert fires["exp_labels"]["slo"] == "target"
    assert fires["exp_annotations"]["summary"] == "checkout: no target is up"
    other = UP.replace("a:80", "b:80")
    _check(
        tmp_path,
        service,
        Case({'up{job="other"}': "1x30"}, {("4m", ABSENT): [], ("20m", ABSENT): [fires]}),
        Case({UP: "1x5 0x25"}, {("10m", ABSENT): [], ("20m", ABSENT): [fires]}),
        Case({UP: "1x5 0x4 _x20"}, {("13m", ABSENT): [fires]}),
        Case({UP: "0x30", other: "1x30"}, {("20m", ABSENT): []}),
    )


def test_what_the_service_file_says_about_alerts_holds(tmp_path: Path) -> None:
    """Another threshold, another guard, another severity, and one alert off."""
    told = (
        factory.setting("error_ratio", severity="ticket", threshold="50%", min_requests="100", for_="1m"),
        factory.setting("latency", threshold="300ms", min_requests="2", for_="1m", keep_firing_for="1m"),
        factory.setting("target_absent", off=True),
    )
    service = _service(alerts=told)
    page = promtool.firing(promtool.rule(service, PAGE), {}, {PERCENT: "60%"})
    slow = promtool.firing(promtool.rule(service, SLOW), {}, {DURATION: "375ms"})
    assert page["exp_labels"]["severity"] == "ticket"
    assert "more than 50%. Counted from 100" in page["exp_annotations"]["description"]
    assert "more than 300ms. Counted from 2 slow" in slow["exp_annotations"]["description"]
    _check(
        tmp_path,
        service,
        Case({OK: "0+40x30", FAILED: "0+60x30"}, {("20m", PAGE): [page], ("20m", ABSENT): []}),
        Case({OK: "0+60x30", FAILED: "0+40x30"}, {("20m", PAGE): []}),
        Case({OK: "0+4x30", FAILED: "0+6x30"}, {("20m", PAGE): []}),
        Case(_durations(588, 600, 600) | {OK: "0+600x30"}, {("20m", SLOW): [slow]}),
        Case(_durations(588, 600, 600) | {OK: "0+30x30"}, {("20m", SLOW): []}),
    )


def test_a_slow_source_is_judged_over_its_own_window(tmp_path: Path) -> None:
    """CloudWatch is late and coarse, so its alert looks at half an hour."""
    service = replace(
        _service(preset="aws_alb"), latency=None, alerts=(factory.setting("error_ratio", threshold="4%"),)
    )
    rule = promtool.rule(service, PAGE)
    assert "[30m] offset 10m" in rule["expr"]
    assert "of the last 30m failed" in rule["annotations"]["description"]
    of, name = 'load_balancer="app/shop/50dc6c495c0c9188"', "aws_applicationelb_httpcode_target_5_xx_count_sum"
    series = {f"aws_applicationelb_request_count_sum{{{of}}}": "600x60", f"{name}{{{of}}}": "30x60"}
    fires = promtool.firing(rule, {}, {PERCENT: "5%"})
    _check(tmp_path, service, Case(series, {("50m", PAGE): [fires]}), Case({}, {("50m", PAGE): []}))
