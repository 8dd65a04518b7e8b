"""The strongest proof: what `backtest` reads from a real Prometheus is what promtool's ALERTS say of the same rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import promql, ruleset
from gitops_obs.prometheus import cases
from gitops_obs.prometheus.address import Address
from gitops_obs.prometheus.backtest import Backtest, Outcome, Period
from gitops_obs.prometheus.client import Client, Limits
from gitops_obs.prometheus.inline import Recordings
from tests import factory, promtool
from tests.prometheus.past import DAY, Past, ago, counter, judge, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gitops_obs.model import Service

pytestmark = pytest.mark.real

# promtool evaluates every group as often as the file says; two minutes are the interval of all groups here
PROJECT = replace(factory.PROJECT, interval="2m", scrape_interval="1m")
EVERY = 120
FAST = Limits(rate=1000)


def outcomes(url: str, services: Iterable[Service], period: Period, *alerts: str) -> list[Outcome]:
    """What the rules of services would have done."""
    found: list[cases.Case] = []
    for service in services:
        groups = ruleset.groups(service)[0]
        found += cases.of(service, groups, alerts, Recordings(groups), lambda _selector, _past: False)
    client = Client(Address(url), FAST)
    try:
        return Backtest(client, period).run(found)
    finally:
        client.close()


def timeline(outcome: Outcome, past: Past, last: int) -> dict[int, list[dict[str, Any]]]:
    """The samples of ALERTS while firing that promtool must see, by seconds since the past began."""
    found: dict[int, list[dict[str, Any]]] = {at: [] for at in range(0, last + 1, EVERY)}
    for episode in outcome.episodes:
        pairs = {"alertname": outcome.case.name, "alertstate": "firing", **dict(episode.labels)}
        labels = ",".join(f'{label}="{value}"' for label, value in sorted(pairs.items()) if value)
        # what still fires has no evaluation yet at which it no longer does
        end = round(episode.end) + (1 if episode.ongoing else 0)
        for at in range(round(episode.start) - past.start, end - past.start, EVERY):
            found[at].append({"labels": f"ALERTS{{{labels}}}", "value": 1})
    return found


def in_order(service: Service) -> dict[str, Any]:
    """All rules of a service in one group.

    Of several groups promtool evaluates now one first and now another, and a rule sees what the other recorded this
    time or the last time; so does Prometheus, and backtest says that it does not follow it there.
    """
    rules = [rule for group in promtool.groups(service)["groups"] for rule in group["rules"]]
    return {"groups": [{"name": "all", "interval": "2m", "rules": rules}]}


def agree(folder: Path, service: Service, past: Past, found: list[Outcome]) -> None:
    """Hold every alert's timeline against promtool, evaluation by evaluation."""
    last = (len(next(iter(past.series.values()))) - 1) * past.every
    expected: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for outcome in found:
        pairs = {"route": "", **dict(outcome.case.labels), "alertstate": "firing", "alertname": outcome.case.name}
        query = f"ALERTS{{{','.join(promql.matcher(label, 'eq', value) for label, value in pairs.items())}}}"
        for at, samples in timeline(outcome, past, last).items():
            expected[at, query] = samples
    assert any(expected.values())
    judge(folder, in_order(service), past, expected, EVERY)


def requests(total: Any, failed: Any, points: int) -> dict[str, list[float]]:
    """Series of one service with two routes, the second of which fails."""
    good = counter(lambda n: total(n) - failed(n), points)
    return {
        'http_requests_total{job="checkout",handler="/cart",code="200"}': counter(lambda n: total(n) / 2, points),
        'http_requests_total{job="checkout",handler="/pay",code="200"}': good,
        'http_requests_total{job="checkout",handler="/pay",code="500"}': counter(failed, points),
    }


def incidents(n: int) -> float:
    """Failed requests per second at minute `n`: short, just long enough, flapping, faint, long."""
    if n in range(60, 62) or n in range(100, 112) or n in range(300, 360):
        return 3.0
    if n in range(160, 200) and n % 14 < 7:
        return 2.0
    return 0.004 if n in range(220, 260) else 0.0


@pytest.mark.parametrize(
    "tuned",
    [
        pytest.param({"for_": "0s"}, id="at once"),
        pytest.param({"for_": "4m"}, id="for"),
        pytest.param({"for_": "4m", "keep_firing_for": "10m"}, id="for and keep_firing_for"),
        pytest.param({"for_": "5m", "keep_firing_for": "3m"}, id="not multiples of the interval"),
    ],
)
def test_error_ratio_fires_when_prometheus_fires(tmp_path: Path, tuned: dict[str, str]) -> None:
    """Short and long incidents, flapping and faint ones."""
    setting = factory.setting("error_ratio", severity="page", threshold="1.44%", **tuned)
    service = factory.bare(project=PROJECT, alerts=(setting,))
    past = Past(requests(lambda n: 20 + n % 3, incidents, 421), ago(2))
    with remembered(tmp_path, past) as url:
        found = outcomes(url, [service], Period(past.start, past.end), "error_ratio")
    assert [len(outcome.episodes) > 1 for outcome in found] == [True]
    agree(tmp_path, service, past, found)


def test_burn_rates_fire_when_prometheus_fires(tmp_path: Path) -> None:
    """Two windows each, guards, recordings three deep, for the service and for a route with its own objective."""
    route = factory.objective("/pay", "99.5%")
    service = factory.bare(project=PROJECT, availability=factory.availability("99.5%"), routes=(route,))
    past = Past(requests(lambda n: 20 + n % 3, incidents, 421), ago(2))
    with remembered(tmp_path, past) as url:
        found = outcomes(url, [service], Period(past.start, past.end), "availability_burn", "availability_burn_slow")
    fired = {outcome.case.own_labels["long_window"] for outcome in found if outcome.episodes}
    assert fired >= {"1h", "6h", "1d"}
    assert {outcome.case.own_labels.get("route") for outcome in found if outcome.episodes} == {None, "/pay"}
    agree(tmp_path, service, past, found)


def test_gaps_and_restarts_are_seen_as_prometheus_sees_them(tmp_path: Path) -> None:
    """Series that come and go, a counter that starts again, and results that miss one evaluation."""
    series = requests(lambda _: 20, incidents, 421)
    failed = series['http_requests_total{job="checkout",handler="/pay",code="500"}']
    holes: dict[str, list[float | None]] = {name: list(values) for name, values in series.items()}
    for values in holes.values():
        values[104:109] = [None] * 5
        values[310:330] = [None] * 20
    again = holes['http_requests_total{job="checkout",handler="/pay",code="500"}']
    again[340:] = [value - failed[339] for value in failed[340:]]
    past = Past(holes, ago(2))
    setting = factory.setting("error_ratio", threshold="1.44%", for_="4m", keep_firing_for="6m")
    service = factory.bare(project=PROJECT, alerts=(setting,))
    with remembered(tmp_path, past) as url:
        found = outcomes(url, [service], Period(past.start, past.end), "error_ratio")
    assert len(found[0].episodes) > 2
    agree(tmp_path, service, past, found)


def test_drift_alerts_fire_when_prometheus_fires(tmp_path: Path) -> None:
    """With labels out of the data, and one of two sources gone."""
    service = factory.bare(project=PROJECT, drift=factory.DRIFT[:2])
    series: dict[str, list[float | None]] = {}
    points = 421
    for source, drifted in ((factory.DRIFT[0], range(60, 150)), (factory.DRIFT[1], range(200, 420))):
        labels = f'checker="{source.checker}",source="{source.source}"'
        for status in ("changed", "missing", "extra", "pending"):
            is_it = [1.0 if n in drifted and status == "changed" else 0.0 for n in range(points)]
            series[f'gitops_obs_drift_resources{{{labels},status="{status}"}}'] = list(is_it)
        series[f"gitops_obs_drift_detected{{{labels}}}"] = [float(n in drifted) for n in range(points)]
        ran = [float(n // 5 * 300) for n in range(points)]
        series[f"gitops_obs_drift_check_last_run_timestamp_seconds{{{labels}}}"] = [
            None if source.checker == "terraform" and n in range(100, 160) else value for n, value in enumerate(ran)
        ]
        series[f"gitops_obs_drift_check_interval_seconds{{{labels}}}"] = [300.0] * points
    past = Past(series, ago(2))
    with remembered(tmp_path, past) as url:
        found = outcomes(url, [service], Period(past.start, past.end), "drift_detected", "drift_check_absent")
    fired = {(o.case.name, dict(o.case.labels)["checker"]): len(o.episodes) for o in found}
    assert fired == {
        ("GitOpsDrift", "kubernetes"): 1,
        ("GitOpsDrift", "terraform"): 1,
        ("DriftCheckAbsent", "kubernetes"): 0,
        ("DriftCheckAbsent", "terraform"): 1,
    }
    agree(tmp_path, service, past, found)


def test_traffic_drift_fires_when_prometheus_fires(tmp_path: Path) -> None:
    """Recordings of recordings, `offset 1w`, a quantile over weeks: over eight days, every ten minutes."""
    every = 600
    project = replace(factory.PROJECT, interval="10m", scrape_interval="5m", rate_window="20m")
    points = 8 * DAY // 300

    def total(n: int) -> float:
        hour = n % 288 // 12
        usual = 5.0 + (hour if hour < 12 else 24 - hour)
        return usual * 0.2 if n in range(points - 100, points - 60) else usual

    past = Past({'http_requests_total{job="checkout",code="200"}': counter(total, points, 300)}, ago(9), 300)
    service = factory.bare(project=project)
    period = Period(past.start + 7 * DAY, past.end)
    with remembered(tmp_path, past) as url:
        found = outcomes(url, [service], period, "traffic_drift")
    assert [len(outcome.episodes) for outcome in found] == [1]
    last = (points - 1) * 300
    query = 'ALERTS{alertname="REDTrafficDrift",alertstate="firing"}'
    (episode,) = found[0].episodes
    labels = {"alertname": "REDTrafficDrift", "alertstate": "firing", **dict(episode.labels)}
    text = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    expected = {
        (at, query): [{"labels": f"ALERTS{{{text}}}", "value": 1}]
        if episode.start <= past.start + at < episode.end
        else []
        for at in range(7 * DAY, last + 1, every)
    }
    judge(tmp_path, in_order(service), past, expected, every)
