"""Each rule finds its fault, and nothing in a sound dashboard."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs.checks import dashboards as checks
from gitops_obs.checks.dashboards import _scraped

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = {"type": "prometheus", "uid": "${datasource}"}
EXPR = 'sum(rate(a_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))'


def variable(name: str, query: str) -> dict[str, Any]:
    """A variable of all values of a label."""
    settings = {"type": "query", "refresh": 2, "multi": True, "allValue": ".+", "datasource": REFERENCE}
    return {"name": name, "label": name.title(), "query": query} | settings


def sound() -> dict[str, Any]:
    """A dashboard with two panels, the second in a collapsed row, that no rule has anything to say about."""
    panel = {
        "id": 1,
        "type": "timeseries",
        "title": "Requests",
        "description": "How many.",
        "datasource": REFERENCE,
        "targets": [{"refId": "A", "datasource": REFERENCE, "expr": EXPR}],
        "fieldConfig": {"defaults": {"unit": "reqps"}, "overrides": []},
        "options": {},
    }
    inside = copy.deepcopy(panel) | {"id": 2, "title": "Inside"}
    datasource = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
    variables = [datasource, variable("job", "label_values(a_total, job)"),
                 variable("instance", 'label_values(a_total{job=~"$job"}, instance)')]  # fmt: skip
    return {
        "editable": False,
        "templating": {"list": variables},
        "panels": [panel, {"type": "row", "title": "Row", "collapsed": True, "panels": [inside]}],
    }


def inner(board: dict[str, Any]) -> dict[str, Any]:
    """The panel inside the row."""
    found: dict[str, Any] = board["panels"][1]["panels"][0]
    return found


def query(board: dict[str, Any]) -> dict[str, Any]:
    """Its query."""
    found: dict[str, Any] = inner(board)["targets"][0]
    return found


def expr(text: str) -> Callable[[dict[str, Any]], Any]:
    """Another expression for that query."""
    return lambda board: query(board).update(expr=text)


def loki(text: str) -> Callable[[dict[str, Any]], Any]:
    """A query of Loki instead."""
    return lambda board: query(board).update(expr=text, datasource={"type": "loki", "uid": "${logs}"})


def var(n: int, **changed: Any) -> Callable[[dict[str, Any]], Any]:
    """Another setting of a variable."""
    return lambda board: board["templating"]["list"][n].update(changed)


def drop(n: int) -> Callable[[dict[str, Any]], Any]:
    """A variable taken away."""
    return lambda board: board["templating"]["list"].pop(n)


def config(**defaults: Any) -> Callable[[dict[str, Any]], Any]:
    """Another field configuration."""
    return lambda board: inner(board).update(fieldConfig={"defaults": defaults, "overrides": []})


def renamed(board: dict[str, Any]) -> None:
    """Another name for the datasource variable, everywhere."""
    board.update(
        json.loads(json.dumps(board).replace("${datasource}", "${ds}").replace('"datasource", "l', '"ds", "l'))
    )


FAULTS: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("template_datasource", renamed, "variable `ds` should be called `datasource` or `prometheus_datasource`"),
    ("template_datasource", var(0, label="DS"), "should be labelled `Data source` or `Prometheus data source`"),
    ("template_job", drop(1), "there is no variable `job`"),
    ("template_job", var(1, multi=False), "variable `job` should allow several values"),
    ("template_job", var(1, allValue=".*"), "variable `job` should have `.+` stand for all values"),
    ("template_job", var(1, datasource="Prometheus"), "variable `job` should use the datasource variable"),
    ("template_instance", drop(2), "there is no variable `instance`"),
    ("template_instance", var(2, label="Pod"), "variable `instance` should be labelled `Instance`"),
    ("template_label_promql", var(1, query="up"), "variable `job`: `up` is no call of label_values"),
    ("template_label_promql", var(1, query="label_values(a{, job)"), "variable `job`:"),
    ("template_on_time_change_reload", var(1, refresh=1), "variable `job` should have refresh 2"),
    ("panel_datasource", lambda b: inner(b).update(datasource="Prometheus"), "datasource `Prometheus` is not"),
    ("panel_datasource", lambda b: inner(b).update(datasource={"uid": "x"}), "datasource `x` is not"),
    ("panel_title_description", lambda b: inner(b).update(description=""), "no description"),
    ("panel_title_description", lambda b: inner(b).update(title="", description=""), "no title and no description"),
    ("panel_units", config(), "no unit"),
    ("panel_units", config(unit="requests"), "Grafana knows no unit `requests`"),
    ("panel_no_targets", lambda b: inner(b).pop("targets"), "no query"),
    ("target_promql", expr("sum("), "not PromQL:"),
    ("target_promql", expr(" "), "the query is empty"),
    ("target_promql", expr("a[5m]"), "a range vector cannot be drawn"),
    ("target_promql", lambda b: inner(b).update(targets=[{"panelId": 99}]), "repeats panel 99, which is not there"),
    ("target_logql", loki("rate(x[$__auto])"), "the query has no stream selector"),
    ("target_logql", loki('sum(rate({job="a"}[$__auto])'), "the brackets of the query do not match"),
    ("target_logql", loki('rate({job="a"}[$__auto]))'), "the brackets of the query do not match"),
    ("target_logql_auto", loki('rate({job="a"} |= "[5m]" [5m])'), "counts over [5m] instead of [$__auto]"),
    ("target_rate_interval", expr(EXPR.replace("$__rate_interval", "5m")), "rate of `a_total` is not over"),
    ("target_rate_interval", expr(EXPR.replace("rate", "irate", 1).replace("$__rate_interval", "1m")), "irate of"),
    ("target_job", expr(EXPR.replace('job=~"$job",', "")), '`a_total` is not narrowed by job=~"$job"'),
    ("target_job", expr(EXPR.replace('job=~"$job"', 'job="$job"')), "`a_total` is not narrowed by job"),
    ("target_instance", expr(EXPR.replace("$instance", "a")), "`a_total` is not narrowed by instance"),
    ("target_counter_agg", expr('a_total{job=~"$job",instance=~"$instance"}'), "counter `a_total` without rate"),
    ("target_counter_agg", expr('max_over_time(a_total{job=~"$job",instance=~"$instance"}[1h])'), "counter `a_total`"),
    ("uneditable", lambda b: b.update(editable=True), "the dashboard can be edited"),
    ("uneditable", lambda b: b.pop("editable"), "the dashboard can be edited"),
]  # fmt: skip

SOUND: list[Callable[[dict[str, Any]], Any]] = [
    lambda board: board,
    expr('service:requests:rate5m{service="x"} + on () group_left () sum(kube_pod_info) + count(ALERTS)'),
    expr('sum by (v) (rate(a_total{job=~"$job",instance=~"$instance"}[${__rate_interval}]) '
         '* on (job, instance) group_left (v) target_info)'),
    expr('increase(a_total{job=~"$job",instance=~"$instance"}[1h] offset $compare)'),
    expr('{__name__="a",job=~"$job",instance=~"$instance"}'),
    expr("time()"),
    loki('sum by (level) (rate({job="a"} | json | line_format "{{.msg}} )" [$__auto]))'),
    config(unit="suffix: items"),
    config(mappings=[{"type": "value", "options": {"1": {"text": "up"}}}]),
    lambda board: inner(board).update(type="stat", options={"reduceOptions": {"fields": "/.*/"}}, fieldConfig={}),
    lambda board: inner(board).update(type="stat", fieldConfig={
        "overrides": [{"properties": [{"id": "unit", "value": "s"}]}]}),
    lambda board: inner(board).update(type="text", targets=[], description="", datasource=None),
    lambda board: inner(board).update(targets=[{"panelId": 1}]),
    var(1, query={"query": "label_values(a_total, job)", "refId": "x"}),
    var(1, query="metrics(a_.*)"),
    var(1, query="query_result(sum by (job) (a))"),
    lambda board: board["panels"][0].update(targets=[], libraryPanel={"uid": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "change", "message"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_finds_its_fault(rule: str, change: Callable[[dict[str, Any]], Any], message: str) -> None:
    """In a panel inside a row, with its title and the query's letter where there is one; and no other rule does."""
    board = sound()
    change(board)
    issues = checks.run(board)
    assert {code for code, _ in issues} == {checks.module(rule).CODE}
    found = issues[0][1]
    assert message in found.message
    if rule.startswith(("panel", "target")):
        assert found.panel == inner(board)["title"]
    assert bool(found.ref) == (rule.startswith("target") and "panelId" not in query(board))


@pytest.mark.parametrize("change", SOUND)
def test_what_is_sound_is_left_in_peace(change: Callable[[dict[str, Any]], Any]) -> None:
    """Whatever a rule must not take for its fault."""
    board = sound()
    change(board)
    assert checks.run(board) == []


def test_a_page_without_scraped_series_needs_no_variables_for_them() -> None:
    """A fleet page reads recorded series only."""
    board = sound()
    board["templating"]["list"] = board["templating"]["list"][:1]
    for panel in (board["panels"][0], inner(board)):
        panel["targets"][0]["expr"] = "sum(service:requests:rate5m)"
    assert checks.run(board) == []


def test_a_dashboard_without_a_datasource_variable_is_found() -> None:
    """And its panels with it, since they refer to one that is not there."""
    board = sound()
    board["templating"]["list"] = []
    assert ("OBS410", checks.Issue("", "", "there is no variable for the datasource")) in checks.run(board)


def test_two_datasources_are_named_by_their_kind() -> None:
    """`datasource` alone would say nothing then."""
    board = sound()
    other = {"name": "loki_datasource", "label": "Loki data source", "type": "datasource", "query": "loki"}
    board["templating"]["list"].append(other)
    messages = [issue.message for code, issue in checks.run(board) if code == "OBS410"]
    assert messages == ["variable `datasource` should be called `prometheus_datasource`",
                        "variable `datasource` should be labelled `Prometheus data source`"]  # fmt: skip


def test_a_rule_may_be_left_out() -> None:
    """For a reason that the caller knows."""
    board = sound()
    board["editable"] = True
    assert checks.run(board, without=["uneditable"]) == []


def test_every_rule_has_a_code_of_its_own_and_a_page() -> None:
    """The page's first line is a sentence, and its end says what to do."""
    modules = [checks.module(name) for name in checks.ids()]
    assert sorted(module.CODE for module in modules) == [f"OBS{n}" for n in range(410, 427)]
    for module in modules:
        page = module.__doc__ or ""
        assert page.split("\n")[0].endswith(".")
        assert "**What to do:**" in page


def test_an_unknown_rule_is_a_key_error() -> None:
    """As for every registry."""
    with pytest.raises(KeyError):
        checks.module("nothing")


def test_every_exemption_says_why() -> None:
    """Series of our own, of the ruler, of Kubernetes and info metrics; nothing else."""
    names = ["service:requests:rate5m", "service_info", "ALERTS", "kube_pod_info", "container_memory_rss",
             "gitops_obs_drift_detected", "target_info"]  # fmt: skip
    assert all(len(_scraped.exempt(name)) > 20 for name in names)
    assert not any(_scraped.exempt(name) for name in ("http_requests_total", "up", "services", ""))
