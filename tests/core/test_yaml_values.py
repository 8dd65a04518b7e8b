"""What a plain scalar means: one thing to YAML 1.1, to YAML 1.2 and to us, or it is a finding."""

from __future__ import annotations

import datetime as dt
import math
import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gitops_obs import source
from tests.core.projects import THOROUGH

WORDS = {
    "null": None, "Null": None, "NULL": None, "~": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
INT_12 = re.compile(r"[-+]?[0-9]+")
FLOAT_12 = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def yaml_11(text):
    """The value of a plain scalar in YAML 1.1; PyYAML knows all but the shortest switches."""
    if text in ("y", "Y", "n", "N"):
        return text in "yY"
    return yaml.safe_load(f"a: {text}\n")["a"]


def yaml_12(text):
    """The value of a plain scalar in YAML 1.2's core schema."""
    if text in WORDS:
        return WORDS[text]
    if INT_12.fullmatch(text):
        return int(text)
    if FLOAT_12.fullmatch(text):
        return float(text)
    for prefix, base in (("0o", 8), ("0x", 16)):
        if text.startswith(prefix) and re.fullmatch(r"[0-7]+" if base == 8 else r"[0-9a-fA-F]+", text[2:]):
            return int(text, base)
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)", text):
        return -math.inf if text.startswith("-") else math.inf
    return math.nan if text in (".nan", ".NaN", ".NAN") else text


def read(text):
    """Our value of a plain scalar, and whether it is a finding."""
    document, findings = source.read("f", f"a: {text}\n")
    return (document.value or {}).get("a"), [f.code for f in findings]


numbers = st.from_regex(r"[-+]?[0-9_.:eExXob]{1,8}", fullmatch=True)
words = st.sampled_from(
    ("yes", "No", "on", "OFF", "y", "N", "true", "FALSE", "null", "~", ".inf", "-.INF", ".NaN", "n/a")
)


@THOROUGH
@given(numbers | words)
@example("-_8")
@example("1_0:30")
@example("-0o7")
@example("1.5_0e+3")
def test_a_plain_scalar_means_the_same_to_everyone_or_is_a_finding(text):
    """`on` and `off` are text by intention: that is how alerts are switched."""
    try:
        old, new = yaml_11(text), yaml_12(text)
    except (ValueError, yaml.YAMLError):  # not a scalar, or one of 1.1 that PyYAML cannot read
        return
    value, codes = read(text)
    if text.lower() in ("on", "off") or isinstance(old, dt.date):
        assert (value, codes) == (text, [])
    elif type(old) is not type(new) or old != new:
        assert codes == ["OBS011"]
    elif not codes:
        assert (type(value), value) == (type(new), new) or (value == text and len(text) > 14)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-1", -1), ("0", 0), ("1.1", 1.1), ("0.5", 0.5), ("true", True), ("False", False), ("~", None),
        ("99.9%", "99.9%"), ("250ms", "250ms"), ("1.10s", "1.10s"), ("2024-01-01", "2024-01-01"), ("1.2.3", "1.2.3"),
        ("10.0.0.1", "10.0.0.1"), ("a:b", "a:b"), ("no-op", "no-op"), ("n/a", "n/a"), ("off", "off"),
        ("'1.10'", "1.10"), ('"no"', "no"), ("|\n  no", "no\n"), ("1e400x", "1e400x"),
    ],
)  # fmt: skip
def test_what_people_write_means_what_they_think(text, value):
    """Quoted or unmistakable."""
    found, codes = read(text)
    assert (type(found), found, codes) == (type(value), value, [])


@pytest.mark.parametrize("text", ["9" * 19, "9" * 5000, "0." + "1" * 40])
def test_a_number_too_long_to_be_one_stays_text(text):
    """Python would refuse thousands of digits and round dozens of them."""
    assert read(text) == (text, [])


@pytest.mark.parametrize(("text", "plain"), [("1.10", "1.1"), ("1_000", "1000"), ("1e3", "1000"), (".5", "0.5")])
def test_the_advice_for_a_number_is_a_plain_number(text, plain):
    """It says both what to quote and what to write."""
    _, findings = source.read("f", f"a: {text}\n")
    assert f'"{text}"' in findings[0].hint
    assert findings[0].hint.endswith(f"write {plain}")


@pytest.mark.parametrize("text", ["0644", "0o17", "-010", "12:30", "0x1F"])
def test_the_advice_for_a_number_that_may_be_two_is_no_number(text):
    """Nobody can know whether 0644 is 420 or 644."""
    _, findings = source.read("f", f"a: {text}\n")
    assert findings[0].hint.endswith("write the plain number")
