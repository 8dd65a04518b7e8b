"""The fast reader gives what the careful one gives, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

from gitops_obs import source
from tests.core.projects import THOROUGH
from tests.core.texts import FILES, documents

pytest.importorskip("yaml_rs")


def same(one, other):
    """Whether two values are equal in value, type and order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@settings(THOROUGH, max_examples=600)
@given(documents)
@example("1: a\n")
@example("? [a]\n: b\n")
@example("a: [no]\n")
@example("a:\n  # why\n  no\n")
@example("a: -1:30\n")
@example("a: [?, ?]\n")
@example("a: {:: b}\n")
@example("- >\n")
@example("'2024-01-01'\n")
@example("a: 0.1234567890123456789\n")
@example("a: 123456789012345678901\n")
@example("".join(" " * n + "a:\n" for n in range(40)))
def test_the_fast_reader_equals_the_careful_one_or_gives_nothing(text):
    """Whatever the text, odd ones above all; a text with findings is left to the careful one."""
    text, findings = source.decode("f", text.encode("utf-8", "surrogatepass"))
    fast = None if findings else source.read_fast(text)
    if fast is not None:
        document, findings = source.read("f", text)
        assert findings == []
        assert same(fast, document.value)


@pytest.mark.parametrize("text", FILES)
def test_real_service_files_are_read_fast(text):
    """Otherwise it would be of no use."""
    assert source.read_fast(text) is not None


@pytest.mark.parametrize("text", ["- " * 100_000, "? " * 100_000, "- ? " * 50_000, "[" * 100_000, '{"a":' * 100_000])
def test_depth_never_reaches_the_fast_reader(text):
    """It would overflow the stack of the whole process."""
    assert source.read_fast(text) is None
