"""Panels and alerts of a project's own are built like ours, and fail with the line that did."""

from __future__ import annotations

import json

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
ODD_ERROR = """\
class Odd(Exception):
    def __init__(self, a, b):
        super().__init__(a)
        self.f = lambda: b


def build(service):
    raise Odd(1, 2)
"""
FAILING = {
    "raises": ("def build(service):\n    x = 1\n    return helper(x)\n\n\ndef helper(x):\n    return x / 0\n", 7),
    "leaves": ("import sys\n\n\ndef build(service):\n    sys.exit(0)\n", 5),
    "no panel": ("def build(service):\n    return 7\n", 0),
    "a panel without a type": ("def build(service):\n    return {'title': 'T'}\n", 0),
    "wants more": ("def build(service, more):\n    return None\n", 0),
    "an exception that cannot travel": (ODD_ERROR, 8),
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


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("text", "line"), FAILING.values(), ids=FAILING)
def test_a_panel_that_fails_is_a_finding_on_its_line(tmp_path, text, line, jobs):
    """And nothing is written, for the services without it either."""
    write(tmp_path, USES | {"panels/queue.py": text})
    result = run(tmp_path, jobs=jobs)
    assert codes(result) in (["OBS403"], ["OBS405"])
    (found,) = result.diagnostics
    assert (found.span.file, found.span.line) == (
        ("panels/queue.py", line) if line else (found.span.file, found.span.line)
    )
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
        ("queue[5m]", "OBS201"), ("'\"text\"'", "OBS201"), ('queue{a="${secret}"}', "OBS202"), ("sum(", "OBS201"),
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
    settings = {"off": "off", "cart": "{severity: page, for: 0.5m}"}
    for name, setting in settings.items():
        write(tmp_path, {f"services/{name}.yaml": service(name, f"alerts: {{stuck: {setting}}}")})
    write(tmp_path, {"gitops-obs.yaml": "defaults: {alerts: {stuck: {for: 2m}}}\n"})
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


def test_a_file_called_otherwise_than_its_panel_is_a_finding(tmp_path):
    """Services name panels by the name of the file."""
    write(tmp_path, services("cart") | {"panels/other.yaml": PANEL + "up\n"})
    assert codes(run(tmp_path)) == ["OBS105"]
