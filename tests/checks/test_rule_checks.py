"""Each check of rules finds its fault, and says nothing of what is sound: examples, edge cases, what we generate."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitops_obs import checks, rulefile
from gitops_obs.checks.rules._reading import Rules, Settings
from gitops_obs.errors import Severity
from tests import factory, promtool
from tests.checks.rule_files import codes, examples, issues, messages, of_service, read

if TYPE_CHECKING:
    from gitops_obs.model import Service

GENERATED = sorted((Path(__file__).parents[2] / "generated/rules").glob("*/*.yaml"))
BOUNDS = {"http_request_duration_seconds_bucket": frozenset({"0.1", "0.25", "0.5", "1"})}
SMALL = Settings(bounds=BOUNDS, max_rules=1)
every_check = pytest.mark.parametrize("name", checks.rules.ids())

KNOWN = {("OBS320", "`group by (cluster)`: the label was removed before")}
"""True, and waiting for the recording: versions that Kubernetes tells are counted without the cluster's label."""


@every_check
def test_the_bad_example_of_a_page_has_the_finding(name):
    """And advice about it; nothing else that is wrong is shown without a word about it."""
    found = issues(examples(name)["Bad"], SMALL)
    code = checks.module(name).CODE
    own = [issue for found_code, issue in found if found_code == code]
    assert own
    assert all(issue.hint and len(issue.message) <= 100 and not issue.message.endswith(".") for issue in own)


@every_check
def test_the_good_example_of_a_page_is_sound(name):
    """No warning of any check, and not even a note of its own."""
    found = issues(examples(name)["Good"], SMALL)
    code = checks.module(name).CODE
    assert [(c, i.message) for c, i in found if c == code or i.severity > Severity.INFO] == []


@every_check
def test_every_check_has_a_page_and_a_code_of_its_own(name):
    """The page's first line is a sentence, it says what to do, and shows what is wrong and what is right."""
    page = checks.module(name).__doc__ or ""
    assert page.split("\n")[0].endswith(".")
    assert "**What to do:**" in page
    assert list(examples(name)) == ["Bad", "Good"]
    assert max(map(len, page.splitlines())) <= 120
    assert [other for other in checks.ids() if checks.module(other).CODE == checks.module(name).CODE] == [name]


def alert(expr: str, **more: str) -> str:
    """An alert with all that it should have."""
    lines = {"for": "5m", "severity": "page", "summary": "s", "description": "d", **more}
    wait = f"for: {lines['for']}" if lines["for"] else ""
    return f"""
- alert: Example
  expr: {expr!r}
  {wait}
  labels: {{severity: "{lines["severity"]}", {more.get("labels", "")}}}
  annotations: {{summary: "{lines["summary"]}", description: "{lines["description"]}"}}
""".lstrip()


def recording(expr: str, name: str = "a:b:c", labels: str = "") -> str:
    """A recording rule."""
    return f"- record: {name}\n  expr: {expr!r}\n  labels: {{{labels}}}\n"


J = 'job="a"'
FAULTS = [
    ("alert_comparison", alert(f"sum(rate(a_total{{{J}}}[5m]))"), "compares with nothing"),
    ("alert_comparison", alert(f"a{{{J}}} > bool 1"), "compares with nothing"),
    ("alert_comparison", alert(f"a{{{J}}} > 1 or b{{{J}}}"), "compares with nothing"),
    ("alert_for", alert(f"a{{{J}}} > 1").replace("for: 5m", "for: 5m\n  keep_firing_for: 0s"), "`keep_firing_for: 0s`"),
    ("alert_template", alert(f"a{{{J}}} > 1", summary="{{ $labels.job"), "template in `summary`: `{{` is not closed"),
    ("alert_template", alert(f"a{{{J}}} > 1", summary="{{ $valu }}"), "there is no variable `$valu`"),
    ("alert_template", alert(f"a{{{J}}} > 1", summary="{{ $value | humanise }}"), "there is no function `humanise`"),
    ("alert_template", alert(f"a{{{J}}} > 1", summary="{{ if $value }}x"), "`if` has no `end`"),
    ("alert_template", alert(f"a{{{J}}} > 1", labels='x: "{{ .Value }}"'), "label `x` changes with the value"),
    ("alert_template", recording(f"a{{{J}}}", labels='x: "{{ $labels.job }}"'), "is plain text"),
    ("alert_template_labels", alert(f"sum(a{{{J}}}) > 1", summary="{{ $labels.job }}"), "reads label `job`"),
    ("alert_template_labels", alert(f"sum without (pod) (a{{{J}}}) > 1", summary="{{ $labels.pod }}"), "label `pod`"),
    ("alert_template_labels", alert(f"absent(a{{{J}}})", summary="{{ $labels.instance }}"), "label `instance`"),
    ("alert_template_labels", alert(f"sum(a{{{J}}}) > 1", summary="{{ $labels.severity }}"), "label `severity`"),
    ("alert_template_labels", alert(f"sum(a{{{J}}}) > 1", summary="{{ index $labels `pod` }}"), "label `pod`"),
    ("alert_humanize", alert(f"rate(a_total{{{J}}}[5m]) > 1", description="{{ $value }}/s"), "with all its digits"),
    ("alert_humanize", alert(f"a{{{J}}} / b{{{J}}} > 0.5 and b{{{J}}} > 9", description="{{ .Value }}"), "all its"),
    ("promql_syntax", alert(f"a{{{J}}} >> 1"), "unexpected `>`"),
    ("promql_syntax", recording("sum(a[5m])"), "expected type"),
    ("promql_syntax", recording("a[5m]"), "a range vector"),
    ("promql_syntax", recording(" "), "the expression is empty"),
    ("promql_fragile", alert(f"topk(3, a{{{J}}}) > 1"), "`topk` chooses other series"),
    ("promql_impossible", recording(f"sum by (pod) (sum by (job) (a{{{J}}}))"),
     "`sum by (pod)`: the label was removed"),
    ("promql_impossible", recording('a{job="a",job="b"}'), "matchers of label `job` exclude each other"),
    ("promql_impossible", recording('a{job="a",job!="a"}'), "matchers of label `job` exclude each other"),
    ("promql_impossible", recording(f"sum(a{{{J}}})", "a:b:c") + alert('a:b:c{job="a"} > 1'), "without label `job`"),
    ("promql_vector_matching", recording(f"sum by (x) (a{{{J}}}) * on (y) sum by (y) (b{{{J}}})"), "no label `y`"),
    ("promql_vector_matching", recording(f"sum(a{{{J}}}) / b{{{J}}}"), "the left one has no label `job`"),
    ("promql_vector_matching", alert(f"a{{{J}}} > 1 unless sum(b{{{J}}})"), "the right one has no label `job`"),
    ("promql_vector_matching", recording(f"a{{{J}}} * on (job) group_left (v) sum by (job) (b{{{J}}})"),
     "`group_left (v)`: the other side has no label `v`"),
    ("promql_nan", recording(f"sum(a{{{J}}} / b{{{J}}})"), "all of this `sum` NaN"),
    ("promql_nan", recording(f"avg(a{{{J}}} % (b{{{J}}} + 1))"), "all of this `avg` NaN"),
    ("promql_nan", recording(f"sum(a{{{J}}} / (b{{{J}}} > bool 0))"), "all of this `sum` NaN"),
    ("promql_rate", recording(f"sum(rate(a_total{{{J}}}[59s]))"), "mostly has no result"),
    ("promql_rate", recording(f"sum(rate(a_total{{{J}}}[119s]))"), "has a gap after one failed scrape"),
    ("promql_rate_of_aggregate", recording(f"rate(sum(a_total{{{J}}})[5m:1m])"), "`rate` of an aggregation"),
    ("promql_rate_of_aggregate", recording("rate(job:a:rate5m[5m])"),
     "`rate` of `job:a:rate5m`, a recorded sum or rate"),
    ("promql_rate_of_aggregate", recording(f"rate(a_total{{{J}}}[5m])", "x:y:z") + recording("increase(x:y:z[1h])"),
     "`increase` of `x:y:z`, a rate"),
    ("promql_regexp", recording('a{job=~"b"}'), '`job=~"b"` has no pattern in it'),
    ("promql_regexp", recording('a{job="x",b!~"c"}'), '`b!~"c"` has no pattern in it'),
    ("promql_regexp", recording('a{job=~"b.*$"}'), "anchor that says nothing"),
    ("promql_regexp", recording('a{job=~".*"}'), "matches every series"),
    ("promql_regexp", recording('a{job="x",b!~".*"}'), "matches no series"),
    ("promql_regexp", recording('a{job=~"b|c|b"}'), "one alternative twice"),
    ("promql_regexp", recording('a{job=~"b|"}'), "also matches series without `job`"),
    ("promql_selector", recording("sum(a)"), "`a` takes the series of every job"),
    ("promql_selector", recording('sum({__name__="a"})'), "`a` takes the series of every job"),
    ("promql_selector", recording('sum(rate(a_total{job!~"b.*"}[5m]))'), "`a_total` takes the series of every job"),
    ("promql_counter", recording(f"max_over_time(a_total{{{J}}}[1h])"), "counter `a_total` without"),
    ("promql_counter", alert(f"a_total{{{J}}} > 1 and b{{{J}}} > 1"), "counter `a_total` without"),
    ("promql_quantile", recording(f"histogram_quantile(99, sum by (le) (rate(a_bucket{{{J}}}[5m])))"), "quantile 99"),
    ("promql_quantile", recording(f"histogram_quantile(0.9, sum without (le) (rate(a_bucket{{{J}}}[5m])))"),
     "label `le`"),
    ("promql_bucket", recording(f'sum(http_request_duration_seconds_bucket{{{J},le=~"2([.]0)?"}})'), "no bucket `2`"),
    ("promql_le", recording(f'sum(a_bucket{{{J},le="10.0"}})'), '`le="10.0"` matches in Prometheus 2 or in 3'),
    ("promql_absent", alert(f"absent(a{{{J}}})", **{"for": "30s"}), "`for` is under 60s"),
    ("rule_dependency", alert("a:b:c > 1"), "`a:b:c`: none of the files given records it"),
    ("rule_duplicate", alert(f"a{{{J}}} > 1") * 2, "these labels and expression"),
    ("rule_duplicate", alert(f"a{{{J}}} > 1") + alert(f"a{{{J}}} > 2"), "has a rule with this name, these labels"),
    ("rule_for", alert(f"a{{{J}}} > 1", **{"for": "2d"}), "`for: 2d` is more than a day"),
    ("rule_labels", alert(f"a{{{J}}} > 1", severity=""), "no label `severity`"),
    ("rule_name", recording(f"a{{{J}}}", "rate5m"), "its name has no colon"),
]  # fmt: skip

SOUND = [
    alert("vector(1)"),
    alert(f"a{{{J}}} > 1 or absent(a{{{J}}})"),
    alert(f"sum by (job) (a{{{J}}} == 0) and on () b{{{J}}} > 1"),
    alert('ALERTS{alertstate="firing"}'),
    alert(f"count(up{{{J}}} == 0) > 1", summary="{{ $labels.job }}").replace("count", "count by (job) "),
    alert(f"a{{{J}}} > 1", summary="{{ with $labels.job }}{{ . }}{{ else }}none{{ end }} {{/* c */}}"),
    alert(f"sum(a{{{J}}}) > 1", summary="{{ range query `up` }}{{ .Labels.instance }} {{ .Value }}{{ end }}"),
    alert(f"sum(a{{{J}}}) > 1", summary="{{ $x := $value }}{{ printf `%.2f` $x }} {{ .Value | humanize }}"),
    alert(f"sum(a{{{J}}}) > 1", description="{{ $value }} wait"),
    alert(f"rate(a_total{{{J}}}[5m]) * 300 > 1", description="{{ $value }} failed"),
    alert(f"count(a{{{J}}} / b{{{J}}} > 1) > 1", description="{{ $value }} targets"),
    alert("m:r:rate5m > 1 unless m:r:rate5m offset 1h", labels='x: "{{ $labels.x }}"')
    + recording(f"sum by (x) (rate(a_total{{{J}}}[5m]))", "m:r:rate5m"),
    alert(f"a_total{{{J}}} offset 1h unless a_total{{{J}}}"),
    alert(f"b{{{J}}} > 1 and a_total{{{J}}}"),
    alert(f"absent_over_time(a_total{{{J}}}[5m])", **{"for": ""}),
    recording(f"count(a_total{{{J}}})"),
    recording("count by (job) (up)"),
    recording("a * on (job, instance) group_left (v) b_info").replace("a *", f"a{{{J}}} *"),
    recording(f"sum by (x, y) (a{{{J}}}) / on (x) group_left () sum by (x) (b{{{J}}})"),
    recording(f"sum(a{{{J}}}) / sum(b{{{J}}})"),
    recording(f"sum by (x) (a{{{J}}}) / on () group_left () sum(b{{{J}}})"),
    recording(f"sum by (x) (a{{{J}}}) * ignoring (x) group_left () sum(b{{{J}}})"),
    recording(f"sum(a{{{J}}} / (b{{{J}}} > 0)) + avg(a{{{J}}} / 60) + sum(a{{{J}}} / clamp_min(b{{{J}}}, 1))"),
    recording(f"rate(a_total{{{J}}}[2m])"),
    recording(f"deriv(b{{{J}}}[1h]) + delta(b{{{J}}}[1h])"),
    recording(f"max_over_time(rate(a_total{{{J}}}[5m])[1h:1m])"),
    recording('a{job="x",le=~"1([.]0)?",b=~"5..",c=~"d|e",f=~".+",g!~"h.*",i=~"j\\\\$"}'),
    recording(f"histogram_quantile(0.99, sum(rate(a{{{J}}}[5m])))"),
    recording(f'sum(http_request_duration_seconds_bucket{{{J},le=~"1([.]0)?"}})'),
    recording(f'sum(http_request_duration_seconds_bucket{{{J},le="+Inf"}} or a_bucket{{{J},le="0.3"}})'),
    recording(f"sum(a{{{J}}})", "x:y:z") + recording("x:y:z offset 1d", "x:y:day") + recording("vector(1)", "app_info"),
    recording(f"a{{{J}}}", labels="x: one") + recording(f"a{{{J}}}", labels="x: two"),
    recording('a{job="a"}') + recording('a{job="b"}'),
    recording('sum by (c) (a{job="a",c=~"2.."})') + recording('sum by (c) (a{job="a",c=~"3.."})'),
    recording('sum(a{job="a"})', ":a:sum"),
    recording('sum(a_bucket{job="a",le=~"5"})'),
    alert(f"a{{{J}}} * on (x) group_left (y) topk by (x) (1, b{{{J}}}) > 1"),
    alert(f"a{{{J}}} * on (job) group_left (__name__) (b{{{J}}} - b{{{J}}}) > 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message"), FAULTS, ids=lambda value: value if " " not in str(value) else "")
def test_a_check_finds_its_fault(name, text, message):
    """In the words that help, and no other check takes it for its own."""
    found = issues(text, Settings(bounds=BOUNDS))
    own = checks.module(name).CODE
    assert any(message in issue.message for code, issue in found if code == own), messages(text)
    others = {(code, issue.message) for code, issue in found if code != own and issue.severity > Severity.INFO}
    assert not others


@pytest.mark.parametrize("text", SOUND)
def test_what_is_sound_is_left_in_peace(text):
    """Whatever a check must not take for its fault."""
    found = issues(text, Settings(bounds=BOUNDS))
    # `rule_dependency` cannot know what other files record
    assert [(code, issue.message) for code, issue in found if "none of the files" not in issue.message] == []


def test_what_stands_in_one_expression_twice_is_said_once():
    """Whoever mends it reads on."""
    assert messages(recording("a - a offset 5m")) == ["`a` takes the series of every job"]


def test_an_expression_that_does_not_parse_has_one_finding():
    """Nothing more can be said of it."""
    assert codes(alert("sum(a) >> topk(", summary="{{ $labels.x }}")) == {"OBS203"}


def test_rules_of_others_are_asked_for_less():
    """No impact, action, or severities of ours; what is missing is a note."""
    bare = '- alert: a_b\n  expr: up{job="a"} == 0\n  labels: {severity: critical}\n'
    assert {issue.severity for _, issue in issues(bare)} == {Severity.INFO}
    ours = [issue for _, issue in issues(bare, Settings(ours=True)) if issue.severity is Severity.WARNING]
    assert [issue.message for issue in ours] == [
        "no `summary` and `description` and `action` in its annotations",
        "severity `critical` is neither page nor ticket",
    ]


def test_a_group_on_its_own_has_its_place():
    """There need be no rule in it."""
    ((code, issue),) = issues("groups:\n  - {name: a, interval: 6m, rules: []}\n")
    assert (code, issue.group.name, issue.at) == ("OBS316", "a", ("interval",))


def test_what_another_group_records_comes_late_only_when_read_as_it_is():
    """Over half an hour one evaluation more or less does not matter."""
    text = "groups:\n  - name: a\n    rules: [{record: 'a:b:c', expr: 'sum(up{job=\"a\"})'}]\n  - name: b\n    rules:\n"
    late = text + "      - {alert: A, expr: 'a:b:c > 1', for: 5m}\n"
    ranged = text + "      - {alert: A, expr: 'avg_over_time(a:b:c[30m]) > 1', for: 5m}\n"
    assert ["OBS332" in codes(one) for one in (late, ranged)] == [True, False]


# what we generate --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", factory.PRESETS)
def test_generated_rules_have_no_finding(preset):
    """Over every preset, with everything a service file can say and with nothing, in one cluster and in many."""
    projects = (factory.PROJECT, factory.CLUSTERED, replace(factory.PROJECT, max_rules_per_group=5))
    both = [(histogram, project) for histogram in ("classic", "native") for project in projects]
    services: list[Service] = [factory.bare(preset)]
    services += [factory.service(preset, histogram=histogram, project=project) for histogram, project in both]
    found = {
        (code, issue.message, issue.severity) for one in services for code, issue in checks.rules.run(of_service(one))
    }
    # with five rules a group, alerts and what they read come into different ones, which is said as a note
    assert {(code, message) for code, message, severity in found if severity > Severity.INFO} <= KNOWN
    assert {code for code, _, severity in found if severity is Severity.INFO} <= {"OBS332"}


def test_generated_rules_in_groups_of_usual_size_have_not_even_a_note():
    """The repository's own, read back from the files."""
    for file in GENERATED:
        found = rulefile.read(file.name, file.read_text(encoding="utf-8"))
        assert found.findings == ()
        said = checks.rules.run(Rules(found.rules, found.groups, Settings(ours=True)))
        assert [(file.name, code, issue.message) for code, issue in said] == []


def test_promtool_has_nothing_to_say_about_generated_rules():
    """Neither an error nor what it calls lint, in any file of the repository."""
    assert len(GENERATED) >= 10
    done = promtool.run("check", "rules", "--lint=all", "--lint-fatal", files=GENERATED)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(re.findall(r"SUCCESS: \d+ rules found", done.stdout)) == len(GENERATED)


def test_examples_parse_and_are_rules_to_promtool(tmp_path):
    """All but the one that shows what does not parse, and what Prometheus takes for a template."""
    files = []
    for name in checks.rules.ids():
        for kind, text in examples(name).items():
            if (name, kind) != ("promql_syntax", "Bad"):
                file = tmp_path / f"{name}-{kind}.yaml"
                groups = [rule.data for rule in read(text).rules]
                file.write_text(promtool.dump({"groups": [{"name": "example", "rules": groups}]}))
                files.append(file)
    done = promtool.run("check", "rules", "--lint=none", files=files)
    assert done.returncode == 0, done.stderr
