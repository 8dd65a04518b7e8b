"""A template filled in gives, byte for byte, what is built without one."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import ClassVar

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_obs import model, promql, template, yamltext
from gitops_obs.leaf import Leaf  # noqa: TC001  # what template looks for
from tests import factory
from tests.core.projects import THOROUGH

# whatever `source.decode` lets through
_REFUSED = "\u2028\u2029\ufeff\ufffe\uffff\ue000\ue001\ue002\ue003\ue004"
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=_REFUSED), max_size=20) | st.text(
    '"\\\n\t\r/<>&\u00e9\U0001f600', max_size=8
)


@dataclass(frozen=True)
class Inner:
    """Something inside."""

    kind: str
    text: Leaf


@dataclass(frozen=True)
class Outer:
    """Something with leaves, and others inside it."""

    NESTED: ClassVar = ("one", "many")

    shape: str
    first: Leaf
    one: Inner | None
    many: tuple[Inner, ...]
    last: Leaf


inners = st.builds(Inner, st.sampled_from("ab"), texts)
outers = st.builds(
    Outer,
    st.sampled_from("xy"),
    texts,
    st.none() | inners,
    st.lists(inners, max_size=3).map(tuple),
    texts.map(promql.quote),
)


def as_json(value: Outer) -> str:
    """Leaves inside longer texts, twice, as numbers and in lists."""
    data = {
        "title": f"{value.first} and {value.last}: {value.first}",
        "number": template.number(value.last),
        "many": [f"<{inner.text}>{inner.kind}" for inner in value.many],
        "one": value.one and value.one.text,
    }
    return template.unquoted(orjson.dumps(data).decode())


def as_yaml(value: Outer) -> str:
    """Leaves in a block and in quotes."""
    rules = [{"expr": f"x\n> {value.last}", "labels": {"a": inner.text, "b": value.first}} for inner in value.many]
    return yamltext.rule_groups([("g", "1m", rules)])


@pytest.mark.parametrize("build", [as_json, as_yaml])
@THOROUGH
@given(value=outers, other=outers)
def test_a_filled_template_equals_the_full_text(build, value, other):
    """Whatever stands in the leaves."""
    key, leaves = template.shape(value)
    cut = template.Template.cut(build(template.marked(value)), len(leaves))
    assert cut.fill(template.values(leaves)) == build(value).encode()
    if template.shape(other)[0] == key:
        assert cut.fill(template.values(template.shape(other)[1])) == build(other).encode()


@THOROUGH
@given(outers, outers)
def test_values_of_one_shape_differ_in_leaves_only(one, other):
    """Shapes are equal exactly where everything but the leaves is, and leaves come in one order."""
    keys, leaves = zip(*(template.shape(value) for value in (one, other)), strict=True)
    blank = [
        Outer(v.shape, "", v.one and Inner(v.one.kind, ""), tuple(Inner(i.kind, "") for i in v.many), "")
        for v in (one, other)
    ]
    assert (keys[0] == keys[1]) == (blank[0] == blank[1])
    if keys[0] == keys[1]:
        assert (leaves[0] == leaves[1]) == (one == other)


@THOROUGH
@given(outers)
def test_marks_count_leaves_in_the_order_of_their_values(value):
    """The mark with number n stands where leaf n was."""
    _, leaves = template.shape(value)
    _, marks = template.shape(template.marked(value))
    assert marks == [f"\ue000{n}\ue001" for n in range(len(leaves))]


@THOROUGH
@given(texts)
def test_an_escaped_text_is_what_json_writes(text):
    """Both libraries that write JSON here agree on every character that a file may hold."""
    assert f'"{template.escaped(text)}"' == orjson.dumps(text).decode()


def test_everything_nested_in_the_model_is_walked():
    """A dataclass that holds leaves must stand in `NESTED` of the one that holds it."""
    marked = template.marked(factory.service())
    left = [leaf for leaf in _leaves_left(marked) if not leaf.startswith("\ue000")]
    assert left == []


def _leaves_left(value):
    """Every leaf below `value`, found without `NESTED`."""
    for field in fields_of(value):
        inner = getattr(value, field.name)
        if field.type == "Leaf":
            yield inner
        for item in inner if isinstance(inner, tuple) else (inner,):
            if type(item).__module__ in (model.__name__, "gitops_obs.signal"):
                yield from _leaves_left(item)
