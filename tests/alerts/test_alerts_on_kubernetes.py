"""The alerts on what a service runs on and on its versions, asked what their own proofs do not show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import alerts, api, companion, preset, promql
from gitops_obs.rules import Omitted
from tests import promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service

pytestmark = pytest.mark.real

WORKLOAD = ("cpu_throttling", "memory_near_limit", "oom_killed", "restarts", "rollout_stuck", "replicas_mismatched")
NAMES = [alerts.module(name).NAME for name in (*WORKLOAD, "version_skew", "canary_worse")]
PODS = {
    "deployment": ("checkout-7d9f8b6c5d-{}", "checkout-5c6b7d8f9d-{}"),
    "statefulset": ("checkout-{}", "checkout-{}"),
    "daemonset": ("checkout-{}", "checkout-{}"),
}
SUFFIXES = {
    "deployment": (("x2k4p", "8zq5m", "m3n7t"), ("b4c6d", "f8g2h", "j5k9l")),
    "statefulset": (("2", "1", "0"), ("2", "1", "0")),
    "daemonset": (("x2k4p", "8zq5m", "m3n7t"), ("b4c6d", "f8g2h", "j5k9l")),
}
REPLICAS = {
    "deployment": ("spec_replicas", "status_replicas_ready", "status_replicas_updated"),
    "statefulset": ("replicas", "status_replicas_ready", "status_replicas_updated"),
    "daemonset": ("status_desired_number_scheduled", "status_number_ready", "status_updated_number_scheduled"),
}
SERVICE = """
service: checkout
owner: payments
telemetry: {{preset: otel_http, select: {{job: checkout}}{more}}}
slos: {{availability: 99.9%}}
runs_on: {{kubernetes: {{namespace: shop, {kind}: checkout}}}}
"""
FIRST, EVERY, LAST = 10, 5, 45  # minutes: the first new pod, each next one, and the end of the scene
GIB = 2**30


def _service(folder: Path, kind: str = "deployment", text: str = SERVICE, project: str = "") -> Service:
    """The service as users get it: written down, read and resolved."""
    (folder / "services").mkdir()
    (folder / "gitops-obs.yaml").write_text(project or "rules: {interval: 30s}\n")
    (folder / "services" / "checkout.yaml").write_text(text.format(kind=kind, more=""))
    loaded = api.load(folder)
    assert [finding for finding in loaded.diagnostics if finding.severity is api.Severity.ERROR] == []
    return loaded.service("checkout")


def _check(folder: Path, service: Service, *cases: Case) -> None:
    promtool.check_cases(folder, {"a": promtool.groups(service)}, {"a": list(cases)})


def _silent(series: dict[str, str], minutes: range) -> Case:
    return Case(series, {(f"{at}m", name): [] for at in minutes for name in NAMES})


# an ordinary rolling deploy -----------------------------------------------------------------------------------------


class Deploy:
    """Three pods of 1.4.2 give way to three of 1.5.0, one every five minutes; `moved` of them, then it hangs.

    Each new pod takes three minutes to get ready, is throttled while it starts, restarts once because what it needs
    is not there yet, and fails a few requests. Old pods use much memory, as after a week.
    """

    def __init__(self, kind: str, moved: int = 3, last: int = LAST) -> None:
        self.kind, self.moved, self.last = kind, moved, last
        self.series: dict[str, str] = {}
        self._workload()
        for n in range(3):
            begin = FIRST + n * EVERY
            old, new = (name.format(ends[n]) for name, ends in zip(PODS[kind], SUFFIXES[kind], strict=True))
            gone = begin if n < moved else last + 1
            self._pod(old, "1.4.2", 0, gone, memory=0.85, instance=f"old-{n}")
            if n < moved:
                self._pod(new, "1.5.0", begin, last + 1, memory=0.4, instance=f"new-{n}")

    def _put(self, series: str, values: list[float | None]) -> None:
        text = " ".join("_" if value is None else f"{value:g}" for value in values)
        if (known := self.series.get(series)) is not None:  # a stateful set's pod comes back under its name
            pairs = zip(known.split(), text.split(), strict=True)
            text = " ".join(old if new == "_" else new for old, new in pairs)
        self.series[series] = text

    def _workload(self) -> None:
        wanted, ready, updated = REPLICAS[self.kind]
        of, steps = f'{{namespace="shop",{self.kind}="checkout"}}', range(self.last + 1)
        begun = [sum(at >= FIRST + n * EVERY for n in range(self.moved)) for at in steps]
        away = [sum(FIRST + n * EVERY <= at < FIRST + n * EVERY + 3 for n in range(self.moved)) for at in steps]
        hangs = [int(self.moved < 3 and at >= FIRST + self.moved * EVERY) for at in steps]
        self._put(f"kube_{self.kind}_{wanted}{of}", [3] * len(steps))
        self._put(f"kube_{self.kind}_{ready}{of}", [3 - n - m for n, m in zip(away, hangs, strict=True)])
        self._put(
            f"kube_{self.kind}_{updated}{of}", [3 if at < FIRST else n for at, n in zip(steps, begun, strict=True)]
        )
        self._put(f"kube_{self.kind}_metadata_generation{of}", [7 if at < FIRST else 8 for at in steps])
        self._put(f"kube_{self.kind}_status_observed_generation{of}", [7 if at <= FIRST else 8 for at in steps])

    def _pod(self, pod: str, version: str, begin: int, end: int, *, memory: float, instance: str) -> None:
        """One pod from step `begin` to `end`; whatever it counts begins at 0."""
        of = f'namespace="shop",pod="{pod}",container="app"'
        image = f'image="registry.example/shop/checkout:{version}"'
        is_new = begin > 0

        def put(series: str, value: Any) -> None:
            ages = [at - begin if begin <= at < end else None for at in range(self.last + 1)]
            self._put(series, [None if age is None else value(age) for age in ages])

        put(f"container_cpu_cfs_periods_total{{{of}}}", lambda age: 600 * age)
        put(f"container_cpu_cfs_throttled_periods_total{{{of}}}",
            lambda age: 600 * min(age, 3) if is_new else 60 * age)  # fmt: skip
        put(f"container_memory_working_set_bytes{{{of},{image}}}", lambda _: memory * GIB)
        put(f'kube_pod_container_resource_limits{{{of},resource="memory",unit="byte"}}', lambda _: GIB)
        put(f"kube_pod_container_status_restarts_total{{{of}}}", lambda age: float(is_new and age >= 1))
        put(f'kube_pod_container_status_last_terminated_reason{{{of},reason="Error"}}', lambda _: 1)
        put(f'kube_pod_container_info{{{of},image_spec="registry.example/shop/checkout:{version}"}}', lambda _: 1)
        put(f'target_info{{job="checkout",instance="{instance}",service_version="{version}"}}', lambda _: 1)
        requests = f'http_server_request_duration_seconds_count{{job="checkout",instance="{instance}"'
        put(f'{requests},http_response_status_code="200"}}', lambda age: 600 * age)
        put(f'{requests},http_response_status_code="500"}}', lambda age: min(age, 2) if is_new else 0)


@pytest.mark.parametrize("kind", ["deployment", "statefulset", "daemonset"])
def test_nothing_fires_during_an_ordinary_rolling_deploy(tmp_path: Path, kind: str) -> None:
    """Counters that begin anew, two versions for ten minutes, one replica short for three minutes at a time."""
    _check(tmp_path, _service(tmp_path, kind), _silent(Deploy(kind).series, range(LAST)))


@pytest.mark.parametrize("kind", ["deployment", "statefulset", "daemonset"])
def test_a_rolling_deploy_that_hangs_is_told(tmp_path: Path, kind: str) -> None:
    """The same deploy, of which the second pod never gets ready: so the silence above means something."""
    service = _service(tmp_path, kind)
    last = 180
    stuck, short, skew = (
        promtool.rule(service, name) for name in ("RolloutStuck", "ReplicasMismatched", "VersionSkew")
    )
    hung = FIRST + EVERY
    told = {
        (f"{hung + 10}m", "RolloutStuck"): [],
        (f"{hung + 24}m", "RolloutStuck"): [promtool.firing(stuck, {}, {"{{ $value }}": "2"})],
        (f"{hung + 24}m", "ReplicasMismatched"): [
            promtool.firing(short, {}, {"{{ $value | humanizePercentage }}": "66.67%"})
        ],
        (f"{FIRST + 100}m", "VersionSkew"): [],
        (f"{last - 1}m", "VersionSkew"): [promtool.firing(skew, {}, {"{{ $value }}": "2"})],
    }
    for texts in (expected[0]["exp_annotations"] for expected in told.values() if expected):
        assert texts.pop("compare_url", None) is None
    case = _without_links(Case(Deploy(kind, 1, last).series, told))
    _check(tmp_path, service, case)


def _without_links(case: Case) -> Case:
    """Fills in the times that links to the dashboard carry."""
    for (at, _), expected in case.alerts.items():
        now = int(at.removesuffix("m")) * 60
        for fires in expected:
            url = fires["exp_annotations"]["dashboard_url"]
            for span in (0, 3 * 3600, 6 * 3600, 24 * 3600):
                template = (
                    f'{{{{ query "1000 * (time(){f" - {span}" if span else ""})" | first | value | printf "%.0f" }}}}'
                )
                url = url.replace(template, str(1000 * (now - span)))
            fires["exp_annotations"]["dashboard_url"] = url
    return case


# edges --------------------------------------------------------------------------------------------------------------


def test_many_pods_that_restart_once_are_no_crash_loop(tmp_path: Path) -> None:
    """A dependency that went away for a moment restarts all; only the same container again and again is a loop."""
    pods = (f"checkout-7d9f8b6c5d-{letter * 5}" for letter in "abcdefghij")
    series = {
        f'kube_pod_container_status_restarts_total{{namespace="shop",pod="{pod}",container="app"}}': "0x5 1x30"
        for pod in pods
    }
    _check(tmp_path, _service(tmp_path), _silent(series, range(30)))


def test_a_memory_kill_that_took_the_pod_away_ends(tmp_path: Path) -> None:
    """When the pod is replaced, the ticket is over, although its restarts still stand in the hour behind."""
    service = _service(tmp_path)
    of = 'namespace="shop",pod="checkout-7d9f8b6c5d-x2k4p",container="app"'
    series = {
        f"kube_pod_container_status_restarts_total{{{of}}}": "0x5 1x5 stale",
        f'kube_pod_container_status_last_terminated_reason{{{of},reason="OOMKilled"}}': "_x5 1x5 stale",
    }
    rule = promtool.rule(service, "OOMKilled")
    start = rule["annotations"]["description"].index("{{ with")
    named = {
        rule["annotations"]["description"][start:]: " Pods, the worst three at most: checkout-7d9f8b6c5d-x2k4p;",
        '{{ $value | printf "%.0f" }}': "1",
        "{{ $labels.container }}": "app",
    }
    fires = promtool.firing(rule, {"container": "app"}, named)
    case = Case(series, {("4m", "OOMKilled"): [], ("8m", "OOMKilled"): [fires], ("20m", "OOMKilled"): []})
    _check(tmp_path, service, _without_links(case))


def test_clusters_are_told_apart(tmp_path: Path) -> None:
    """Pods of one name in two clusters are two: a version for each is no skew, and a full one says where it is."""
    text = SERVICE.replace("preset: otel_http", "preset: prometheus_http")
    service = _service(tmp_path, text=text, project="cluster_label: cluster\n")
    series: dict[str, str] = {}
    for cluster, version, used in (("eu", "1.4.2", "0.97"), ("us", "1.5.0", "0.5")):
        of = f'cluster="{cluster}",namespace="shop",pod="checkout-7d9f8b6c5d-x2k4p",container="app"'
        series |= {
            f'kube_pod_container_info{{{of},image_spec="shop/checkout:{version}"}}': "1x200",
            f'container_memory_working_set_bytes{{{of},image="shop/checkout:{version}"}}': f"{used}x200",
            f'kube_pod_container_resource_limits{{{of},resource="memory",unit="byte"}}': "1x200",
        }
    rule = promtool.rule(service, "MemoryNearLimit")
    description = rule["annotations"]["description"]
    named = {
        description[description.index("{{ with") :]: " Pods, the worst three at most: checkout-7d9f8b6c5d-x2k4p in eu;",
        "{{ $value | humanizePercentage }}": "97%",
        "{{ $labels.container }}": "app",
        "{{ $labels.cluster }}": "eu",
    }
    fires = promtool.firing(rule, {"container": "app", "cluster": "eu"}, named)
    versions = [(f'service:versions:info{{cluster="{of}",service="checkout",version="{version}"}}', 1.0)
                for of, version in (("eu", "1.4.2"), ("us", "1.5.0"))]  # fmt: skip
    told = {("30m", "MemoryNearLimit"): [fires], ("190m", "VersionSkew"): []}
    case = Case(series, told, {("190m", "service:versions:info"): versions})
    _check(tmp_path, service, _without_links(case))


def test_a_dependency_that_is_down_accuses_no_version(tmp_path: Path) -> None:
    """Half of the requests of both versions fail, and the last requests of a version that goes away."""
    series: dict[str, str] = {}
    for instance, version, each in (("a", "1.4.2", "30"), ("b", "1.5.0", "300")):
        requests = f'http_server_request_duration_seconds_count{{job="checkout",instance="{instance}"'
        series |= {f'{requests},http_response_status_code="{code}"}}': f"0+{each}x30" for code in ("200", "500")}
        series[f'target_info{{job="checkout",instance="{instance}",service_version="{version}"}}'] = "1x30"
    _check(tmp_path, _service(tmp_path), _silent(series, range(1, 30)))


def test_without_a_workload_there_is_no_alert_on_one(tmp_path: Path) -> None:
    """And the service's owner is told which key would change it."""
    text = "\n".join(line for line in SERVICE.splitlines() if "runs_on" not in line)
    built = dict(alerts.build(_service(tmp_path, text=text)))
    for name in WORKLOAD:
        found = built[name]
        assert isinstance(found, Omitted)
        assert "runs_on:" in found.reason
    assert not isinstance(built["version_skew"], Omitted)


@pytest.mark.parametrize("name", ["k8s_resources", "deploy_info"])
def test_a_label_that_is_kept_is_kept_by_every_part_of_a_query(tmp_path: Path, name: str) -> None:
    """Every aggregation and every join, whatever the query looks like."""
    workload = _service(tmp_path).workload
    for query, _ in preset.builtin(name).queries:
        expr = companion.query(name, query, workload, "5m", ["cluster"])
        plain = companion.query(name, query, workload, "5m")
        assert expr is not None
        assert plain is not None
        assert promql.error(expr) is None, expr
        lists = plain.count("by (") + plain.count("on (") + sum(plain.count(f"{word}(") for word in ("sum", "max"))
        assert expr.count("(cluster") == lists
