"""Rule files are YAML that every reader reads back as what was meant."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gitops_obs import yamltext
from tests.core.projects import THOROUGH

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    "'\"\\:#{}[]&*!|>%@`-? \t\n\r\0\x7f\x85\u2028\ufeff", max_size=12
)
printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"), max_size=30
)
words = st.sampled_from(
    (
        "REDErrorRatioHigh",
        "service:requests:rate5m",
        "true",
        "No",
        "y",
        "on",
        "null",
        "5m",
        "90s",
        "1e3",
        "a b",
        "a: b",
        "#",
    )
)
lines = st.lists(
    printable | st.sampled_from(("", " ", "  sum(x)", "# c", "- a", "a: b", "'", '"', "...", "---")),
    min_size=1,
    max_size=5,
)
expressions = lines.map("\n".join).filter(str.strip).map(lambda text: text.rstrip("\n"))
labels = st.dictionaries(st.sampled_from(("service", "severity", "summary", "on", "no")), texts, max_size=3)
rules = st.fixed_dictionaries(
    {"alert": words, "expr": expressions, "for": words, "labels": labels, "annotations": labels}
)


def read_back(text):
    """The groups as (name, interval, rules)."""
    return [
        (g["name"], g["interval"], [_without_nothing(r) for r in g["rules"]]) for g in yaml.safe_load(text)["groups"]
    ]


def _without_nothing(rule):
    return {key: {} if value is None else value for key, value in rule.items()}


@THOROUGH
@given(st.lists(rules, min_size=1, max_size=3))
@example([{"expr": "  sum(x)\n> 1", "labels": {"a": "\x7f\x85\u2028\ufeff"}}])
@example([{"expr": "\n\n x\n\n  y", "labels": {"a": '\\"\n\t\0\x1f'}}])
@example([{"alert": "true", "expr": "x", "for": "1.5h"}])
def test_rules_read_back_are_the_rules_written(found):
    """Names, expressions over several lines, labels and annotations, hostile ones above all."""
    groups = [("checkout.red", "30s", found), ("checkout.slo", "1m", found[:1])]
    assert read_back(yamltext.rule_groups(groups)) == groups


@THOROUGH
@given(texts)
def test_a_quoted_text_is_one_line_of_visible_characters(text):
    """What a reviewer sees is what there is, and JSON reads it as YAML does."""
    quoted = yamltext.quoted(text)
    assert len(quoted.splitlines()) == 1
    assert yaml.safe_load(quoted) == json.loads(quoted) == text


def test_prometheus_reads_the_same(tmp_path):
    """Go's YAML reader sees the number of rules that were written, and keeps hostile annotations apart."""
    hostile = {"a": "x\ny: z", "b": "\u2028\x85\ufeff", "c": "'\"\\{}[]&*!|>%@`", "d": "\0\x1f\x7f", "e": "- # :"}
    rule = {"alert": "A", "expr": "  vector(1)\n> 0", "for": "5m", "labels": {"no": "no"}, "annotations": hostile}
    (tmp_path / "rules.yaml").write_text(yamltext.rule_groups([("a.b", "30s", [rule, rule | {"alert": "B"}])]))
    done = subprocess.run(
        ["promtool", "check", "rules", tmp_path / "rules.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 rules found" in done.stdout


@pytest.mark.parametrize(
    ("word", "shown"), [("5m", "5m"), ("a:b", "a:b"), ("yes", '"yes"'), ("1", '"1"'), ("a:", '"a:"')]
)
def test_only_what_needs_quotes_has_them(word, shown):
    """Diffs are read by people."""
    assert f"    - alert: {shown}\n" in yamltext.rule_groups([("g", "1m", [{"alert": word}])])
