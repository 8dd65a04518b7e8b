"""No text breaks out of a PromQL string, and what is built is PromQL to Prometheus."""

from __future__ import annotations

import json
import subprocess

import promql_parser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitops_obs import promql
from tests.core.projects import THOROUGH

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text("\"\\'`{}$[]\n\t\r\0a=~,", max_size=12)
BREAKOUTS = (
    '"} or vector(1) #', '\\"} or vector(1) #', "\\", '\\\\"', '"', "'", "`", "#", ",", "\n", "\r\n", "\0", "\x1b[31m",
    "${select}", "$cluster", "${__user.login}", "[[cluster]]", "{{ $value }}", "</script><b>", "](javascript:alert(1))",
)  # fmt: skip
ODDITIES = ("../../etc", "é\u202e\u2028\ufeff", "\U0001f600", "\U0010ffff", "a" * 500, ".*", "5..", "(a|b)$", "Foo$Bar")
HOSTILE = BREAKOUTS + ODDITIES


def value_of(literal):
    """What a PromQL parser reads in a string literal."""
    tree = promql_parser.parse(f"x{{a={literal}}}")
    (matcher,) = tree.matchers.matchers
    return matcher.value


@THOROUGH
@given(texts)
@example('"} or vector(1) #')
@example("\x85\u2028")
@example("\\x24{a}")
def test_any_text_comes_back_from_its_quotes(text):
    """One line, nothing invisible in it, and the parser reads what was written."""
    literal = promql.quote(text)
    assert literal.isprintable()
    assert literal[0] == literal[-1] == '"'
    assert value_of(literal) == text


@THOROUGH
@given(texts)
def test_grafana_finds_no_variable_in_quotes(text):
    """`$name`, `${name}` and `[[name]]` in a label's value are text and stay text."""
    literal = promql.quote(text)
    assert not promql._VARIABLE_METRIC.search(literal)
    assert "[[" not in literal or not literal[literal.index("[[") + 2].isalnum()


@THOROUGH
@given(st.lists(st.tuples(st.sampled_from(("job", "a", "b_1")), st.sampled_from(("eq", "ne")), texts), max_size=3))
def test_matchers_are_as_many_as_were_given(found):
    """No value adds a matcher or swallows one."""
    text = promql.joined(*(promql.matcher(*one) for one in found))
    tree = promql_parser.parse(promql.selector("x", text))
    assert [(m.name, m.value) for m in tree.matchers.matchers] == [(label, value) for label, _, value in found]


def test_prometheus_reads_hostile_values_as_we_do(tmp_path):
    """The real parser, asked once for all of them: each stays inside one selector of one rule."""
    expressions = [promql.selector("x", promql.matcher("a", "eq", value)) for value in HOSTILE]
    rules = [{"record": f"r{n}", "expr": expr} for n, expr in enumerate(expressions)]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}, ensure_ascii=False))
    done = subprocess.run(
        ["promtool", "check", "rules", tmp_path / "rules.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(HOSTILE)} rules found" in done.stdout


@pytest.fixture(scope="module")
def any_texts():
    """A few hundred texts of any kind, the hostile ones among them, none twice."""
    found = set(HOSTILE)

    @THOROUGH
    @given(texts)
    def collect(text):
        found.add(text)

    collect()
    return sorted(found - {""})


def test_series_with_any_labels_are_found_by_their_selectors(any_texts, tmp_path):
    """Each selector matches its own series and none of the others, says Prometheus, asked once for all."""
    named = {f"s{n}": value for n, value in enumerate(any_texts)}
    series = [{"series": f'x{{a={promql.quote(value)},n="{n}"}}', "values": "1"} for n, value in named.items()]
    tests = [
        {
            "eval_time": "0m",
            "expr": f"count by (n) (x{{{promql.matcher('a', 'eq', value)}}})",
            "exp_samples": [{"labels": f'{{n="{n}"}}', "value": 1}],
        }
        for n, value in named.items()
    ]
    (tmp_path / "empty.yaml").write_text("groups: []\n")
    data = {
        "rule_files": ["empty.yaml"],
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}],
    }
    (tmp_path / "test.yaml").write_text(json.dumps(data, ensure_ascii=False))
    done = subprocess.run(
        ["promtool", "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


PATTERNS = (
    "a.*", "[0-9]+", "(a|b)", "a{1,3}?", "(?i:a)", "(?P<n>a)", "\\d+\\.\\d", "[[:alpha:]]", "[+*]", "a\\+\\*b", "",
    "(", "[", "a{2,1}", "*", "a++", "a**", "a{2}{3}", "(?=a)", "(?x)a", "(?<n>a)", "(?R)a", "\\u0041", "\\1", "a{1001}",
)  # fmt: skip


def test_prometheus_takes_every_pattern_that_we_take(tmp_path):
    """A rule file with one that it does not know would be refused as a whole."""
    for number, pattern in enumerate(PATTERNS):
        rule = {"record": "r", "expr": promql.selector("x", promql.matcher("a", "re", pattern))}
        (tmp_path / f"{number}.yaml").write_text(json.dumps({"groups": [{"name": "g", "rules": [rule]}]}))
    command = ["promtool", "check", "rules"]
    for number, pattern in enumerate(PATTERNS):
        done = subprocess.run([*command, tmp_path / f"{number}.yaml"], capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (promql.regex_error(pattern) is None), pattern


@pytest.mark.parametrize(
    "expr", ["", " ", "# only a comment", "sum(", "x[5m]", "(x[5m])", "((x[5m:1m]))", '"text"', "x{a=}", "x y"]
)
def test_what_cannot_be_drawn_is_an_error(expr):
    """Text, ranges and what does not parse."""
    assert promql.error(expr)


@pytest.mark.parametrize(
    "expr",
    ["1", "x", "rate(x[$__rate_interval])", "rate(x[${__interval}])", "x offset $ago", 'x{a="$b"}', "${metric}_total",
     'x{a="[5m]"}', "x{a='$'}", "sum(rate(x[5m])) # why", "-" * 2000 + "x", "(" * 500 + "x" + ")" * 500],
)  # fmt: skip
def test_what_grafana_can_draw_is_no_error(expr):
    """Variables of Grafana stand where a number, a name or a text can."""
    assert promql.error(expr) is None
