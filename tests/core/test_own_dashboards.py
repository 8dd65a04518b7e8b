"""Dashboards that a project describes in Python are built, checked and written like ours."""

from __future__ import annotations

import json

import pytest

from tests.core.projects import codes, run, services, times, tree, write

HEAD = "from grafanalib.core import Dashboard, Text\n\n"
FAILING = {
    "no dashboard": ("board = 7\n", "OBS404", 0),
    "no file content": ("", "OBS404", 0),
    "an exception": ("x = 1\ny = x / 0\n", "OBS404", 2),
    "an exception deeper": ("def f():\n    return {}['x']\n\n\ndashboard = f()\n", "OBS404", 2),
    "leaving": ("import sys\n\nsys.exit(0)\n", "OBS404", 3),
    "no Python": ("dashboard = (\n", "OBS404", 1),
    "a text": ("dashboard = 'x'\n", "OBS404", 0),
    "a list": ("dashboard = []\n", "OBS404", 0),
    "a panel that is a text": (HEAD + "dashboard = Dashboard(title='A', rows=[], panels=['x'])\n", "OBS405", 0),
    "a panel without a type": ("dashboard = {'title': 'A', 'panels': [{'title': 'B'}]}\n", "OBS405", 0),
    "a uid that is a number": ("dashboard = {'title': 'A', 'uid': 7, 'panels': []}\n", "OBS404", 0),
    "what is no JSON": ("dashboard = {'title': 'A', 'panels': [], 'x': object()}\n", "OBS404", 0),
    "a surrogate": ("dashboard = {'title': '\\ud800', 'panels': []}\n", "OBS404", 0),
    "itself": ("dashboard = {'title': 'A', 'panels': []}\ndashboard['self'] = dashboard\n", "OBS404", 0),
}


def board(title="Shop", uid="shop"):
    """Text of a dashboard file."""
    return (
        f"{HEAD}dashboard = Dashboard(title={title!r}, uid={uid!r}, rows=[], panels=[Text(title='A', content='B')])\n"
    )


@pytest.fixture
def project(tmp_path):
    """A project of two services, built."""
    write(tmp_path, services("cart", "search"))
    assert codes(run(tmp_path)) == []
    return tmp_path


def test_a_dashboard_in_python_is_written_beside_ours(project):
    """With the uid it has, under the name of its file, marked as ours, and not again when nothing changed."""
    write(project, {"dashboards/shop.dashboard.py": board()})
    assert codes(run(project)) == []
    found = json.loads((project / "generated/dashboards/shop.json").read_text())
    assert (found["uid"], found["title"]) == ("shop", "Shop")
    assert "gitops-obs" in found["tags"]
    before = times(project)
    assert codes(run(project)) == []
    assert times(project) == before
    assert not (project / "dashboards/__pycache__").exists()


def test_a_dashboard_file_that_went_takes_its_output_with_it(project):
    """As a service file does."""
    write(project, {"dashboards/shop.dashboard.py": board()})
    run(project)
    (project / "dashboards/shop.dashboard.py").unlink()
    assert [change.path for change in run(project).changes if change.kind == "delete"] == [
        "generated/dashboards/shop.json"
    ]


@pytest.mark.parametrize(("text", "code", "line"), FAILING.values(), ids=FAILING)
def test_a_dashboard_that_fails_is_a_finding(project, text, code, line):
    """On its line where it has one; what was generated stays."""
    write(project, {"dashboards/shop.dashboard.py": board()})
    assert codes(run(project)) == []
    before = tree(project)
    write(project, {"dashboards/shop.dashboard.py": text})
    result = run(project)
    assert codes(result) == [code]
    (found,) = result.diagnostics
    assert (found.span.file, found.span.line) == ("dashboards/shop.dashboard.py", line)
    assert found.hint
    assert tree(project) == before


def test_a_file_cannot_take_the_place_of_our_pages(project):
    """Names that begin with `_` are for what several files share."""
    before = tree(project)
    write(project, {"dashboards/_fleet.dashboard.py": board(), "dashboards/_shared.dashboard.py": "1 / 0\n"})
    assert codes(run(project)) == []
    assert tree(project) == before


def test_dashboards_without_a_uid_get_one_each(project):
    """Made from the name of the file."""
    text = "dashboard = {'title': %r, 'panels': []}\n"
    write(project, {"dashboards/a b.dashboard.py": text % "A", "dashboards/c.dashboard.py": text % "C"})
    assert codes(run(project)) == []
    uids = [json.loads((project / f"generated/dashboards/{name}.json").read_text())["uid"] for name in ("a b", "c")]
    assert uids == ["a-b", "c"]


def test_two_files_whose_names_give_one_uid_are_a_finding(project):
    """`a b` and `a-b`."""
    text = "dashboard = {'title': %r, 'panels': []}\n"
    write(project, {"dashboards/a b.dashboard.py": text % "A", "dashboards/a-b.dashboard.py": text % "B"})
    assert codes(run(project)) == ["OBS401"]


def test_other_files_in_the_folder_are_not_run(project):
    """Only what is called `*.dashboard.py`."""
    write(
        project,
        {"dashboards/shop.py": "1 / 0\n", "dashboards/notes.md": "", "dashboards/sub/x.dashboard.py": "1 / 0\n"},
    )
    assert codes(run(project)) == []


def test_a_build_of_some_runs_no_dashboard_file(project):
    """It concerns services only, and leaves the others' outputs."""
    write(project, {"dashboards/shop.dashboard.py": board()})
    run(project)
    before = tree(project)
    write(project, {"dashboards/shop.dashboard.py": "1 / 0\n"})
    assert codes(run(project, "cart")) == []
    assert tree(project) == before
