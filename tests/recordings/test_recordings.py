"""What recording rules record, over every built-in preset and by a real promtool."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitops_obs import preset, promql, recorded, recordings, ruleset
from gitops_obs.rules import Alert, Omitted, Recording
from tests import factory, promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

_LABEL = re.compile(r'(\w+)="([^"]*)"')
_AT = "15m"


def _records(service: Service) -> dict[str, Recording]:
    return {rule.record: rule for _, rule in recordings.build(service) if isinstance(rule, Recording)}


def _omitted(service: Service) -> dict[str, str]:
    return {rule.question: rule.reason for _, rule in recordings.build(service) if isinstance(rule, Omitted)}


def _samples(name: str) -> dict[str, str]:
    samples: list[dict[str, str]] = preset.builtin_data(name)["sample_series"]
    return {sample["series"]: sample["values"] for sample in samples}


def _per_minute(service: Service) -> dict[str, float]:
    """Requests a minute by upper bound in seconds, out of the sample series of the duration histogram."""
    histogram = service.signal.histogram_for()
    assert histogram is not None
    fixed = {label: ops for label, ops in histogram.match for op, _ in ops if op == "eq"}
    found: dict[str, float] = {}
    for series, values in _samples(service.signal.preset.id).items():
        labels = dict(_LABEL.findall(series))
        if not series.startswith(f"{histogram.metric}_bucket{{"):
            continue
        if all(labels.get(label) == dict(ops)["eq"] for label, ops in fixed.items()):
            step = float(values.split("+")[1].split("x")[0])
            found[labels["le"]] = found.get(labels["le"], 0) + step
    return found


def _quantile(q: float, per_minute: dict[str, float]) -> float:
    """Prometheus' documentation of histogram_quantile: linear within a bucket, the last finite bound beyond it."""
    bounds = sorted(per_minute, key=float)
    rank, low, below = q * per_minute["+Inf"], 0.0, 0.0
    for bound in bounds:
        if per_minute[bound] >= rank:
            if bound == "+Inf":
                return low
            return low + (float(bound) - low) * (rank - below) / (per_minute[bound] - below)
        low, below = float(bound), per_minute[bound]
    raise AssertionError(bounds)


def _case(service: Service) -> Case:
    """A service's sample series, and what its recordings must be after a quarter of an hour."""
    project, name, of = service.project, service.signal.preset.id, '{service="checkout"}'
    # aws_alb sums whole periods, and Prometheus 3.0 counts the sample at the edge of a range no more (#13904)
    numbers = {} if name == "aws_alb" else {f"round({recorded.requests(project)} * 1000)": [(of, 10000.0)]}
    if service.availability:
        numbers[f"round({recorded.error_ratio(project)} * 1000000)"] = [(of, 20000.0)]
    if service.latency:
        unit = 1000 if service.signal.preset.duration and service.signal.preset.duration.unit == "ms" else 1
        seen = _per_minute(service)
        for q in ("0.5", "0.9", "0.99"):
            wanted = float(round(_quantile(float(q), seen) / unit * 100000))
            numbers[f"round({recorded.quantile(project, q)} * 100000)"] = [(of, wanted)]
        within = next(n for le, n in seen.items() if float(le) == float(service.latency.seconds) * unit)
        share = f"{recorded.slow(project)} / {recorded.timed(project)}"
        numbers[f"round({share} * 100000)"] = [(of, float(round((1 - within / seen["+Inf"]) * 100000)))]
    samples = _samples(name)
    if service.signal.versions():
        numbers[recorded.VERSIONS] = [
            (f'{recorded.VERSIONS}{{service="checkout",version="{version}"}}', 1) for version in _versions(service)
        ]
    return Case(samples, numbers={(_AT, expr): found for expr, found in numbers.items()})


def _versions(service: Service) -> list[str]:
    """What the version label says in the sample series."""
    label, series = service.signal.label("version"), "".join(_samples(service.signal.preset.id))
    return sorted({value for key, value in _LABEL.findall(series) if key == label})


@pytest.mark.real
def test_every_preset_records_the_numbers_of_its_sample_series(tmp_path: Path) -> None:
    """Ten requests a second, 2 % of them failed, quantiles as the documentation computes them, versions as labelled."""
    services = {name: factory.service(name, drift=(), workload=None) for name in factory.PRESETS}
    rule_files = {name: promtool.groups(service) for name, service in services.items()}
    promtool.check_cases(tmp_path, rule_files, {name: [_case(service)] for name, service in services.items()})


@pytest.mark.real
def test_the_workload_tells_the_versions_that_run(tmp_path: Path) -> None:
    """Where the preset knows no version, the tags of the images are the versions."""
    service, of = factory.service(drift=()), f'{recorded.VERSIONS}{{service="checkout",version='
    versions: list[tuple[str, float]] = [(f'{of}"1.4.1"}}', 1)]
    case = Case(_samples("deploy_info"), numbers={(_AT, recorded.VERSIONS): versions})
    promtool.check_cases(tmp_path, {"a": promtool.groups(service)}, {"a": [case]})


@pytest.mark.real
def test_clusters_are_recorded_apart(tmp_path: Path) -> None:
    """With a cluster label each cluster has its own series, quantiles and versions included."""
    service = factory.service("otel_http", project=factory.CLUSTERED, drift=())
    samples = {s.replace("{", f'{{cluster="{c}",'): v for s, v in _samples("otel_http").items() for c in ("eu", "us")}
    numbers: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for name, number in (("requests", 10), ("error_ratio", 0.02)):
        series = f"round({getattr(recorded, name)(service.project)} * 1000)"
        both = [(f'{{cluster="{c}",service="checkout"}}', float(number * 1000)) for c in ("eu", "us")]
        numbers[_AT, series] = both
    for counted in (recorded.quantile(service.project, "0.99"), recorded.slow(service.project), recorded.VERSIONS):
        found = 2.0 if counted == recorded.VERSIONS else 1.0
        of = [(f'{{cluster="{c}"}}', found) for c in ("eu", "us")]
        numbers[_AT, f"count by (cluster) ({counted})"] = of
    promtool.check_cases(tmp_path, {"a": promtool.groups(service)}, {"a": [Case(samples, numbers=numbers)]})


@pytest.mark.real
def test_budgets_weigh_by_traffic(tmp_path: Path) -> None:
    """Failures of a quiet half hour count by their number, and what is left of the budget is counted from them."""
    service = factory.service(latency=None, drift=(), routes=())
    # half an hour at 100/s without errors, half an hour at 1/s with all failing: about 1 % of all, not 50 %
    series = {
        f'{recorded.requests(service.project)}{{service="checkout"}}': "100x6 1x5",
        f'{recorded.errors(service.project)}{{service="checkout"}}': "0x6 1x5",
    }
    of, month = '{service="checkout",slo="availability"}', recorded.slo_ratio("30d")
    numbers: dict[tuple[str, str], list[tuple[str, float]]] = {
        ("55m", f"{recorded.slo_ratio('1h')} > 0.007 < 0.012 > bool 0"): [(of, 1)],
        ("55m", f"{recorded.slo_ratio('1h')} / {month}"): [(of, 1)],
        ("55m", f"round({recorded.BUDGET_REMAINING} + {month} / 0.001, 0.5)"): [(of, 1)],
        ("55m", recorded.OBJECTIVE): [(f"{recorded.OBJECTIVE}{of}", 0.999)],
    }
    rules = promtool.groups(service)
    rules["groups"] = [group for group in rules["groups"] if group["name"].endswith(".slo")]
    promtool.check_cases(tmp_path, {"a": rules}, {"a": [Case(series, numbers=numbers, interval="5m")]}, every="5m")


@pytest.mark.real
def test_promtool_accepts_the_rules_of_every_preset(tmp_path: Path) -> None:
    """Full, bare, clustered and native, with lint findings counted as failures."""
    files = []
    for name in factory.PRESETS:
        variants = {
            "full": factory.service(name),
            "bare": factory.bare(name),
            "clustered": factory.service(name, project=factory.CLUSTERED),
        }
        duration = factory.signal(name).preset.duration
        if duration and duration.native:
            variants["native"] = factory.service(name, histogram="native")
        for variant, service in variants.items():
            files.append(tmp_path / f"{name}-{variant}.yaml")
            files[-1].write_text(promtool.dump(promtool.groups(service)))
    done = promtool.run("check", "rules", "--lint-fatal", files=files)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", factory.PRESETS)
def test_every_expression_parses_and_keeps_to_literal_windows(name: str) -> None:
    """No Grafana variable, no placeholder and nothing unparseable reaches a rule."""
    for service in (factory.service(name), factory.service(name, project=factory.CLUSTERED)):
        for group in ruleset.groups(service)[0]:
            for rule in group.rules:
                assert promql.error(rule.expr) is None, rule.expr
                assert "$" not in rule.expr.replace('"$1"', "")


@pytest.mark.parametrize("name", factory.PRESETS)
def test_what_a_rule_reads_is_recorded_before_it_in_its_group(name: str) -> None:
    """Recorded series come from earlier rules of the same group, or from a group that records them for all."""
    groups, _ = ruleset.groups(factory.service(name))
    everywhere = {rule.record for group in groups for rule in group.rules if isinstance(rule, Recording)}
    for group in groups:
        seen: set[str] = set()
        for rule in group.rules:
            read = {metric for metric in promql.metric_names(rule.expr) if metric.startswith("service:")}
            assert read <= everywhere
            if isinstance(rule, Alert):
                assert read - seen <= {recorded.requests(factory.PROJECT)}
            else:
                seen.add(rule.record)


def test_every_recording_carries_the_service() -> None:
    """The label `service` is on all, and labels that may change stand on the info series alone."""
    for rule in _records(factory.service()).values():
        labels = dict(rule.labels)
        assert labels["service"] == "checkout"
        assert labels.keys() <= ({"service", "slo"} if rule.record != "service_info" else labels.keys())


def test_the_info_series_says_who_owns_the_service() -> None:
    """Owner, tier, preset and dashboard, for pages that list services."""
    labels = dict(_records(factory.service())["service_info"].labels)
    wanted = {"owner": "payments", "tier": "1", "preset": "prometheus_http", "dashboard": "svc-checkout"}
    assert labels == {"service": "checkout", **wanted}


def test_an_unusual_objective_gets_its_own_quantile() -> None:
    """An objective for 95 % of requests records the 95th percentile too, in order."""
    service = factory.service(latency=factory.latency(factory.signal(), "95%"))
    quantiles = [name.split(":")[-1] for name in _records(service) if "duration_seconds" in name]
    assert quantiles == ["p50_rate5m", "p90_rate5m", "p95_rate5m", "p99_rate5m"]


def test_the_rate_window_of_the_project_names_and_measures() -> None:
    """Names and ranges follow `rules.rate_window`, and budgets are sampled once a window."""
    service = factory.service(project=replace(factory.PROJECT, rate_window="10m"))
    groups = {group.name: group.interval for group in ruleset.groups(service)[0]}
    assert "[10m]" in _records(service)["service:requests:rate10m"].expr
    assert groups["checkout.slo"] == "10m"


@pytest.mark.parametrize(
    "name, question", [("haproxy", "quantiles"), ("aws_alb", "version"), ("kafka_consumer", "errors")]
)
def test_what_a_preset_cannot_answer_is_said(name: str, question: str) -> None:
    """The reason is the preset's own sentence."""
    service = factory.bare(name)
    assert _omitted(service)[question] == service.signal.why_not(question)


def test_a_service_without_objectives_has_no_budget() -> None:
    """And is told how to get one."""
    assert "slos:" in _omitted(factory.bare())[""]
    assert recorded.BUDGET_REMAINING not in _records(factory.bare())


def test_versions_come_from_the_workload_where_the_preset_knows_none() -> None:
    """A Kubernetes workload names its image; without one there is nothing to record."""
    assert "kube_pod_container_info" in _records(factory.service())[recorded.VERSIONS].expr
    assert recorded.VERSIONS not in _records(factory.bare())


def test_an_unknown_id_is_a_key_error() -> None:
    """As in every registry."""
    with pytest.raises(KeyError):
        recordings.module("nothing")
