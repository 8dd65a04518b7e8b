"""Panels and alerts of a project, as YAML and as Python: how they are used, and how they fail."""

from __future__ import annotations

import os

import pytest

from gitops_obs.cli import _exit_codes
from tests.cli import program
from tests.core.own_files import ALERT, PAGE, PANEL, only, panels, project
from tests.core.projects import codes, run, service, services, tree, write


def test_a_yaml_panel_stands_on_the_pages_that_name_it(tmp_path):
    """Its query reads the service's own series; a service that does not name the panel does not get it."""
    files = {"panels/queue-depth.yaml": PANEL.format(id="queue-depth"), **services("search")}
    assert run(project(tmp_path, files, "panels: [queue-depth]")).diagnostics == []
    panel = panels(tmp_path)["Messages waiting"]
    assert panel["type"] == "timeseries"
    assert 'job="checkout"' in panel["targets"][0]["expr"]
    assert panel["targets"][0]["legendFormat"] == "{{queue}}"
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1] == {"color": "orange", "value": 100}
    assert b"Messages waiting" not in (tmp_path / "generated/dashboards/payments/search.json").read_bytes()


def test_a_python_panel_stands_on_the_page_in_its_own_size(tmp_path):
    """A function over the service gives a grafanalib panel; WIDTH and HEIGHT of the file are its size."""
    code = """\
from grafanalib.core import Target, TimeSeries

WIDTH, HEIGHT = 9, 5


def build(service):
    return TimeSeries(title=f"Of {service.name}", targets=[Target(expr="up", refId="A")])
"""
    assert run(project(tmp_path, {"panels/own.py": code}, "panels: [own]")).diagnostics == []
    grid = panels(tmp_path)["Of checkout"]["gridPos"]
    assert (grid["w"], grid["h"]) == (9, 5)


def test_a_python_panel_may_look_at_all_of_a_service(tmp_path):
    """Unlike built-in ones it may branch on names, since its services are built one by one."""
    code = "def build(service):\n    kind = 'Cart' if service.name.startswith('ca') else 'Other'\n"
    code += "    return {'type': 'text', 'title': kind, 'options': {'content': service.name.upper()}}\n"
    names = ("cart", "checkout", "search")
    files = {f"services/{name}.yaml": service(name, "panels: [own]") for name in names}
    assert run(write(tmp_path, {**files, "panels/own.py": code})).diagnostics == []
    for name in names:
        page = (tmp_path / f"generated/dashboards/payments/{name}.json").read_text()
        assert f'"content": "{name.upper()}"' in page
        assert ('"title": "Cart"' in page) == (name == "cart")


def test_a_python_panel_that_gives_none_is_left_out(tmp_path):
    """A panel may decide that a service needs none."""
    code = "def build(service):\n    return None\n"
    assert run(project(tmp_path, {"panels/own.py": code}, "panels: [own]")).diagnostics == []
    assert "Panels of this service" not in panels(tmp_path)


def test_a_panel_that_is_not_there_is_named_with_the_file_to_write(tmp_path):
    """OBS114 at its place in the list."""
    found = only(run(project(tmp_path, {}, "panels: [nothing-like-it]")))
    assert (found.code, found.span.line) == ("OBS114", 4)
    assert "panels/nothing-like-it.yaml" in found.hint


@pytest.mark.parametrize("kind", ["panel", "alert"])
def test_two_files_of_one_id_are_an_error(kind, tmp_path):
    """A panel or alert in YAML and one in Python of the same name: neither is chosen silently."""
    text = {"panel": PANEL, "alert": ALERT}[kind].format(id="twice")
    found = only(run(project(tmp_path, {f"{kind}s/twice.yaml": text, f"{kind}s/twice.py": "build = print\n"})))
    assert found.code == {"panel": "OBS405", "alert": "OBS302"}[kind]
    assert (found.span.file, found.hint) == (f"{kind}s/twice.yaml", "rename one of the two")
    assert f"{kind}s/twice.py" in found.message


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("sum by (queue) (", "sum by (queue) (("), "OBS201", 6),
        (("${select}", "${selekt}"), "OBS202", 6),
        (("panel: queue-depth", "panel: queue-length"), "OBS105", 1),
        (("unit: short\n", ""), "OBS102", 1),
        (("unit: short", "unit: short\nuint: s"), "OBS101", 5),
    ],
    ids=["PromQL", "placeholder", "name", "missing key", "unknown key"],
)
def test_a_bad_yaml_panel_is_a_finding_at_its_place(change, code, line, tmp_path):
    """In the panel's own file, even though no service names the panel."""
    text = PANEL.format(id="queue-depth").replace(*change)
    found = only(run(project(tmp_path, {"panels/queue-depth.yaml": text})))
    assert (found.code, found.span.file, found.span.line) == (code, "panels/queue-depth.yaml", line)
    assert found.hint


def test_a_changed_panel_changes_the_pages_that_have_it(tmp_path):
    """What the last build remembers holds for one state of the project's own files only."""
    text = PANEL.format(id="queue-depth")
    root = project(tmp_path, {"panels/queue-depth.yaml": text, **services("search")}, "panels: [queue-depth]")
    run(root)
    write(root, {"panels/queue-depth.yaml": text.replace("Messages waiting", "Messages queued")})
    assert {c.path for c in run(root).changes if c.kind == "update"} == {PAGE}
    assert "Messages queued" in panels(root)


def test_a_python_panel_is_read_anew_however_quickly_it_changed(tmp_path):
    """Python's own cache tells files apart by whole seconds and size only, and has no place in a repository."""
    root = project(tmp_path, {}, "panels: [own]")
    for word in ("one", "two"):
        write(root, {"panels/own.py": f"def build(service):\n    return {{'type': 'text', 'title': '{word}'}}\n"})
        os.utime(root / "panels/own.py", (1_000_000_000, 1_000_000_000))
        run(root)
        assert word in panels(root)
    assert [path.name for path in (root / "panels").iterdir()] == ["own.py"]


FAILING = {
    "an exception": ("def build(service):\n    factor = 0\n    return 1 / factor\n", 3, "ZeroDivisionError"),
    "an exception deeper": (
        "def half(x):\n    return x / 0\n\n\ndef build(service):\n    return half(1)\n",
        2,
        "ZeroDivisionError",
    ),
    "an exception in gitops-obs": (
        "from gitops_obs import kit\n\n\ndef build(service):\n    return kit.signal(None)\n",
        5,
        "AttributeError",
    ),
    "an exit": ("import sys\n\n\ndef build(service):\n    sys.exit(3)\n", 5, "SystemExit"),
    "no end": ("def build(service):\n    return build(service)\n", 2, "RecursionError"),
    "an exception at import": ("import json\n\njson.loads('{')\n", 3, "JSONDecodeError"),
    "an exit at import": ("raise SystemExit\n", 1, "SystemExit"),
    "an unknown module": ("import no_such_module_here\n", 1, "ModuleNotFoundError"),
    "a syntax error": ("def build(service):\n    return (\n", 2, "SyntaxError"),
    "a tab": ("def build(service):\n    x = 1\n\treturn x\n", 3, "TabError"),
}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("kind", ["panel", "alert"])
@pytest.mark.parametrize("case", FAILING)
def test_failing_python_is_a_finding_at_the_line_of_the_users_file(case, kind, jobs, tmp_path):
    """OBS403 with the exception's name; nothing is written, whether the function or its file failed."""
    code, line, name = FAILING[case]
    named = "panels: [own]" if kind == "panel" else "alerts: {own: on}"
    root = project(tmp_path, {f"{kind}s/own.py": code}, named)
    result = run(root, jobs=jobs)
    found = next(d for d in result.diagnostics if d.code == "OBS403")
    assert (found.span.file, found.span.line) == (f"{kind}s/own.py", line)
    assert name in found.message
    assert found.hint
    assert tree(root) == {}


def test_a_failing_panel_is_found_among_several(tmp_path):
    """The finding names the file that failed, not the first of the service."""
    good = "def build(service):\n    return {'type': 'text', 'title': 'x'}\n"
    files = {
        "panels/a.py": good,
        "panels/b.py": "def build(service):\n    raise OSError('gone')\n",
        "panels/c.py": good,
    }
    found = only(run(project(tmp_path, files, "panels: [a, b, c]")))
    assert (found.code, found.span.file, found.span.line) == ("OBS403", "panels/b.py", 2)


@pytest.mark.parametrize("value", ["7", "'text'", "[]", "{}", "{'title': 'no type'}", "object()", "type", "service"])
def test_a_panel_that_is_none_is_a_finding(value, tmp_path):
    """What cannot be a panel is refused, and the hint names the file that gave it."""
    root = project(tmp_path, {"panels/own.py": f"def build(service):\n    return {value}\n"}, "panels: [own]")
    found = only(run(root))
    assert found.code == "OBS403"
    assert "panels/own.py" in found.hint
    assert tree(root) == {}


def test_a_file_without_a_function_is_a_finding(tmp_path):
    """OBS403 says which function it lacks, for panels and alerts."""
    result = run(project(tmp_path, {"panels/own.py": "WIDTH = 3\n", "alerts/own.py": "build = 5\n"}))
    assert codes(result) == ["OBS403", "OBS403"]
    assert all("build(service)" in d.message for d in result.diagnostics)


def test_the_program_reports_failing_python_without_a_traceback(tmp_path):
    """Exit code 1, place and message in one line, for a message of two lines as well."""
    code = "def build(service):\n    raise ValueError('one\\ntwo \\x1b[31m')\n"
    root = project(tmp_path, {"panels/own.py": code}, "panels: [own]")
    done = program.run("-C", str(root), "build", "--output-format", "concise")
    assert done.code == _exit_codes.FINDINGS
    line = next(line for line in (done.out + done.err).splitlines() if "OBS403" in line)
    assert line.startswith("panels/own.py:2:1")
    assert "two" in line
    assert "\x1b" not in done.out + done.err
    assert "Traceback" not in done.out + done.err
