"""What recording rules record, over every built-in preset and by a real promtool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitops_obs import preset, recorded
from tests import factory, promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

_LABEL = re.compile(r'(\w+)="([^"]*)"')
_AT = "15m"


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
    rules["groups"] = [group for group in rules["groups"] if group["name"].endswith((".burn", ".slo"))]
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
