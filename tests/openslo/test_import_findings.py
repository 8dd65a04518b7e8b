"""What is wrong with a document, or cannot be said in a service file, is said at its place and never lost."""

from __future__ import annotations

import pytest

from tests.openslo.documents import BAD, GOOD, QUICK, SERVICE, TIMED, TOTAL, changed, slo
from tests.openslo.importing import drafts, said, service_file

RATIO = "      ratioMetric:\n        counter: true\n"
INVALID = {
    "no YAML": ("apiVersion: [openslo/v1", "OBS004 slo.yaml:2:1"),
    "an empty file": ("", "OBS005 slo.yaml file is empty"),
    "only comments": ("# nothing\n---\n# at all\n", "OBS005 slo.yaml"),
    "a key twice": (
        changed("  service: checkout\n", "  service: checkout\n  service: cart\n"),
        "OBS007 slo.yaml:7:3 key `service` stands here twice",
    ),
    "an alias": ("a: &b {}\nc: *b\n", "OBS008 slo.yaml:1:4"),
    "bytes": (b"\xff\xfe", "OBS002 slo.yaml:1:1"),
    "a large file": (b"#" * (1024 * 1024 + 1), "OBS003 slo.yaml file is 1.0 MiB large"),
    "many documents": ("---\na: b\n" * 1001, "OBS003 slo.yaml more than 1000 documents"),
    "a text": ("checkout", "OBS140 slo.yaml:1:1 `checkout` is no OpenSLO object"),
    "another version": (
        changed("openslo/v1", "openslo/v1alpha"),
        "OBS140 slo.yaml:1:13 `openslo/v1alpha` is not read, only `openslo/v1` is",
    ),
    "no version": (changed("apiVersion: openslo/v1\n", ""), "OBS140 slo.yaml:1:1 `apiVersion` is missing"),
    "another kind": (changed("kind: SLO", "kind: SLX"), "OBS140 slo.yaml:2:7 no kind `SLX` in OpenSLO"),
    "a kind that is a list": (changed("kind: SLO", "kind: [SLO]"), "OBS140 slo.yaml:2:7 `kind` must be text"),
    "no metadata": (changed("metadata:\n  name: a\nspec", "spec"), "OBS140 slo.yaml:1:1 `metadata` is missing"),
    "no name": (changed("metadata:\n  name: a\nspec", "metadata: {}\nspec"), "OBS140 slo.yaml:3:1 `metadata.name`"),
    "no spec": (slo().partition("spec:")[0], "OBS140 slo.yaml:1:1 `spec` is missing"),
    "a spec that is text": (slo().partition("spec:")[0] + "spec: x\n", "OBS140 slo.yaml:5:7 `spec` must be a mapping"),
    "no service": (changed("  service: checkout\n", ""), "OBS140 slo.yaml:5:1 `spec.service` is missing"),
    "no method": (changed("  budgetingMethod: Occurrences\n", ""), "OBS140 slo.yaml:5:1 `spec.budgetingMethod`"),
    "another method": (changed("Occurrences", "Guesses"), "OBS140 slo.yaml:26:20 no budgeting method `Guesses`"),
    "no objectives": (slo().partition("  objectives")[0], "OBS140 slo.yaml:5:1 `spec.objectives` is missing"),
    "empty objectives": (
        slo().partition("  objectives")[0] + "  objectives: []\n",
        "OBS140 slo.yaml:27:3 an SLO needs an objective",
    ),
    "no target": (changed("target: 0.999", "displayName: x"), "OBS140 slo.yaml:28:7 an objective has either"),
    "two targets": (
        changed("target: 0.999", "target: 0.999\n      targetPercent: 99.9"),
        "OBS140 slo.yaml:28:7 an objective has either `target` or `targetPercent`, not both",
    ),
    "a target of 1": (slo(target="1.0"), "OBS140 slo.yaml:28:15 `target` must be at least 0 and below 1"),
    "a target above 1": (slo(target="99.9"), "OBS140 slo.yaml:28:15 `target` must be at least 0 and below 1"),
    "a target below 0": (slo(target="-0.1"), "OBS140 slo.yaml:28:15 `target` must be at least 0"),
    "a percentage of 100": (
        changed("target: 0.999", "targetPercent: 100"),
        "OBS140 slo.yaml:28:22 `targetPercent` must be at least 0 and below 100",
    ),
    "a target in words": (slo(target="high"), "OBS140 slo.yaml:28:15 `spec.objectives[0].target` must be a number"),
    "a target that is true": (slo(target="true"), "OBS140 slo.yaml:28:15 `spec.objectives[0].target` must be a number"),
    "two windows": (
        changed("    - duration: 30d\n", "    - duration: 7d\n    - duration: 30d\n"),
        "OBS140 slo.yaml:23:3 an SLO has one time window",
    ),
    "a window in words": (changed("30d", "a month"), "OBS140 slo.yaml:24:17 `a month` is no duration"),
    "rolling in words": (changed("isRolling: true", "isRolling: yes"), "OBS140 slo.yaml:25:18 `spec.timeWindow[0]"),
    "no indicator": (
        slo().partition("  indicator")[0] + "  timeWindow" + slo().partition("  timeWindow")[2],
        "OBS140 slo.yaml:5:1 an SLO has either `indicator` or `indicatorRef`",
    ),
    "two indicators": (
        changed("  service: checkout\n", "  service: checkout\n  indicatorRef: x\n"),
        "OBS140 slo.yaml:5:1 an SLO has either `indicator` or `indicatorRef`, not both",
    ),
    "an indicator that is not there": (
        slo().partition("  indicator")[0] + "  indicatorRef: x\n  timeWindow" + slo().partition("  timeWindow")[2],
        "OBS140 slo.yaml:7:17 no SLI `x` in these files",
    ),
    "a metric of no kind": (changed(RATIO, "      xMetric:\n"), "OBS140 slo.yaml:10:5 an SLI has either `ratioMetric`"),
    "good and bad": (
        changed(RATIO, f"{RATIO}        good: {{}}\n"),
        "OBS140 slo.yaml:11:7 a ratio has either `good` or `bad`, and `total`",
    ),
    "no total": (changed("        total:", "        whole:"), "OBS140 slo.yaml:11:7 a ratio has either"),
    "the same name twice": (f"{slo()}---\n{slo()}", "OBS140 slo.yaml:33:9 SLO `a` is there twice"),
    "a name that is too long": (
        changed("service: checkout", f"service: {'x' * 37}"),
        "OBS140 slo.yaml:6:12 `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` cannot be the name of a service",
    ),
    "no query": (slo(""), "OBS143 slo.yaml:14:11 SLO `a` cannot be read: its metric source has no `spec.query`"),
    "no PromQL": (slo("sum(("), "OBS143 slo.yaml:17:22 SLO `a` cannot be read:"),
    "a quantile": (
        slo('histogram_quantile(0.9, x{a="b"})'),
        'OBS143 slo.yaml:17:22 SLO `a` cannot be read: `histogram_quantile(0.9, x{a="b"})` is more than a sum',
    ),
    "brackets without end": (
        slo("(" * 5000 + "x" + ")" * 5000),
        "OBS143 slo.yaml:17:22 SLO `a` cannot be read: it has",
    ),
    "another source": (
        changed("type: Prometheus", "type: Datadog"),
        "OBS143 slo.yaml:15:19 SLO `a` cannot be read: `Datadog` is no Prometheus",
    ),
    "an unknown metric": (
        slo("sum(orders_failed_total)", "sum(orders_total)"),
        "OBS143 slo.yaml:11:7 SLO `a` cannot be read: no preset explains `orders_total`, `orders_failed_total`",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_a_document_that_cannot_be_read_is_said_at_its_place(name):
    """As an error with advice, and no service file comes of it."""
    text, wanted = INVALID[name]
    found, findings = drafts(text)
    errors = [f"{one.code} {one.span} {one.message}" for one in findings if one.severity.word == "error"]
    assert [one for one in errors if one.startswith(wanted)], errors
    assert all(one.hint for one in findings)
    if not name.startswith("the same name"):
        assert found == []


LEFT_OUT = {
    "a threshold": (
        changed(RATIO, RATIO.replace("ratioMetric", "thresholdMetric")).replace("        bad:\n", "        x:\n"),
        "OBS141 slo.yaml:11:7 SLO `a` is left out: it compares a value with a threshold",
    ),
    "a ready-made ratio": (
        changed("        bad:", "        rawType: failure\n        raw:"),
        "OBS141 slo.yaml:14:9 SLO `a` is left out: it reads a ratio that is worked out elsewhere",
    ),
    "a composite": (
        changed("- target: 0.999", "- target: 0.999\n      indicatorRef: x"),
        "OBS141 slo.yaml:27:3 SLO `a` is left out: it is composed of several indicators",
    ),
    "a target of 0": (slo(target="0"), "OBS141 slo.yaml:28:7 SLO `a` is left out: a target of 0 asks for nothing"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_a_service_file_cannot_hold_is_left_out_and_said(name):
    """With a warning each; nothing is invented in its place."""
    text, wanted = LEFT_OUT[name]
    assert drafts(text)[0] == []
    assert said(text) == [wanted]


DIFFERENT = {
    "time slices": (
        changed("Occurrences", "Timeslices") + "      timeSliceTarget: 0.9\n      timeSliceWindow: 5m\n",
        "OBS142 slo.yaml:26:20 SLO `a` counts time slices, and requests from here on",
        "  availability: 99.9%\n",
    ),
    "a calendar": (
        changed("30d\n      isRolling: true", "1M\n      calendar: {startTime: 2020-01-01 00:00:00, timeZone: UTC}"),
        "OBS142 slo.yaml:24:7 a window of 1M on a calendar becomes rolling 30d",
        "  availability: 99.9%\n",
    ),
    "months": (changed("30d", "2M"), "OBS142 slo.yaml:24:17 a window of 2M becomes 60d", "  window: 60d\n"),
    "a short window": (
        changed("30d", "36h"),
        "OBS142 slo.yaml:24:17 a window of 36h becomes the project's own",
        "  availability: 99.9%\n",
    ),
    "a long window": (
        changed("30d", "1Y"),
        "OBS142 slo.yaml:24:17 a window of 1Y becomes the project's own",
        "  availability: 99.9%\n",
    ),
    "several targets": (
        changed("    - target: 0.999\n", "    - target: 0.999\n    - target: 0.9999\n    - targetPercent: 95\n"),
        "OBS141 slo.yaml:28:7 SLO `a`: the objective 99.9% is left out, 99.99% is kept",
        "  availability: 99.99%\n",
    ),
    "other errors": (
        slo(BAD.replace("5..", "5..|429")),
        'OBS142 slo.yaml:11:7 bad requests are `code=~"5..|429"` there, and bad ones `code=~"5.."` here',
        "  availability: 99.9%\n",
    ),
    "another good": (
        slo(GOOD.replace('code!~"5.."', 'code=~"2..|3.."'), kind="good"),
        'OBS142 slo.yaml:11:7 good requests are `code=~"2..|3.."` there, and bad ones `code=~"5.."` here',
        "  availability: 99.9%\n",
    ),
    "timed successes": (
        slo(QUICK.replace("}", ',code!~"5.."}'), TIMED.replace("}", ',code!~"5.."}'), kind="good", target="0.99"),
        'OBS142 slo.yaml:11:7 only requests with `code!~"5.."` are timed there, all of them here',
        "  latency: 99% < 250ms\n",
    ),
    "quick successes": (
        slo(QUICK.replace("}", ',code!~"5.."}'), TIMED, kind="good", target="0.99"),
        'OBS142 slo.yaml:11:7 only quick requests with `code!~"5.."` are good there, all quick ones here',
        "  latency: 99% < 250ms\n",
    ),
    "requests of the histogram": (
        slo(BAD.replace("http_requests_total", "http_request_duration_seconds_count"), TIMED),
        "OBS142 slo.yaml:11:7 requests are counted by `http_request_duration_seconds_count` there, by ",
        "  availability: 99.9%\n",
    ),
    "a fixed label": (
        slo('sum(istio_requests_total{destination_workload="a",response_code=~"5.."})',
            'sum(istio_requests_total{destination_workload="a"})'),
        'OBS142 slo.yaml:11:7 the preset also asks for `reporter="destination"`',
        "  availability: 99.9%\n",
    ),
    "a name": (
        changed("service: checkout", "service: Check_Out.v2"),
        "OBS142 slo.yaml:6:12 service `Check_Out.v2` is called `check-out-v2` here",
        "service: check-out-v2\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_is_taken_over_otherwise_is_said(name):
    """The objective stands in the service file, and a finding says what is not as it was."""
    text, wanted, line = DIFFERENT[name]
    assert line in service_file(text)
    findings = said(text)
    assert findings
    assert [one for one in findings if one.startswith(wanted)], findings
    assert {one[:6] for one in findings} <= {wanted[:6]}


def test_several_services_and_files_are_kept_apart():
    """References go across files; a list of objects is read like several documents."""
    listed = "- " + SERVICE.replace("\n", "\n  ").rstrip() + "\n"
    other = slo(name="b").replace("service: checkout", "service: cart").replace('job="checkout"', 'job="cart"')
    found, findings = drafts(listed, f"{slo()}---\n{other}", owner="")
    assert [(one.name, one.owner) for one in found] == [("checkout", "payments")]
    assert [f"{one.code} {one.span}" for one in findings] == ["OBS140 slo1.yaml:32:1"]  # nobody owns cart
    assert found[0].description == "Takes the order and charges the card."


def test_a_second_objective_of_a_kind_is_left_out():
    """And so is one about other series: a service file has one of each."""
    other = slo(BAD.replace("checkout", "cart"), TOTAL.replace("checkout", "cart"), name="c")
    findings = said(f"{slo()}---\n{slo(name='b', target='0.99')}---\n{other}")
    assert findings == [
        "OBS141 slo.yaml:30:1 SLO `b` is left out: `checkout` has an objective of availability already",
        'OBS141 slo.yaml:59:1 SLO `c` is left out: its series are `job="cart"`, those of the service `job="checkout"`',
    ]


def test_no_field_is_lost_silently():
    """Each field and each object that nobody asked about is named once; secrets in one are not shown."""
    source = """\
apiVersion: openslo/v1
kind: DataSource
metadata: {name: prom}
spec: {type: Prometheus, connectionDetails: {token: s3cr3t}}
"""
    more = changed("  name: a\nspec:\n", "  name: a\n  displayName: A\n  labels: {team: shop, tier: '1'}\nspec:\n")
    more = more.replace("  budgetingMethod", "  alertPolicies: [{alertPolicyRef: p}]\n  colour: red\n  budgetingMethod")
    more = more.replace("              query", "              step: 1m\n              query", 1)
    step = "spec.indicator.spec.ratioMetric.bad.metricSource.spec.step"
    fields = ("metadata.displayName", "metadata.labels.tier", step, "spec.alertPolicies", "spec.colour")
    findings = said(f"{source}---\n{more}")
    assert findings == [
        "OBS144 slo.yaml:3:12 DataSource `prom` is left out",
        f"OBS144 slo.yaml:10:3 left out of SLO `a`: {', '.join(f'`{field}`' for field in fields)}",
    ]
    assert "s3cr3t" not in str(drafts(source))


@pytest.mark.parametrize("kind", ["AlertPolicy", "AlertCondition", "AlertNotificationTarget", "Service", "SLI"])
def test_an_object_nobody_refers_to_is_named(kind):
    """Whole, with what there is instead."""
    text = f"apiVersion: openslo/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {{description: y}}\n"
    assert said(text) == [f"OBS144 slo.yaml:3:12 {kind} `x` is left out"]
