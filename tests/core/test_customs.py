"""Panels and alerts of a project's own are built like ours, and fail with the line that did."""

from __future__ import annotations

import importlib
import json
import sys

import pytest
import yaml

from gitops_obs import lint
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace
from tests.core.projects import codes, run, service, services, tree, write

USES = {"services/cart.yaml": service("cart", "panels: [queue]"), **services("checkout")}
GOOD = """\
from grafanalib.core import Text

WIDTH, HEIGHT = 6, 4


def build(service):
    return Text(title=f"Queue of {service.name}", content=service.description or "See the runbook.")
"""
FAILING = {
    "raises": ("def build(service):\n    x = 1\n    return helper(x)\n\n\ndef helper(x):\n    return x / 0\n", 7),
    "leaves": ("import sys\n\n\ndef build(service):\n    sys.exit(0)\n", 5),
    "no panel": ("def build(service):\n    return 7\n", 0),
    "a panel without a type": ("def build(service):\n    return {'title': 'T'}\n", 0),
    "wants more": ("def build(service, more):\n    return None\n", 0),
    "an exception that cannot travel": (
        "class Odd(Exception):\n    def __init__(self, a, b):\n        super().__init__(a)\n        self.f = lambda: b\n\n\n"
        "def build(service):\n    raise Odd(1, 2)\n",
        8,
    ),
    "a service it does not know": ("def build(service):\n    return service.nothing\n", 2),
    "endless": ("def build(service):\n    return build(service)\n", 2),
}
BROKEN = {
    "raises when imported": ("x = 1\ny = x / 0\n", 2),
    "leaves when imported": ("import sys\nsys.exit(3)\n", 2),
    "no Python": ("def build(service:\n    pass\n", 1),
    "no function": ("build = 7\n", 0),
    "nothing": ("", 0),
    "not UTF-8": (b"x = '\xff'\n", 1),
    "a NUL": ("x = '\0'\n", 0),
    "imports what is not there": ("\n\nimport gitops_obs.nothing\n", 3),
}


def dashboard(root, name="cart", owner="payments"):
    """The generated dashboard of a service."""
    return json.loads((root / f"generated/dashboards/{owner}/{name}.json").read_text())


def titles(board):
    """Titles of all panels."""
    return [panel["title"] for panel in board["panels"]]


def test_a_panel_in_python_stands_in_the_dashboard(tmp_path):
    """Of the services that name it, with what it knows of each."""
    write(tmp_path, USES | {"panels/queue.py": GOOD})
    assert codes(run(tmp_path)) == []
    (panel,) = (panel for panel in dashboard(tmp_path)["panels"] if panel["title"] == "Queue of cart")
    assert (panel["gridPos"]["w"], panel["gridPos"]["h"], panel["type"]) == (6, 4, "text")
    assert "Queue of checkout" not in titles(dashboard(tmp_path, "checkout"))
    assert not (tmp_path / "panels/__pycache__").exists()


def test_a_changed_panel_in_python_is_seen(tmp_path):
    """Though the service file is as it was, and the change is within one second."""
    write(tmp_path, USES | {"panels/queue.py": GOOD})
    run(tmp_path)
    for title in ("Waiting", "Pending"):  # of one length
        write(tmp_path, {"panels/queue.py": GOOD.replace("Queue of", title)})
        assert {change.service for change in run(tmp_path).changes if change.kind == "update"} == {"cart"}
        assert f"{title} cart" in titles(dashboard(tmp_path))


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("text", "line"), FAILING.values(), ids=FAILING)
def test_a_panel_that_fails_is_a_finding_on_its_line(tmp_path, text, line, jobs):
    """And nothing is written, for the services without it either."""
    write(tmp_path, USES | {"panels/queue.py": text})
    result = run(tmp_path, jobs=jobs)
    assert codes(result) in (["OBS403"], ["OBS405"])
    (found,) = result.diagnostics
    assert (found.span.file, found.span.line) == (("panels/queue.py", line) if line else (found.span.file, found.span.line))
    assert found.hint
    assert tree(tmp_path) == {}
    assert codes(lint.run(Workspace(tmp_path), Request())).count(found.code) == 1


@pytest.mark.parametrize("folder", ["panels", "alerts"])
@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_imported_is_a_finding_on_its_line(tmp_path, text, line, folder):
    """Whether a service uses it or not."""
    write(tmp_path, services("cart") | {f"{folder}/queue.py": text})
    result = run(tmp_path)
    assert codes(result) == ["OBS403"]
    assert (result.diagnostics[0].span.file, result.diagnostics[0].span.line) == (f"{folder}/queue.py", line)
    assert result.diagnostics[0].hint
    assert tree(tmp_path) == {}


def test_files_that_begin_with_an_underscore_are_not_panels(tmp_path):
    """They are for what several share."""
    write(tmp_path, services("cart") | {"panels/_shared.py": "1 / 0\n", "alerts/_x.yaml": "", "panels/notes.md": ""})
    assert codes(run(tmp_path)) == []


PANEL = "panel: queue\ntitle: Queue\ndescription: D\nunit: short\nqueries:\n  - expr: "
ALERT = "alert: stuck\nname: Stuck\nsummary: S\ndescription: D\naction: A\nexpr: "


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("sum(queue{${select}}", "OBS201"), ("sum(queue{${selector}})", "OBS202"), ("rate(queue[${window}]", "OBS201"),
        ("queue[5m]", "OBS201"), ("'\"text\"'", "OBS201"), ("queue{a=\"${secret}\"}", "OBS202"), ("sum(", "OBS201"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("path", "head"), [("panels/queue.yaml", PANEL), ("alerts/stuck.yaml", ALERT)])
def test_a_query_that_is_no_query_is_a_finding_at_its_place(tmp_path, path, head, expr, code):
    """Before anything is built from it."""
    write(tmp_path, services("cart") | {path: f"{head}{expr}\n"})
    result = run(tmp_path)
    assert codes(result) == [code]
    assert (result.diagnostics[0].span.file, result.diagnostics[0].span.line) == (path, 6)
    assert tree(tmp_path) == {}


def test_a_panel_in_yaml_is_filled_in_once(tmp_path):
    """A label whose value looks like a placeholder stays what it is."""
    text = service("cart", "panels: [queue]").replace("job: cart", "job: '${service}${owner}'")
    write(tmp_path, {"services/cart.yaml": text, "panels/queue.yaml": PANEL + "sum(q{${select},s='${service}'})\n"})
    assert codes(run(tmp_path)) == []
    (panel,) = (panel for panel in dashboard(tmp_path)["panels"] if panel["title"] == "Queue")
    expr = panel["targets"][0]["expr"]
    assert expr.startswith('sum(q{job="\\x24{service}\\x24{owner}",')
    assert expr.endswith(",s='cart'})")


def test_an_alert_in_yaml_is_off_until_asked_for_and_tuned(tmp_path):
    """By the service, which is stronger than the project."""
    write(tmp_path, services("plain") | {"alerts/stuck.yaml": ALERT + "sum(q{${select}}) > 1\nfor: 1.5m\n"})
    write(tmp_path, {"gitops-obs.yaml": "defaults: {alerts: {stuck: {for: 2m}}}\n",
                     "services/off.yaml": service("off", "alerts: {stuck: off}"),
                     "services/cart.yaml": service("cart", "alerts: {stuck: {severity: page, for: 0.5m}}")})  # fmt: skip
    assert codes(run(tmp_path)) == []
    found = {}
    for name in ("plain", "off", "cart"):
        groups = yaml.safe_load((tmp_path / f"generated/rules/payments/{name}.yaml").read_text())["groups"]
        rules = [rule for group in groups for rule in group["rules"] if rule.get("alert") == "Stuck"]
        found[name] = [(rule["for"], rule["labels"]["severity"]) for rule in rules]
    assert found == {"plain": [("2m", "ticket")], "off": [], "cart": [("30s", "page")]}


@pytest.mark.parametrize("duration", ["0.0001s", "99999999999w", "9" * 30 + "s"])
def test_an_alert_with_a_duration_that_no_rule_takes_is_a_finding(tmp_path, duration):
    """The form alone does not tell."""
    write(tmp_path, services("cart") | {"alerts/stuck.yaml": ALERT + f"up\nfor: {duration}\n"})
    assert codes(run(tmp_path)) == ["OBS104"]


def test_two_of_one_name_are_a_finding(tmp_path):
    """A file in YAML and one in Python, or one called as ours."""
    write(tmp_path, services("cart") | {"panels/queue.yaml": PANEL + "up\n", "panels/queue.py": GOOD})
    assert codes(run(tmp_path)) == ["OBS405"]
    (tmp_path / "panels/queue.py").unlink()
    text = ALERT.replace("stuck", "error_ratio") + "up\n"
    write(tmp_path, {"alerts/error_ratio.yaml": text})
    assert codes(run(tmp_path)) == ["OBS302"]


def test_a_file_called_otherwise_than_its_panel_is_a_finding(tmp_path):
    """Services name panels by the name of the file."""
    write(tmp_path, services("cart") | {"panels/other.yaml": PANEL + "up\n"})
    assert codes(run(tmp_path)) == ["OBS105"]


def test_an_alert_in_python_may_give_none_one_or_several(tmp_path):
    """Rules, left out, or nothing at all."""
    build = (
        "from gitops_obs.api import Alert, Omitted\n\nDEFAULTS = {'threshold': '5%'}\n\n\ndef build(service):\n"
        "    alert = Alert(name='Odd', expr='  vector(1)\\n> 0', severity='page', summary='a: b\\n#', description='\\x85',\n"
        "                  impact='', action='', for_='5m')\n"
        "    return {'a': alert, 'b': [alert, Omitted('no')], 'c': None, 'd': []}[service.name]\n"
    )
    files = {f"services/{name}.yaml": service(name, "alerts: {odd: {threshold: 1%}}") for name in "abcd"}
    write(tmp_path, files | {"alerts/odd.py": build})
    assert codes(run(tmp_path)) == []
    for name, count in zip("abcd", (1, 1, 0, 0), strict=True):
        assert (tmp_path / f"generated/rules/payments/{name}.yaml").read_text().count("alert: Odd") == count


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A function that installs a package with panels and alerts."""

    def install(points, code=GOOD):
        site = tmp_path / "site"
        text = "\n".join(f"[gitops_obs.{folder}]\n{name} = {target}" for folder, name, target in points)
        info = {"extra-1.dist-info/entry_points.txt": text + "\n", "extra-1.dist-info/METADATA": "Name: extra\nVersion: 1\n"}
        write(site, info | {"extra.py": code})
        monkeypatch.syspath_prepend(site)
        importlib.invalidate_caches()

    yield install
    sys.modules.pop("extra", None)


def test_a_panel_of_an_installed_package_is_used_like_ours(tmp_path, package):
    """By its name among the entry points."""
    package([("panels", "queue", "extra")])
    root = write(tmp_path / "project", USES)
    assert codes(run(root)) == []
    assert "Queue of cart" in titles(dashboard(root))


@pytest.mark.parametrize(
    ("target", "code"), [("extra:nothing", GOOD), ("nothing", GOOD), ("extra", "1 / 0\n"), ("extra", "raise SystemExit\n"), ("extra:WIDTH", GOOD)]
)
def test_a_package_that_fails_is_a_finding_with_its_name(tmp_path, package, target, code):
    """It can be updated or uninstalled."""
    package([("panels", "queue", target)], code)
    result = run(write(tmp_path / "project", services("cart")))
    assert codes(result) == ["OBS403"]
    assert result.diagnostics[0].span.file.startswith("extra (")
    assert result.diagnostics[0].hint


def test_a_package_cannot_take_the_name_of_a_projects_panel(tmp_path, package):
    """Both are named."""
    package([("panels", "queue", "extra")])
    result = run(write(tmp_path / "project", USES | {"panels/queue.py": GOOD}))
    assert codes(result) == ["OBS405"]
    assert "panels/queue.py" in result.diagnostics[0].message
