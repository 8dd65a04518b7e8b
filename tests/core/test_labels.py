"""What is said of the labels of an expression holds for what Prometheus gives."""

from __future__ import annotations

import itertools
import subprocess
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitops_obs import labels
from gitops_obs.labels import NAME, Labels
from tests.core.projects import THOROUGH
from tests.e2e.lab.prometheus import Prometheus

NOW = int(time.time()) - 60
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
NAMES, LABELS = ("a", "b_total"), ("x", "y", "z")
VALUES = ("1", "2", "")


def series():
    """Series of two metrics with all ways to have and to lack three labels, and a histogram."""
    for name, values in itertools.product(NAMES, itertools.product(VALUES, repeat=3)):
        pairs = [f'{label}="{value}"' for label, value in zip(LABELS, values, strict=True) if value]
        yield f"{name}{{{','.join(pairs)}}}"
    yield from (f'full{{x="{x}",y="{y}",z="1"}}' for x, y in itertools.product("12", "12"))
    for x, le in itertools.product(("1", "2"), ("0.5", "1.0", "+Inf")):
        yield f'h_bucket{{x="{x}",le="{le}"}}'


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """A Prometheus with ten minutes of those series."""
    folder = tmp_path_factory.mktemp("prometheus")
    server = Prometheus(folder, {}, "")
    lines = [f"{one} {n + step} {NOW - 60 * step}" for n, one in enumerate(series()) for step in reversed(range(10))]
    source = folder / "series.txt"
    source.write_text("\n".join([*lines, "# EOF\n"]))
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(source), str(server.data)]
    subprocess.run(command, check=True, capture_output=True)
    server.start()
    yield server
    server.stop()


def made(form, *parts):
    """Texts made of others."""
    return st.tuples(*parts).map(lambda found: form.format(*found))


some_labels = st.lists(st.sampled_from(LABELS), max_size=2, unique=True).map(", ".join)
operation = st.sampled_from(("=", "!=", "=~", "!~"))
matchers = st.lists(made('{}{}"{}"', st.sampled_from(LABELS), operation, st.sampled_from((*VALUES, ".+"))), max_size=2)
selectors = made("{}{{{}}}", st.sampled_from(NAMES), matchers.map(",".join))
functions = st.sampled_from(("{}", "rate({}[5m])", "last_over_time({}[5m])", "absent({})", "absent_over_time({}[5m])"))
leaves = made("{}", st.tuples(functions, selectors).map(lambda found: found[0].format(found[1])))
leaves |= st.sampled_from(("vector(1)", "h_bucket", "absent_over_time(a[5m] offset 1w)"))
grouping = st.just("") | made(" by ({})", some_labels) | made(" without ({})", some_labels)
matching = st.just("") | made("on ({})", some_labels) | made("ignoring ({})", some_labels)
joining = matching | made("on ({}) group_left ({})", st.sampled_from(("x", "x, z", "")), st.sampled_from(("y", "")))
joining |= made("ignoring ({}) group_right ({})", some_labels, some_labels)


def larger(inner):
    """Expressions made of smaller ones."""
    operators = st.sampled_from(("+", "/", "> bool", ">=", "==", "!="))
    replacing = (st.sampled_from(found) for found in (("x", "w"), ("$1", "k", ""), ("(.*)", "1", "")))
    return st.one_of(
        made("{}{} ({})", st.sampled_from(("sum", "count", "max", "group")), grouping, inner),
        made("topk{} (2, {})", grouping, inner),
        made('count_values{} ("v", {})', grouping, inner),
        made("({}) {} {} ({})", inner, operators, joining, inner),
        made("({}) {} {} ({})", inner, st.sampled_from(("and", "or", "unless")), matching, inner),
        made("({}) {} 1", inner, operators),
        made('label_replace({}, "{}", "{}", "x", "{}")', inner, *replacing),
        st.tuples(st.sampled_from(WRAPPERS), inner).map(lambda found: found[0].format(found[1])),
    )


WRAPPERS = ("-({})", "abs({})", "sort({})", "max_over_time(({})[5m:1m])", 'label_join({}, "w", "-", "x", "y")',
            "histogram_quantile(0.5, {})", "absent({})")  # fmt: skip
expressions = st.recursive(leaves, larger, max_leaves=4)


def asked(prometheus, expr):
    """Labels of the series that Prometheus gives; none where it refuses to match many with many."""
    parameters = {"query": expr, "time": NOW}
    answer = prometheus._http.get(f"{prometheus.url}/api/v1/query", params=parameters, timeout=20).json()
    assert "parse error" not in answer.get("error", ""), answer
    return [one["metric"] for one in answer["data"]["result"]] if answer["status"] == "success" else []


@THOROUGH
@given(expressions)
@example("a * on (x) group_left (y) sum by (x, y) (b_total)")
@example('sum by (x) (a{x="1"}) > on (x) sum by (x) (b_total)')
@example('label_replace(a, "w", "", "x", "(.*)")')
@example("histogram_quantile(0.5, h_bucket)")
@example("a * on (x, z) group_left () sum by (x, z) (b_total)")
@example("sum by (x) (b_total) * on (x) group_right () full")
@example('count_values by (x) ("v", full)')
@example('label_join(sum(a), "w", "-", "x", "y")')
@example('absent_over_time(a{x="7",y=~"8"}[5m])')
@example("full > bool 1 and sum without (y) (full) or vector(1)")
def test_no_series_has_a_label_that_cannot_be_there(prometheus, expr):
    """And every series has those that are sure."""
    found = labels.annotated(expr).labels
    for one in asked(prometheus, expr):
        assert [label for label in one if not found.may(label)] == []
        assert found.sure <= one.keys()


whole = st.just("full") | made("sum{} (full)", grouping) | made('absent(a{{x="7",{}}})', matchers.map(",".join))


@THOROUGH
@given(whole, whole, st.sampled_from(("+", "==", "and")), matching)
@example("sum by (x) (full)", "sum by (y) (full)", "+", "")
@example("sum by (x) (full)", "full", "==", "on (y)")
def test_sides_that_are_said_never_to_match_give_nothing(prometheus, left, right, operator, match):
    """Where all series have all labels: one that is empty matches a side that cannot have it."""
    expr = f"({left}) {operator} {match} ({right})"
    if list(labels.unmatched(labels.annotated(expr))):
        assert asked(prometheus, expr) == []


KNOWN = [
    ("a", {NAME}, None),
    ('a{x="1",y!="",z=""}', {"x", "y", NAME}, None),
    ("sum(a)", set(), set()),
    ("sum by (x, y) (a)", set(), {"x", "y"}),
    ("sum by (x) (sum by (y) (a))", set(), set()),
    ("sum by (x, y) (a) * on (x) sum by (x) (b)", set(), {"x"}),
    ('absent(a{x="1",y=~"2",z="3"})', {"x", "z"}, {"x", "z"}),
    ('absent(a{x="1",x="2"})', set(), set()),
    ("absent(sum(a))", set(), set()),
    ('count_values("v", a)', {"v"}, {"v"}),
    ("vector(time()) + 1", set(), set()),
    ("scalar(a) + 1", set(), set()),
    ("sum by (le) (a) or sum by (x) (b)", set(), {"le", "x"}),
    ("histogram_quantile(0.9, sum by (le, x) (a))", set(), {"x"}),
    ('label_replace(sum(a), "x", "1", "", "")', set(), {"x"}),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "sure", "only"), KNOWN, ids=[expr for expr, _, _ in KNOWN])
def test_labels_are_known_as_exactly_as_can_be(expr, sure, only):
    """To know nothing would be right as well, and of no use."""
    found = labels.annotated(expr).labels
    assert (found.sure, found.only) == (sure, None if only is None else only)


def test_a_recorded_series_has_the_labels_of_its_rule():
    """Its name, what the expression keeps, and what the rule sets; an empty label is removed."""
    inner = labels.recorded("sum by (x, y) (a)", {"service": "s", "y": ""}, {})
    assert inner.only == {NAME, "x", "service"}
    assert inner.sure == {NAME, "service"}
    known = {"s:a:sum": inner}
    assert labels.annotated("max by (x, pod) (s:a:sum)", known).labels.only == {"x"}
    assert not labels.annotated("s:a:sum", known).labels.may("pod")
    assert labels.annotated("other", known).labels.may("pod")


@THOROUGH
@given(
    *[st.builds(Labels, st.none() | st.frozensets(st.sampled_from(LABELS)), st.frozensets(st.sampled_from(LABELS)))] * 2
)
def test_either_may_have_what_one_of_them_may(left, right):
    """And no more, among the labels that are spoken of."""
    both = left.either(right)
    assert {label for label in LABELS if both.may(label)} == {x for x in LABELS if left.may(x) or right.may(x)}
