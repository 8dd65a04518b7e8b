"""Dashboards of a project, as users of grafanalib write them: built as they are, or refused whole."""

from __future__ import annotations

import json

import pytest

from tests.core.own_files import only, project
from tests.core.projects import codes, run, tree

DASHBOARD = """\
from grafanalib.core import Dashboard

dashboard = Dashboard(title="{title}", uid="{uid}", rows=[])
"""


def test_a_dashboard_file_is_built_as_it_is(tmp_path):
    """Its file lies beside the fleet's page, marked as ours."""
    assert (
        run(project(tmp_path, {"dashboards/shop.dashboard.py": DASHBOARD.format(title="Shop", uid="shop")})).failed
        is False
    )
    board = json.loads((tmp_path / "generated/dashboards/shop.json").read_bytes())
    assert (board["title"], board["uid"]) == ("Shop", "shop")
    assert "dashboards/shop.dashboard.py" in board["description"]


@pytest.mark.parametrize("uid", ["stock", "fleet", "own-payments", "own-anybody", "svc-checkout", "svc-anything"])
def test_a_uid_that_is_taken_is_an_error(uid, tmp_path):
    """By another file, the fleet's page, an owner's or a service's; nothing is written."""
    root = project(
        tmp_path,
        {
            "dashboards/aaa.dashboard.py": DASHBOARD.format(title="Stock", uid="stock"),
            "dashboards/shop.dashboard.py": DASHBOARD.format(title="Shop", uid=uid),
        },
    )
    found = only(run(root))
    assert (found.code, found.span.file) == ("OBS401", "dashboards/shop.dashboard.py")
    assert f"`{uid}`" in found.message
    assert found.hint
    assert tree(root) == {}


def test_a_title_that_is_taken_is_an_error(tmp_path):
    """Both files are named."""
    names = ("shop", "stock")
    root = project(tmp_path, {f"dashboards/{n}.dashboard.py": DASHBOARD.format(title="Shop", uid=n) for n in names})
    found = only(run(root))
    assert (found.code, found.span.file) == ("OBS402", "dashboards/stock.dashboard.py")
    assert "dashboards/shop.dashboard.py" in found.message
    assert tree(root) == {}


NO_DASHBOARDS = {
    "nothing": ("board = 1\n", 0),
    "an exception": ("x = 1\n\nraise ValueError(x)\n", 3),
    "an exit": ("import sys\n\nsys.exit()\n", 3),
    "a syntax error": ("dashboard = (\n", 1),
    "a number": ("dashboard = 5\n", 0),
    "a list": ("dashboard = []\n", 0),
    "a number as uid": ("dashboard = {'uid': 5, 'title': 'x', 'panels': []}\n", 0),
    "a list as title": ("dashboard = {'uid': 'x', 'title': ['x'], 'panels': []}\n", 0),
    "a number as panels": ("dashboard = {'uid': 'x', 'title': 'x', 'panels': 5}\n", 0),
    "a number too large for JSON": (
        "dashboard = {'uid': 'x', 'title': 'x', 'panels': [{'type': 'text', 'options': {'mode': 1 << 70}}]}\n",
        0,
    ),
    "half a character": ("dashboard = {'uid': 'x', 'title': '\\ud800', 'panels': []}\n", 0),
}


@pytest.mark.parametrize("case", NO_DASHBOARDS)
def test_a_file_without_a_dashboard_is_a_finding(case, tmp_path):
    """OBS404, at the line that failed where there is one; the others are still looked at, nothing is written."""
    code, line = NO_DASHBOARDS[case]
    others = {"dashboards/zzz.dashboard.py": DASHBOARD.format(title="Z", uid="fleet")}
    root = project(tmp_path, {"dashboards/shop.dashboard.py": code, **others})
    result = run(root)
    assert codes(result) == ["OBS404", "OBS401"]
    assert (result.diagnostics[0].span.file, result.diagnostics[0].span.line) == ("dashboards/shop.dashboard.py", line)
    assert result.diagnostics[0].hint
    assert tree(root) == {}
