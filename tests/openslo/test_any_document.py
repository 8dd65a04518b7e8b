"""Whatever stands where in a document, the answer is findings and never an exception."""

from __future__ import annotations

import copy
import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitops_obs import findings
from gitops_obs.openslo import exported
from tests import factory
from tests.core.projects import THOROUGH
from tests.openslo import importing
from tests.openslo.documents import SERVICE, slo

SLI = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: s}
spec:
  ratioMetric:
    good: {metricSource: {type: Prometheus, spec: {query: a}}}
    total: {metricSource: {metricSourceRef: x, spec: {query: a}}}
"""
WHOLE = [
    *yaml.safe_load_all(exported.service(factory.service()).text),
    *yaml.safe_load_all(f"{SERVICE}---\n{slo()}---\n{SLI}"),
]
ODD = st.sampled_from(
    [None, "", "x", "sum(", "{{}}", 0, -1, 1.5, True, [], {}, [None], [[]], {"x": None}, [{}], {"name": 3}]
)


def places(value, path=()):
    """Every path in a value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


PLACES = [path for path in places(WHOLE) if path]


@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD, st.booleans()), min_size=1, max_size=4))
@THOROUGH
def test_any_value_in_any_place_is_a_finding_or_a_service(changes):
    """A field gone, of another type, or of another value; each finding has a page and a place."""
    objects = copy.deepcopy(WHOLE)
    for path, value, gone in changes:
        _change(objects, path, value, gone=gone)
    drafts, found = importing.drafts(*(json.dumps(one) for one in objects), owner="")
    assert drafts or found
    assert {one.code for one in found} <= set(findings.codes())
    assert all(one.hint and (one.span.line or one.code == "OBS005") for one in found)


def _change(objects, path, value, *, gone):
    inner = objects
    for step in path[:-1]:
        try:
            inner = inner[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(inner, dict) and gone:
        inner.pop(path[-1], None)
    elif isinstance(inner, dict) or (isinstance(inner, list) and path[-1] < len(inner)):
        inner[path[-1]] = value
