"""Templates are judged as Prometheus judges them, and places in expressions are where people would point."""

from __future__ import annotations

import pytest

from gitops_obs import promql
from gitops_obs.checks.rules import _place, _templates
from tests import promtool

TEMPLATES = [
    "plain", "{{ $value }}", "{{$value}}", "{{- $value -}}", "{{ $labels.a }}", '{{ index $labels "a" }}',
    "{{ .Labels.a }}",
    "{{ $value | humanize }}", "{{ humanizePercentage $value }}", '{{ printf "%.2f" $value }}', "{{ `}}` }}",
    '{{ "}}" }}',
    "{{ if gt $value 1.0 }}a{{ else if lt $value 0.5 }}b{{ else }}c{{ end }}", "{{/* remark */}}x", "a }} b", "{ {",
    "{{ 1 }}",
    "{{ with query `up` }}{{ . | first | value }}{{ end }}", "{{ range query `up` }}{{ .Labels.job }}{{ end }}",
    "{{ range $i, $one := query `up` }}{{ $i }}{{ end }}", "{{ $x := 1 }}{{ $x }}", "{{ $labels.a | toUpper | len }}",
    "{{ define `x` }}{{ . }}{{ end }}{{ template `x` $value }}", "{{ (query `up` | first).Labels }}",
    "{{ $externalURL }}",
    "{{ $externalLabels.cluster }}", "{{ and (eq $labels.a `b`) (ne 1 2) }}", "{{ 'x' }}", "{{ nil }}x",
    "{{", "{{ $value", "{{ }}", "{{}}", "{{ $valu }}", "{{ $value | humanise }}", "{{ if $value }}", "{{ end }}",
    "{{ else }}",
    "{{ if }}x{{ end }}", "{{ range }}x{{ end }}", "{{ ( $value }}", "{{ $value ) }}", '{{ "x }}', "{{ $value ; }}",
    "{{ #x }}",
    "{{ if $value }}x{{ end }}{{ end }}", "{{ with $value }}{{ if 1 }}{{ end }}", "{{ $x }}", "{{ labels.a }}",
    "{{ % }}",
]  # fmt: skip
UNLIKE = {"{{ nil }}x"}
"""What Go refuses for its meaning, not for its form."""


def judged(folder, texts):
    """What promtool thinks of each template, as an annotation of an alert."""
    found = []
    for n, text in enumerate(texts):
        rule = {"alert": "A", "expr": "up", "annotations": {"x": text}}
        file = folder / f"{n}.yaml"
        file.write_text(promtool.dump({"groups": [{"name": "a", "rules": [rule]}]}))
        found.append(promtool.run("check", "rules", files=[file]).returncode == 0)
    return found


def test_templates_are_judged_as_prometheus_does(tmp_path):
    """One by one, sound and unsound."""
    texts = [text for text in TEMPLATES if text not in UNLIKE]
    ours = [_templates.read(text)[1] == "" for text in texts]
    theirs = judged(tmp_path, texts)
    assert {t for t, a, b in zip(texts, ours, theirs, strict=True) if a != b} == set()
    assert theirs.count(False) >= 15


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("{{ $labels.a }}{{ $labels.b | title }}", ["a", "b"]), ("{{ .Labels.a }}", ["a"]),
        ('{{ index $labels "a" }}{{ index .Labels `b` }}', ["a", "b"]), ("{{ $labels }}", []),
        ("{{ range query `x` }}{{ .Labels.a }}{{ $labels.b }}{{ end }}{{ .Labels.c }}", ["b", "c"]),
        ("{{ if $labels.a }}{{ .Labels.b }}{{ end }}", ["a", "b"]), ("{{ $externalLabels.a }}", []),
        ('{{ "$labels.a" }}', []),
    ],
)  # fmt: skip
def test_labels_that_a_template_reads_are_found(text, labels):
    """Not those of a query's results, nor what stands in text."""
    actions, why = _templates.read(text)
    assert why == ""
    assert [label for action in actions for label in action.labels] == labels


PLACES = [
    ("sum by (a b) (c)", "b"), ("a + / b", "/"), ("sum(a", "("), ("a)", ")"), ("a[5m}", "}"), ('a{b="c}', '"'),
    ('a{b=~"("}', "("), ("foo(a)", "foo"), ("a[5x]", "5x"), ("sum(a) >> 5", ">"), ("up{job=}", "}"),
    ('up{a="b" c="d"}', "c"),
    ("a b", "b"), ("x > 5 && y", "&"), ("a / on (b) (c) d", "d"), ("rate(a)", "rate"), ("histogram_quantile(0.9)",
    "histogram_quantile"), ("sum by job (a)", "job"), ("a # )\n + * b", "*"), ("a{b='c',,}", ","), ("a offset b", "b"),
    ("sum(rate(a[5m])) by (x) y", "y"), ("not a", "a"), ("1 +", ""), ("a and", ""),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "word"), PLACES)
def test_the_place_at_which_an_expression_breaks_is_found(expr, word):
    """The first thing that cannot stand there; nothing where it ends too early."""
    why = promql.error(expr)
    assert why
    offset, found = _place.of(expr, why)
    assert found == word
    assert expr[offset : offset + len(word)] == word or offset == -1
