"""Numbers are exact decimals, written as a person would write them, whatever is typed."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_obs import objectives, units
from gitops_obs.model import Project
from tests.core.projects import THOROUGH

PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
percentages = st.decimals("0.000001", "99.999999", places=6)
small = st.decimals(0, "99999999", places=9)
texts = st.text(max_size=20) | st.from_regex(r"[-+]?[0-9.,_eE %msnaif]{1,12}", fullmatch=True)


@THOROUGH
@given(percentages)
def test_a_percentage_survives_as_fraction_and_back(percent):
    """Nothing is rounded on the way, and a number without a sign means the same."""
    text = units.plain(percent)
    ratio = units.fraction(f"{text}%")
    assert ratio == percent / 100
    assert units.percent(ratio) == f"{text}%"
    assert units.fraction(text) == units.fraction(f"{text} %") == ratio


@THOROUGH
@given(small)
def test_a_number_is_printed_plainly(number):
    """No exponent, no leading or trailing zero, and the same number when read again."""
    for text in (units.plain(number), units.plain(number.normalize())):
        assert PLAIN.fullmatch(text)
        assert Decimal(text) == number


def _thresholds(days, budget):
    """Shares 2, 5, 10 and 10 % of the budget within 1h, 6h, 1d and 3d of the period, and never a pace below 14/15."""
    even = [Decimal("0.48") * days, Decimal("0.2") * days, Decimal("0.1") * days, Decimal(days) / 30]
    return [max(factor.quantize(Decimal("0.0001")), Decimal("0.9333")) * budget for factor in even]


@THOROUGH
@given(percentages, st.integers(7, 90))
def test_what_follows_from_an_objective_is_exact(percent, days):
    """Budget and page threshold come out as in arithmetic on paper, so `0.0009999…` never does."""
    found = objectives._availability(f"{units.plain(percent)}%", f"{days}d", 0, Project())
    ratio = Decimal(found.ratio)
    assert ratio == percent / 100
    assert Decimal(found.budget) == 1 - ratio
    assert [Decimal(row.threshold) for row in found.rows] == [t for t in _thresholds(days, 1 - ratio) if t < 1]
    assert found.can_page == any(threshold < 1 for threshold in _thresholds(days, 1 - ratio)[:2])
    if found.can_page:
        assert found.page_threshold == found.rows[0].threshold
        assert Decimal(found.page_percent[:-1]) == Decimal(found.page_threshold) * 100
    thresholds = [text for row in found.rows for text in (row.threshold, row.factor, row.min_requests)]
    for text in (found.ratio, found.budget, found.percent[:-1], found.budget_percent[:-1], *thresholds):
        assert PLAIN.fullmatch(text)


@THOROUGH
@given(st.floats(0.000001, 99.999999))
def test_a_number_typed_in_yaml_keeps_its_digits(number):
    """What YAML gives as a float is read by its shortest digits, not by its binary fraction."""
    shown = units.written(number)
    assert "e" not in shown
    if len(shown) <= 16:
        assert units.quantity(number) == Decimal(repr(number))


@THOROUGH
@given(st.integers(0, 10**9), st.sampled_from(("ms", "s", "m", "h", "d", "w")))
def test_a_duration_survives_its_shortest_form(count, unit):
    """Seconds, shortest text, seconds."""
    seconds = units.duration(f"{count}{unit}")
    assert units.duration(units.short_duration(seconds)) == seconds


@THOROUGH
@given(st.decimals(0, 1000, places=4), st.sampled_from(("ms", "s", "m", "h", "d", "w")))
def test_a_duration_for_rules_is_whole_and_the_same(count, unit):
    """Prometheus takes whole numbers only."""
    text = f"{units.plain(count)}{unit}"
    try:
        whole = units.whole_duration(text)
    except ValueError:
        assert units.duration(text) * 1000 % 1 or units.duration(text) > 3650 * units.DAY
    else:
        assert re.fullmatch(r"\d+(ms|s|m|h|d)", whole)
        assert units.duration(whole) == units.duration(text)


@THOROUGH
@given(texts)
def test_any_text_is_a_finite_number_or_refused(text):
    """Never NaN, infinity, another script's digits, or more digits than anybody writes."""
    for read in (units.duration, units.fraction, units.quantity):
        try:
            number = read(text)
        except ValueError as error:
            message, _ = units.advice(error)
            assert len(message) < 100
        else:
            assert number.is_finite()
            assert text.isascii()
            assert len(units.plain(number)) <= 60


@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-inf", "1e5", "1E-7", "1_000", "٩٩%", "½", "9" * 16, "0." + "1" * 16, "", "%"]
)
def test_what_only_decimal_understands_is_refused(text):
    """Python's Decimal takes more than a person should write."""
    for read in (units.duration, units.fraction, units.quantity):
        with pytest.raises(ValueError, match="is not a"):
            read(text)


@pytest.mark.parametrize(("text", "right"), [("99,9%", "99.9%"), ("99,9", "99.9"), ("99,95 %", "99.95 %")])
def test_a_comma_is_told_from_nonsense(text, right):
    """Half of Europe writes it."""
    with pytest.raises(ValueError, match=f"has a comma; write {right}"):
        units.fraction(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [("0", "0s"), ("0.25", "250ms"), ("1.5", "1500ms"), ("90", "90s"), ("300", "5m"), ("5400", "90m"), ("86400", "1d"),
     ("604800", "7d"), ("2592000", "30d")],
)  # fmt: skip
def test_a_duration_is_shown_in_one_whole_unit(seconds, text):
    """As people say it."""
    assert units.short_duration(Decimal(seconds)) == text


@pytest.mark.parametrize(
    ("typed", "number"),
    [("5%", "0.05"), ("250ms", "0.25"), ("0.5", "0.5"), (0.5, "0.5"), (1e-7, "0.0000001"), (3, "3")],
)
def test_a_threshold_is_read_in_each_of_its_forms(typed, number):
    """Share, time or plain number."""
    assert units.quantity(typed) == Decimal(number)
