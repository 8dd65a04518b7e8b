"""What is written back is what was read."""

from __future__ import annotations

from typing import Any

import pytest

from gitops_obs import promql, ruleset
from gitops_obs.prometheus import syntax
from tests import factory
from tests.core.test_promql import HOSTILE

EXPRESSIONS = [
    "1e-9 * -x ^ -2 > bool Inf",
    "x[1500ms] offset -90s",
    "x[5m] @ 123.456 offset 1w",
    "max_over_time((a or b)[1h:30s] @ 5 offset 2d)",
    "max_over_time(x[1h:])",
    "a - (b - c) - d",
    "a * on (b, c) group_left (d) e",
    "a * ignoring () group_right () e",
    "a and on () b or c unless ignoring (x) d",
    "sum without () (a) + sum by () (a) + count(a)",
    'quantile by ("service.name") (0.5, {"http.requests","service.name"="a"})',
    'count_values("v", a)',
    "time() - hour() + NaN",
    r'label_replace(a, "x", "$1", "y", "(.+)\\d\"")',
    'a{b="c",d!="e",f=~"g|h",i!~"j"}',
    '{__name__=~"a.*",b=""}',
    "x @ start() + x @ end()",
    "a atan2 b % c == d",
    "0.1 + 1234567890123 + 1e300",
]


def shape(node: Any) -> Any:
    """The tree as plain values, parentheses and all."""
    if not hasattr(node, "prettify"):
        return repr(node)
    names = ("name", "op", "offset", "range", "step", "val")
    plain = [(name, str(getattr(node, name))) for name in names if hasattr(node, name)]
    found = [syntax.kind(node), plain, [shape(child) for child in syntax.children(node)]]
    for selector in (node, getattr(node, "vector_selector", None)):
        if hasattr(selector, "matchers"):
            found += [selector.name, sorted(syntax.matchers(selector)), str(selector.offset), str(selector.at)]
    if (modifier := getattr(node, "modifier", None)) is not None:
        parts = ("labels", "type", "card", "return_bool", "group_labels")
        found.append([str(getattr(modifier, part, "")) for part in parts])
        matching = getattr(modifier, "matching", None)
        found.append((str(matching.type), matching.labels) if matching else None)
    return found


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_an_expression_survives(expr: str) -> None:
    """Numbers, durations, strings, modifiers and names."""
    tree = syntax.parse(expr)
    assert shape(syntax.parse(syntax.write(tree))) == shape(tree)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_survives_in_a_matcher(text: str) -> None:
    """Backslashes, quotes, line ends, what Grafana would take for a variable."""
    tree = syntax.parse(f"a{{b={promql.quote(text)}}}")
    assert syntax.matchers(syntax.parse(syntax.write(tree))) == [("b", "=", text)]


@pytest.mark.parametrize("name", factory.PRESETS)
def test_every_generated_rule_survives(name: str) -> None:
    """Of all presets, with a cluster label too."""
    for service in (factory.service(name), factory.service(name, project=factory.CLUSTERED)):
        for rule in (rule for group in ruleset.groups(service)[0] for rule in group.rules):
            tree = syntax.parse(rule.expr)
            assert shape(syntax.parse(syntax.write(tree))) == shape(tree)


def test_a_node_can_be_replaced_anywhere() -> None:
    """Inside calls, aggregations, subqueries and parameters."""
    expr = "quantile(scalar(x), sum(rate(x[5m:1m])) + -(x))"
    written = syntax.write(syntax.parse(expr), lambda node: "Y" if syntax.kind(node) == "VectorSelector" else None)
    assert written == "quantile(scalar(Y), sum(rate(Y[5m:1m])) + -(Y))"


@pytest.mark.parametrize("expr", ['x{a="b" or c="d"}', "a + fill(0) b"])
def test_what_cannot_be_written_is_refused(expr: str) -> None:
    """Rather than written wrongly."""
    with pytest.raises(ValueError, match=r"not known|invalid promql"):
        syntax.write(syntax.parse(expr))
