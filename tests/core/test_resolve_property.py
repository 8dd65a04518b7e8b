"""Whatever holds to a schema is understood or explained, never an exception."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_obs import findings, project, resolve, schema, spec
from gitops_obs.errors import Severity
from gitops_obs.source import Document
from gitops_obs.workspace import Workspace
from tests.core import projects, specs
from tests.core.projects import THOROUGH


@pytest.fixture(scope="module")
def understand(tmp_path_factory):
    """What service files mean in an empty project."""
    context = Workspace(projects.write(tmp_path_factory.mktemp("empty"), projects.services("a"))).context
    return lambda data: resolve.service(data, "services/a.yaml", context)


def place(problems):
    """Problems as findings, which asks for their place in a document that lacks them."""
    return [problem.at(Document("f", "service: a\n", None)) for problem in problems]


@settings(THOROUGH, max_examples=150)
@given(specs.any_spec())
def test_any_spec_that_holds_is_a_service_or_has_problems(understand, data):
    """The schema lets through what has the right form; the rest is said in findings that have a page."""
    if not spec.holds(data, "service"):
        assert place(spec.explain(data, "service"))
        return
    service, problems = understand(data)
    assert (service is None) == any(problem.severity is Severity.ERROR for problem in problems)
    assert {found.code for found in place(problems)} <= set(findings.codes())


@settings(THOROUGH, max_examples=150)
@given(specs.meaningful())
def test_a_meaningful_spec_is_a_service_of_text(understand, data):
    """Every leaf is text on one line, whatever the file says."""
    assert spec.holds(data, "service"), spec.explain(data, "service")
    service, problems = understand(data)
    # an objective may be so low that rows of burn rates are left out
    assert {problem.code for problem in problems} <= {"OBS115", "OBS104", "OBS111"}
    if service is not None:
        assert service.name == data["service"]
        assert all(isinstance(leaf, str) and "\n" not in leaf for leaf in leaves(service))


def leaves(value):
    """Every text that is a leaf, at any depth."""
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if field.type == "Leaf":
            yield inner
        for item in inner if isinstance(inner, tuple) else (inner,):
            if dataclasses.is_dataclass(item) and field.name in getattr(value, "NESTED", ()):
                yield from leaves(item)


@settings(THOROUGH, max_examples=100)
@given(specs.from_schema(schema.load("project")))
def test_any_project_file_is_understood_or_explained(data):
    """Durations above all, of which the schema knows the form only."""
    _, problems = project.from_data(data)
    assert spec.holds(data, "project") or problems
    place(problems)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@st.composite
def damaged(draw):
    """A meaningful spec with junk somewhere in it."""
    data = draw(specs.meaningful())
    where = data
    while draw(st.booleans()) and any(isinstance(inner, dict) for inner in where.values()):
        where = draw(st.sampled_from([inner for inner in where.values() if isinstance(inner, dict)]))
    key = draw(st.sampled_from(sorted(where)) | st.text(max_size=8)) if where else draw(st.text(max_size=8))
    where[key] = draw(junk)
    return data


@settings(THOROUGH, max_examples=150)
@given(damaged() | junk, st.sampled_from(schema.names()))
def test_what_does_not_hold_is_explained(data, name):
    """The quick validator and the one that explains agree, and each problem is one line with advice."""
    problems = [] if spec.holds(data, name) else spec.explain(data, name)
    assert bool(problems) != spec.holds(data, name)
    for found in place(problems):
        assert found.code in findings.codes()
        assert "\n" not in found.message
        assert found.hint or name == "diagnostics"
