"""`gitops-obs lint --online` against a real Prometheus that scrapes a small shop."""

from __future__ import annotations

import time
from dataclasses import replace

import prometheus_client
import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gitops_obs import rulefile
from gitops_obs.checks.rules._reading import Rules
from gitops_obs.errors import GitopsObsError, Severity
from gitops_obs.prometheus.address import Address
from gitops_obs.prometheus.client import Client, Limits
from gitops_obs.prometheus.live import Live, Most
from tests.checks.rule_files import read
from tests.cli.program import run
from tests.core.projects import service, write
from tests.e2e.lab.prometheus import Prometheus
from tests.e2e.lab.wait import until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def shop():
    """The address of a shop with two queues, of which one is long."""
    registry = CollectorRegistry()
    orders = Counter("orders_total", "Orders.", ["shop"], registry=registry)
    queue = Gauge("queue_length", "Waiting.", ["queue"], registry=registry)
    Histogram("seconds", "Duration.", registry=registry).observe(0.3)
    Counter("http_requests_total", "Requests.", ["code"], registry=registry).labels("200").inc()
    orders.labels("eu").inc(5)
    queue.labels("mail").set(3)
    queue.labels("print").set(300)
    server, thread = prometheus_client.start_http_server(0, "127.0.0.1", registry)
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def prometheus(shop, tmp_path_factory):
    """The address of a Prometheus that has scraped it at least three times."""
    server = Prometheus(tmp_path_factory.mktemp("prometheus"), {"shop": [shop]})
    server.start()
    until(lambda: (server.value('sum(count_over_time(up{job="shop"}[1m]))') or 0) >= 3, "three scrapes")
    until(lambda: server.get("metadata"), "metadata")
    yield server.url
    server.stop()


@pytest.fixture
def live(prometheus):
    """Questions to it."""
    client = Client(Address(prometheus), Limits(rate=1000))
    yield Live(client, time.time())
    client.close()


def rule(kind, expr, **more):
    """One rule as text, in YAML that is JSON."""
    return f"- {{{kind}: {'A' if kind == 'alert' else more.pop('name', 'a:b:c')!r}, expr: {expr!r}}}\n"


ALERTS = [
    ("count by (x) (orders_totl) > 1", "OBS340", "there is no metric `orders_totl`"),
    ('sum(rate(orders_total{shopp="eu"}[1m])) > 1', "OBS341", "`orders_total` has no label `shopp`"),
    ('sum(rate(orders_total{shop="us"}[1m])) > 1', "OBS341", "no series of `orders_total` has these labels"),
    ('rate(queue_length{job="shop"}[1m]) > 1', "OBS342", "`rate` of `queue_length`, a gauge"),
    ('delta(orders_total{job="shop"}[1m]) > 1', "OBS342", "`delta` of `orders_total`, a counter"),
    ('deriv(seconds_count{job="shop"}[1m]) > 1', "OBS342", "`deriv` of `seconds_count`, a counter"),
    ('queue_length{job="shop"} > 1', "OBS344", "every series that it compares (2) meets its condition now"),
    ('1 < queue_length{job="shop"}', "OBS344", "every series that it compares (2) meets its condition now"),
    ('queue_length{job="shop"} > 100', "OBS344", "1 of the 2 series that it compares meet its condition now"),
    ('queue_length{job="shop"} * on (shop) orders_total{job="shop"} > 1', "OBS345", "has no series now"),
]  # fmt: skip
SOUND = [
    'queue_length{job="shop"} > 1000', 'absent(never_seen{job="x"})', 'sum(rate(seconds_bucket{le="+Inf"}[1m])) > 99',
    'queue_length{job="shop"} > 1 and queue_length > 1000', "vector(1)", 'rate(orders_total{shop="eu"}[1m]) > 99',
    'queue_length{job="shop"} == 4 or queue_length{job="shop"} == 5', "delta(queue_length[1m]) > 99",
]  # fmt: skip


@pytest.mark.parametrize(("expr", "code", "message"), ALERTS)
def test_what_does_not_fit_is_found(live, expr, code, message):
    """With its place in the expression where it has one."""
    found = live.issues(read(rule("alert", expr)))
    (issue,) = [issue for found_code, issue in found if found_code == code]
    assert message in issue.message
    assert issue.hint
    assert issue.word in expr
    assert "no series of" not in message or issue.severity is Severity.INFO


@pytest.mark.parametrize("expr", SOUND)
def test_what_fits_is_left_in_peace(live, expr):
    """Silent alerts, and such as are about what is not there."""
    assert live.issues(read(rule("alert", expr))) == []


def test_rules_that_nobody_has_loaded_are_asked_over_raw_series(live):
    """What they record themselves need not exist."""
    record = rule("record", 'sum by (queue) (queue_length{job="shop"})', name="queue:length:sum")
    assert live.issues(read(record + rule("alert", "queue:length:sum > 1000"))) == []
    (found,) = live.issues(read(record + rule("alert", 'queue:length:sum{queue="print"} > 100')))
    assert (found[0], found[1].message) == ("OBS344", "every series that it compares (1) meets its condition now")
    ((code, issue),) = live.issues(read(rule("alert", "queue:length:sum > 1000")))
    assert (code, issue.message) == ("OBS340", "there is no metric `queue:length:sum`")


@pytest.mark.parametrize(
    ("most", "message"),
    [
        (Most(series=1), "records 2 series, more than 1"),
        (Most(samples=2), "samples each time, more than 2"),
        (Most(share=0), "of the 60s between two evaluations"),
    ],
)
def test_what_costs_too_much_is_said(live, most, message):
    """Series, samples and time, each with its limit."""
    found = replace(live, most=most).issues(read(rule("record", 'sum_over_time(queue_length{job="shop"}[1m])')))
    assert [code for code, _ in found] == ["OBS343"]
    assert message in found[0][1].message


def test_what_costs_little_is_not(live):
    """The usual limits are far away from this."""
    assert live.issues(read(rule("record", 'sum_over_time(queue_length{job="shop"}[1m])'))) == []


def test_a_question_that_prometheus_refuses_is_a_finding_and_the_next_is_asked(live):
    """Many to many is found out only when there are series."""
    many = 'queue_length{job="shop"} * on (job) queue_length{job="shop"} > 1'
    found = live.issues(read(rule("alert", many) + rule("alert", 'queue_length{job="shop"} > 1')))
    assert [code for code, _ in found] == ["OBS513", "OBS344"]
    assert found[0][1].severity is Severity.ERROR


def test_a_prometheus_that_is_not_there_is_no_finding_about_rules():
    """It is said once, with the exit code for remotes."""
    client = Client(Address("http://127.0.0.1:9"), Limits(rate=1000, retries=0))
    found = rulefile.read("a.yaml", "groups:\n- {name: a, rules: [{alert: A, expr: up == 0}]}\n")
    with pytest.raises(GitopsObsError) as error:
        Live(client, time.time()).issues(Rules(found.rules, found.groups))
    assert (error.value.exit_code, error.value.diagnostics[0].code) == (3, "OBS511")


# the command -------------------------------------------------------------------------------------------------------

RULES = """groups:
- name: a
  rules:
  - alert: QueueFull
    expr: queue_length{job="shop"} > 1{% comment %}
    for: 5m
    labels: {severity: ticket}
    annotations: {summary: s, description: d}
"""


def rules(comment=""):
    """A rule file with an alert that fires."""
    return RULES.replace("{% comment %}", comment)


def test_files_are_linted_online(prometheus, tmp_path, monkeypatch):
    """At their lines, and silenced like every finding; unused comments are told of when it was asked."""
    monkeypatch.chdir(write(tmp_path, {"a.yaml": rules(), ".git/x": ""}))
    done = run("lint", "--online", "--prometheus", prometheus, "a.yaml", "--output-format", "concise")
    assert "a.yaml:5:11: OBS344 alert `QueueFull`: every series" in done.out
    silent = " # gitops-obs: disable OBS344 — a long sale"
    write(tmp_path, {"a.yaml": rules(silent)})
    assert run("lint", "--online", "--prometheus", prometheus, "a.yaml").out == "No problems found in 1 file.\n"
    write(tmp_path, {"a.yaml": rules(silent.replace("344", "345"))})
    assert "OBS016" in run("lint", "--online", "--prometheus", prometheus, "a.yaml").out
    assert "OBS016" not in run("lint", "a.yaml").out


def test_services_are_linted_online(prometheus, tmp_path, monkeypatch):
    """Findings stand in the service file, whose project may name the Prometheus."""
    files = {
        "services/shop.yaml": service("shop"),
        "gitops-obs.yaml": f"environments: {{x: {{prometheus: '{prometheus}'}}}}\n",
    }
    monkeypatch.chdir(write(tmp_path, files))
    for name in ("PROMETHEUS_URL", "PROMETHEUS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    done = run("lint", "--online", "--output-format", "concise")
    assert "services/shop.yaml:1:10: OBS340 " in done.out
    assert "there is no metric `http_request_duration_seconds_bucket`" in done.out
    assert "there is no metric `http_requests_total`" not in done.out
    assert "OBS340" not in run("lint", "--output-format", "concise").out


def test_without_a_prometheus_online_says_what_to_name(tmp_path, monkeypatch):
    """And an address without --online is a slip."""
    monkeypatch.chdir(write(tmp_path, {"a.yaml": rules(), ".git/x": ""}))
    monkeypatch.delenv("PROMETHEUS_URL", raising=False)
    done = run("lint", "--online", "a.yaml")
    assert (done.code, "OBS510" in done.out) == (2, True)
    assert run("lint", "--prometheus", "http://127.0.0.1:9", "a.yaml").code == 2
    done = run("lint", "--online", "--prometheus", "http://127.0.0.1:9", "a.yaml")
    assert (done.code, "OBS511" in done.out) == (3, True)
