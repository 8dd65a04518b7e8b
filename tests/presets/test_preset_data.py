"""The built-in presets are data: they hold to their schema, contradict themselves nowhere and carry usable samples."""

from __future__ import annotations

import copy
import itertools
import json
import re
import shutil
import subprocess
from collections import defaultdict

import promql_parser
import pytest
import yaml
from jsonschema import Draft202012Validator

from gitops_obs import preset, schema

NAMES = sorted(preset.builtin_names())
DATA = {name: preset.builtin_data(name) for name in NAMES}
SERVICES = [name for name in NAMES if DATA[name]["kind"] != "companion"]
COMPANIONS = [name for name in NAMES if name not in SERVICES]
HISTOGRAMS = ("duration", "duration_by_route")
KINDS = ("deployment", "statefulset", "daemonset")
FILLED_IN = {"select": 'job="a"', "workload": 'namespace="a"', "pods": 'namespace="a",pod=~"a-.*"', "window": "5m"}
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
LINE_LENGTH = 120

each_preset = pytest.mark.parametrize("name", NAMES)
each_service_preset = pytest.mark.parametrize("name", SERVICES)
needs_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")


def errors_of(data):
    """Messages of the schema about `data`."""
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema.load("preset")).iter_errors(data)
    ]


def samples_of(data):
    """(metric, labels, values) of each sample series."""
    for sample in data["sample_series"]:
        metric, _, rest = sample["series"].partition("{")
        yield metric, dict(LABEL.findall(rest)), sample["values"]


def declared_labels(data):
    """Labels by metric, as the blocks of the preset declare them."""
    labels = defaultdict(set)
    for block in (data.get("requests"), data.get("errors")):
        for metric in (block or {}).get("metrics", ()):
            labels[metric] |= set(block["labels"])
    for block in filter(None, map(data.get, HISTOGRAMS)):
        for part in ("bucket", "sum", "count"):
            labels[f"{block['metric']}_{part}"] |= set(block["labels"])
    if info := data.get("version_info"):
        labels[info["metric"]] |= {info["label"], *info["on"]}
    return labels


def expressions_of(data):
    """Every expression of the preset by a name, for each kind of workload and with its placeholders filled in."""
    for figure, expr in data.get("gauges", {}).items():
        yield f"gauges.{figure}", filled_in(expr)
    for query, body in data.get("queries", {}).items():
        by_kind = body["expr"] if isinstance(body["expr"], dict) else dict.fromkeys(KINDS, body["expr"])
        for kind, expr in by_kind.items():
            yield f"queries.{query}.{kind}", filled_in(expr, kind)


def filled_in(expr, kind="deployment"):
    """The expression with something in each placeholder."""
    for placeholder, text in {**FILLED_IN, "kind": kind}.items():
        expr = expr.replace(f"${{{placeholder}}}", text)
    return expr


def matches(labels, match, roles):
    """Whether `labels` satisfy the matchers of a preset, whose keys are roles or labels."""
    tests = {
        "eq": lambda value, wanted: value == wanted,
        "ne": lambda value, wanted: value != wanted,
        "re": lambda value, wanted: re.fullmatch(wanted, value) is not None,
        "nre": lambda value, wanted: re.fullmatch(wanted, value) is None,
    }
    return all(
        tests[op](labels.get(roles.get(key, key), ""), wanted)
        for key, comparison in match.items()
        for op, wanted in comparison.items()
    )


def per_minute(data, block, *more):
    """Requests a minute in the sample series of `block`, after its matchers and `more`."""
    found = [
        re.fullmatch(r"(\d+)\+(\d+)x120", values)
        for metric, labels, values in samples_of(data)
        if metric in block["metrics"]
        and all(matches(labels, match, data.get("labels", {})) for match in (block.get("match", {}), *more))
    ]
    group = 1 if data["requests"]["type"] == "gauge_per_period" else 2
    return sum(int(value[group]) for value in found)


# the files ---------------------------------------------------------------------------------------------------------


@each_preset
def test_a_preset_holds_to_the_schema(name):
    """Nothing in the file is unknown, missing or of the wrong kind."""
    assert errors_of(DATA[name]) == []


@each_preset
def test_a_preset_is_called_as_its_file(name):
    """The id in the file is the file's name, because the folder is the registry."""
    assert DATA[name]["preset"] == name


@each_preset
def test_yaml_readers_agree_on_a_preset(name):
    """A YAML 1.1 reader finds the same data as ours, so that no value is a trap."""
    assert yaml.safe_load(preset.builtin_text(name)) == DATA[name]


@each_preset
def test_a_preset_names_its_schema_and_keeps_lines_short(name):
    """Editors find the schema in the first line, and no line is longer than those of the code."""
    first, *rest = preset.builtin_text(name).splitlines()
    assert first == "# yaml-language-server: $schema=../schema/preset.schema.json"
    assert [line for line in rest if len(line) > LINE_LENGTH] == []


@each_preset
def test_sample_series_stand_last(name):
    """The samples are the bulk of a file; a reader that does not need them may stop before them."""
    assert list(DATA[name])[-1] == "sample_series"


@each_preset
def test_a_preset_has_sources_and_caveats(name):
    """Facts without a source and conventions without a caveat are not believed; caveats are whole sentences."""
    assert DATA[name]["sources"]
    assert DATA[name]["caveats"]
    assert [text for text in DATA[name]["caveats"] if not text.endswith(".")] == []


# what a preset says ------------------------------------------------------------------------------------------------


@each_service_preset
def test_every_question_is_answered_or_has_a_reason(name):
    """A question has either an answer or a reason why not, never both and never neither."""
    data = DATA[name]
    roles, duration = data.get("labels", {}), data.get("duration", {})
    answered = {
        "errors": "errors" in data,
        "status": "status" in roles,
        "route": "route" in roles,
        "method": "method" in roles,
        "version": "version" in roles or "version_info" in data,
        "quantiles": bool(duration),
        "native": duration.get("native", False),
        "target": bool(data["select"]["target"]),
    }
    assert set(data["cannot"]) == {question for question, answer in answered.items() if not answer}


@each_service_preset
def test_a_role_is_a_label_of_the_request_metrics(name):
    """Panels group requests by role, so the label must be there."""
    data = DATA[name]
    assert set(data.get("labels", {}).values()) <= set(data["requests"]["labels"])


@each_service_preset
def test_a_histogram_by_route_has_the_route(name):
    """The second histogram exists only for the label that the first one lacks."""
    data = DATA[name]
    if "duration_by_route" in data:
        route = data["labels"]["route"]
        assert route in data["duration_by_route"]["labels"]
        assert route not in data["duration"]["labels"]


@each_service_preset
def test_matchers_compare_labels_that_their_metrics_have(name):
    """A matcher of a label that a metric lacks selects nothing, or everything."""
    data = DATA[name]
    blocks = [data[key] for key in ("requests", *HISTOGRAMS) if key in data]
    errors = data.get("errors", {})
    blocks.append({"labels": errors.get("labels", data["requests"]["labels"]), "match": errors.get("match", {})})
    for block in blocks:
        keys = {data.get("labels", {}).get(key, key) for key in block.get("match", {})}
        assert keys | set(data["select"]["fixed"]) <= set(block["labels"])


@each_service_preset
def test_a_selection_uses_labels_that_the_metrics_have(name):
    """The example selects by labels of the target or of every metric, and by all that are required."""
    data = DATA[name]
    select, example = data["select"], set(data["select"]["example"])
    assert set(select["required"]) <= example
    free = example - set(select["target"]) - {"job", "instance"}
    for key in ("requests", "errors", *HISTOGRAMS):
        if "labels" in data.get(key, {}):
            assert free <= set(data[key]["labels"])


@each_service_preset
def test_buckets_rise(name):
    """Bounds are in order and none stands twice."""
    for key in HISTOGRAMS:
        buckets = DATA[name].get(key, {}).get("buckets", [])
        assert all(low < high for low, high in itertools.pairwise(buckets))


@each_service_preset
def test_a_preset_is_detected_by_its_own_metric(name):
    """What `discover` looks for is a metric of the preset, with a label that the metric has."""
    data = DATA[name]
    assert data["detect"]["metric"] in {metric for metric, _, _ in samples_of(data)}
    if data["detect"]["label"]:
        assert data["detect"]["label"] in set().union(*declared_labels(data).values())


@each_preset
def test_expressions_parse(name):
    """Gauges and queries are PromQL once their placeholders are filled in, and no placeholder is unknown."""
    for where, expr in expressions_of(DATA[name]):
        assert "${" not in expr, where
        assert promql_parser.parse(expr), where


@pytest.mark.parametrize("name", COMPANIONS)
def test_companions_know_every_kind_of_workload(name):
    """Where metrics are named by the kind of workload, all three kinds have an expression."""
    for body in DATA[name]["queries"].values():
        assert isinstance(body["expr"], str) or tuple(body["expr"]) == KINDS


# sample series -----------------------------------------------------------------------------------------------------


@needs_promtool
@each_preset
def test_promtool_reads_the_sample_series(name, tmp_path):
    """Prometheus' own tool parses every series, finds none twice and still has all of them after two hours."""
    samples = DATA[name]["sample_series"]
    count = {
        "expr": 'count({__name__!=""})',
        "eval_time": "2h",
        "exp_samples": [{"labels": "{}", "value": len(samples)}],
    }
    test = {"interval": "1m", "input_series": samples, "promql_expr_test": [count]}
    file = tmp_path / "samples.test.yaml"
    file.write_text(json.dumps({"evaluation_interval": "1m", "tests": [test]}))
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_preset
def test_sample_series_carry_only_declared_labels(name):
    """A label that nobody declared would let a test pass that fails in life."""
    data = DATA[name]
    by_metric = declared_labels(data)
    prose = " ".join([*(expr for _, expr in expressions_of(data)), *data["caveats"]])
    elsewhere = set().union(set(re.findall(r"\w+", prose)), *by_metric.values())
    free = {"le", "job", "instance", *data["select"]["target"]}
    for metric, labels, _ in samples_of(data):
        assert set(labels) <= by_metric.get(metric, elsewhere) | free, metric


@each_preset
def test_sample_series_belong_to_metrics_of_the_preset(name):
    """Each sample is of a metric that the preset counts, joins or queries."""
    data = DATA[name]
    queried = " ".join(expr for _, expr in expressions_of(data))
    known = set(declared_labels(data)) | set(re.findall(r"\w+", queried))
    family = re.compile(r".+_build_info") if '__name__=~".+_build_info"' in queried else re.compile("(?!)")
    for metric, _, _ in samples_of(data):
        parts = {metric, *(f"{metric.removesuffix(part)}_bucket" for part in ("_sum", "_count"))}
        assert parts & known or family.fullmatch(metric), metric


@each_service_preset
def test_sample_series_are_those_of_the_example(name):
    """Whoever selects as in the example, fixed matchers included, gets every sample of the declared metrics."""
    data = DATA[name]
    info = data.get("version_info", {}).get("metric")
    fixed = {label: match for label, match in data["select"]["fixed"].items() if label not in data["select"]["example"]}
    for metric, labels, _ in samples_of(data):
        if metric in declared_labels(data) and metric != info:
            assert data["select"]["example"].items() <= labels.items()
            assert matches(labels, fixed, {})


@each_service_preset
def test_samples_are_600_requests_a_minute_and_2_percent_of_them_errors(name):
    """Every preset's samples say the same, so that one test can ask all of them."""
    data = DATA[name]
    requests, errors = data["requests"], data.get("errors")
    assert per_minute(data, requests) == 600
    if errors:
        block = errors if "metrics" in errors else requests
        assert per_minute(data, block, errors.get("match", {})) == 12


@each_service_preset
def test_samples_have_two_routes_and_two_versions(name):
    """A split by route or version needs something to split."""
    data = DATA[name]
    roles = data.get("labels", {})
    split = [roles[role] for role in ("route", "version") if role in roles]
    split += [data["version_info"]["label"]] if "version_info" in data else []
    for label in split:
        assert len({labels[label] for _, labels, _ in samples_of(data) if label in labels}) == 2, label


@each_service_preset
def test_sample_histograms_are_complete(name):
    """Each histogram has all its bounds, +Inf, a sum and a count, and its buckets are cumulative."""
    data = DATA[name]
    for block in filter(None, map(data.get, HISTOGRAMS)):
        buckets, parts = defaultdict(list), defaultdict(set)
        for metric, labels, values in samples_of(data):
            base, _, part = metric.rpartition("_")
            if base == block["metric"]:
                le = labels.pop("le", None)
                parts[tuple(labels.items())].add(part)
                if le:
                    buckets[tuple(labels.items())].append((float(le), float(re.split("[+x]", values)[1])))
        assert buckets
        for labels, steps in buckets.items():
            assert parts[labels] == {"bucket", "sum", "count"}
            assert [bound for bound, _ in steps] == [*map(float, block["buckets"]), float("inf")]
            assert [step for _, step in steps] == sorted(step for _, step in steps)


# the schema --------------------------------------------------------------------------------------------------------


def test_the_schema_is_a_schema_with_an_address():
    """It holds to JSON Schema 2020-12 and has the address under which editors know it."""
    loaded = schema.load("preset")
    Draft202012Validator.check_schema(loaded)
    assert loaded["$id"] == "urn:gitops-obs:schema:preset"


def test_the_schema_is_strict_and_describes_every_property():
    """No object takes unknown keys, and hovering over any key in an editor says something."""
    for path, node in subschemas(schema.load("preset")):
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False, path
            for key, value in [*node.get("properties", {}).items(), *node.get("patternProperties", {}).items()]:
                assert value.get("description"), f"{path}.{key}"


def subschemas(node, path="$"):
    """Every mapping in a schema with its path."""
    if isinstance(node, dict):
        yield path, node
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield from subschemas(value, f"{path}.{key}")


def set_in(data, path, value):
    """A copy of `data` with `value` at `path`, None deletes."""
    changed = copy.deepcopy(data)
    *parents, last = path.split(".")
    node = changed
    for parent in parents:
        node = node[parent]
    node[last] = value
    if value is None:
        del node[last]
    return changed


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        pytest.param("grpc_go", "code", "1", id="unknown key"),
        pytest.param("grpc_go", "requests.counter", "a", id="unknown key further down"),
        pytest.param("grpc_go", "select", None, id="no selection"),
        pytest.param("grpc_go", "requests", None, id="nothing counts requests"),
        pytest.param("grpc_go", "requests.metrics", ["a-b"], id="not a metric"),
        pytest.param("grpc_go", "requests.period", 60, id="a counter with a period"),
        pytest.param("aws_alb", "requests.period", None, id="a gauge without its period"),
        pytest.param("grpc_go", "errors", {}, id="errors that match nothing"),
        pytest.param("celery", "errors.labels", None, id="errors of their own without labels"),
        pytest.param("grpc_go", "duration.unit", "us", id="unknown unit"),
        pytest.param("grpc_go", "duration.match", {"a": {"eq": "b", "ne": "c"}}, id="two comparisons of a label"),
        pytest.param("grpc_go", "status_style", None, id="a status without its style"),
        pytest.param("celery", "status_style", "http", id="a style without a status"),
        pytest.param("grpc_go", "cannot", {"colour": "There are no colours in metrics."}, id="unknown question"),
        pytest.param("fastapi", "duration", None, id="a histogram by route only"),
        pytest.param("grpc_go", "queries.In-Flight", {"expr": "a", "unit": "s", "help": "b"}, id="odd name of a query"),
        pytest.param("celery", "queries.queue_lag.expr", {"deployment": "a"}, id="an expression by kind of workload"),
        pytest.param("k8s_resources", "requests", {"metrics": ["a"], "labels": []}, id="a companion with requests"),
        pytest.param("k8s_resources", "queries", None, id="a companion without queries"),
        pytest.param("grpc_go", "sample_series", [{"series": "a", "values": "1"}], id="series without braces"),
        pytest.param("grpc_go", "sample_series", [{"series": "a{}", "values": "1*2"}], id="values of another notation"),
    ],
)
def test_the_schema_refuses(name, path, value):
    """One change that makes no sense is enough for a finding."""
    assert errors_of(DATA[name]) == []
    assert errors_of(set_in(DATA[name], path, value)) != []


def test_a_project_can_write_a_short_preset():
    """A project's own preset needs no samples, sources or caveats."""
    own = {
        "preset": "our_http",
        "title": "Our HTTP servers",
        "summary": "What our in-house library exports.",
        "kind": "requests",
        "select": {"example": {"job": "checkout"}},
        "requests": {"metrics": ["our_requests_total"], "labels": ["code"]},
        "errors": {"match": {"status": {"re": "5.."}}},
        "labels": {"status": "code"},
        "status_style": "http",
    }
    assert errors_of(own) == []
