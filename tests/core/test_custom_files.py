"""What a project brings itself: panels and alerts as YAML and Python, presets, dashboards, and installed packages."""

from __future__ import annotations

import importlib.metadata
import json
import os

import pytest
import yaml

from gitops_obs import preset
from gitops_obs.cli import _exit_codes
from tests.cli import program
from tests.core.projects import codes, run, service, services, tree, write

PANEL = """\
panel: {id}
title: Messages waiting
description: A queue that keeps growing means too few workers.
unit: short
queries:
  - {{expr: 'sum by (queue) (queue_messages{{${{select}}}})', legend: '{{{{queue}}}}'}}
thresholds:
  - {{value: 100, color: orange}}
"""
ALERT = """\
alert: {id}
name: QueueGrows
expr: sum(rate(queue_messages{{${{select}}}}[${{window}}])) > 5
for: 90m
summary: "${{service}} of ${{owner}} falls behind"
description: "{{{{ $value }}}} messages a second."
action: Add workers.
"""
DASHBOARD = """\
from grafanalib.core import Dashboard

dashboard = Dashboard(title="{title}", uid="{uid}", rows=[])
"""
PAGE = "generated/dashboards/payments/checkout.json"
RULES = "generated/rules/payments/checkout.yaml"


def project(root, files, *lines):
    """A project of one service with further `lines`, and `files`."""
    return write(root, {"services/checkout.yaml": service("checkout", *lines), **files})


def panels(root):
    """Panels of the service's page by title, those inside of rows too."""
    listed = json.loads((root / PAGE).read_bytes())["panels"]
    return {panel["title"]: panel for outer in listed for panel in (outer, *outer.get("panels", ()))}


def custom_rules(root):
    """Rules of the group of custom alerts."""
    groups = yaml.safe_load((root / RULES).read_bytes())["groups"]
    return [rule for group in groups if ".custom" in group["name"] for rule in group["rules"]]


def only(result):
    """The one finding there is."""
    assert len(result.diagnostics) == 1, result.diagnostics
    return result.diagnostics[0]


# panels ----------------------------------------------------------------------------------------------------------


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


# Python that fails -------------------------------------------------------------------------------------------------

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


# alerts ------------------------------------------------------------------------------------------------------------


def test_a_yaml_alert_is_off_until_it_is_switched_on(tmp_path):
    """A service that says nothing about it gets no rule."""
    root = project(tmp_path, {"alerts/queue_grows.yaml": ALERT.format(id="queue_grows")})
    assert run(root).diagnostics == []
    assert custom_rules(root) == []
    write(root, {"services/checkout.yaml": service("checkout", "alerts: {queue_grows: on}")})
    assert run(root).diagnostics == []
    (rule,) = custom_rules(root)
    assert (rule["alert"], rule["for"], rule["labels"]["severity"]) == ("QueueGrows", "90m", "ticket")
    assert rule["expr"] == 'sum(rate(queue_messages{job="checkout"}[5m])) > 5'
    assert rule["annotations"]["summary"] == "checkout of payments falls behind"
    assert rule["annotations"]["description"] == "{{ $value }} messages a second."


def test_a_service_tunes_a_custom_alert(tmp_path):
    """`for` and `severity` of the service file are stronger than those of the alert."""
    files = {"alerts/queue_grows.yaml": ALERT.format(id="queue_grows")}
    root = project(tmp_path, files, "alerts: {queue_grows: {for: 2h, severity: page}}")
    assert run(root).diagnostics == []
    (rule,) = custom_rules(root)
    assert (rule["for"], rule["labels"]["severity"]) == ("2h", "page")


def test_a_default_of_the_project_switches_a_custom_alert_on_and_a_service_off_again(tmp_path):
    """The weakest word comes from the project file, the strongest from the service."""
    files = {
        "alerts/queue_grows.yaml": ALERT.format(id="queue_grows"),
        "gitops-obs.yaml": "defaults: {alerts: {queue_grows: on}}\n",
    }
    root = project(tmp_path, files)
    assert run(root).diagnostics == []
    assert [rule["alert"] for rule in custom_rules(root)] == ["QueueGrows"]
    write(root, {"services/checkout.yaml": service("checkout", "alerts: {queue_grows: off}")})
    assert run(root).diagnostics == []
    assert custom_rules(root) == []


def test_a_python_alert_gives_rules_one_many_or_none(tmp_path):
    """A list of alerts is as good as one, None as good as an empty list."""
    code = """\
from gitops_obs.api import Alert


def build(service):
    def alert(n):
        return Alert(f"Own{n}", f"vector({n})", "ticket", "s", "d", "i", "a")

    return {"one": alert(1), "many": [alert(1), alert(2)]}.get(service.name)
"""
    names = {"one": ["Own1"], "many": ["Own1", "Own2"], "none": []}
    files = {f"services/{name}.yaml": service(name, "alerts: {own: on}") for name in names}
    assert run(write(tmp_path, {**files, "alerts/own.py": code})).diagnostics == []
    for name, wanted in names.items():
        groups = yaml.safe_load((tmp_path / f"generated/rules/payments/{name}.yaml").read_bytes())["groups"]
        found = [
            rule["alert"] for group in groups for rule in group["rules"] if rule.get("alert", "").startswith("Own")
        ]
        assert found == wanted


@pytest.mark.parametrize("value", ["7", "'text'", "[None]", "{'alert': 'X'}", "Alert"])
def test_an_alert_that_is_none_is_a_finding(value, tmp_path):
    """What cannot be a rule is refused, and the hint names the file that gave it."""
    code = f"from gitops_obs.api import Alert\n\n\ndef build(service):\n    return {value}\n"
    root = project(tmp_path, {"alerts/own.py": code}, "alerts: {own: on}")
    found = only(run(root))
    assert found.code == "OBS403"
    assert "alerts/own.py" in found.hint
    assert tree(root) == {}


def test_a_label_that_looks_like_a_placeholder_is_left_as_it_is(tmp_path):
    """`${window}` in a label's value is text, not the window."""
    files = {"alerts/queue_grows.yaml": ALERT.format(id="queue_grows")}
    root = project(tmp_path, files, "alerts: {queue_grows: on}")
    text = service("checkout", "alerts: {queue_grows: on}").replace("{job: checkout}", "{job: 'a${window}${service}'}")
    assert run(write(root, {"services/checkout.yaml": text})).diagnostics == []
    (rule,) = custom_rules(root)
    assert rule["expr"].count("5m") == 1
    assert rule["expr"].count("{window}") == rule["expr"].count("{service}") == 1


# dashboards of the project's own -----------------------------------------------------------------------------------


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


# presets of the project's own --------------------------------------------------------------------------------------


def test_a_preset_of_the_project_works_like_a_built_in_one(tmp_path):
    """The same data under another name gives the same rules."""
    own = preset.builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: own_http")
    lines = ("slos: {availability: 99.9%, latency: 99% < 250ms}",)
    one = write(tmp_path / "one", {"services/checkout.yaml": service("checkout", *lines)})
    text = service("checkout", *lines, preset="own_http")
    two = write(tmp_path / "two", {"services/checkout.yaml": text, "presets/own_http.yaml": own})
    assert run(one).diagnostics == run(two).diagnostics == []
    rules = (two / RULES).read_text()
    assert rules.replace("own_http", "prometheus_http") == (one / RULES).read_text()


def test_a_changed_preset_changes_its_services(tmp_path):
    """Also where the services and the built shapes are remembered."""
    own = preset.builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: own_http")
    files = {"services/checkout.yaml": service(preset="own_http"), "presets/own_http.yaml": own, **services("search")}
    root = write(tmp_path, files)
    run(root)
    write(root, {"presets/own_http.yaml": own.replace("http_request_duration_seconds", "own_duration_seconds")})
    changed = {change.path for change in run(root).changes if change.kind == "update"}
    assert changed == {PAGE, RULES}
    assert b"own_duration_seconds_bucket" in (root / RULES).read_bytes()
    assert b" http_request_duration_seconds" not in (root / RULES).read_bytes()


@pytest.mark.parametrize(
    "change",
    [("preset: own_http", "preset: other"), ("kind: requests", "kind: anything"), ("title:", "titel:"), ("\n", "\n\t")],
    ids=["name", "value", "key", "tab"],
)
def test_a_bad_preset_is_a_finding_at_its_place(change, tmp_path):
    """OBS118 in the preset's own file, though no service uses it."""
    own = preset.builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: own_http")
    result = run(write(tmp_path, {**services("checkout"), "presets/own_http.yaml": own.replace(*change)}))
    assert set(codes(result)) == {"OBS118"}
    assert result.diagnostics[0].span.file == "presets/own_http.yaml"
    assert result.diagnostics[0].span.line
    assert tree(tmp_path) == {}


# installed packages ------------------------------------------------------------------------------------------------


class Point:
    """An entry point as `importlib.metadata` gives it."""

    def __init__(self, name, value, module):
        self.name, self.value, self.module = name, value, module
        self.dist = type("Distribution", (), {"name": "shop-panels"})()

    def load(self):
        """The module, or an exception where the package is broken."""
        if isinstance(self.module, Exception):
            raise self.module
        return self.module


def installed(monkeypatch, **points):
    """Make packages seem installed: entry points by group without its prefix."""

    def entry_points(*, group):
        return points.get(group.removeprefix("gitops_obs."), [])

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)


def module(build, **names):
    """A module with a function `build`."""
    return type("Module", (), {"build": staticmethod(build), **names})


def test_panels_and_alerts_of_installed_packages_are_used_like_the_projects_own(monkeypatch, tmp_path):
    """Named by their entry points."""
    from gitops_obs.api import Alert  # noqa: PLC0415

    def panel(service):
        return {"type": "text", "title": f"Packaged for {service.name}"}

    def alert(service):
        return Alert("Packaged", f"vector({service.tier})", "page", "s", "d", "i", "a")

    installed(
        monkeypatch,
        panels=[Point("packaged", "shop:panel", module(panel, WIDTH=7))],
        alerts=[Point("packaged", "shop:alert", module(alert))],
    )
    root = project(tmp_path, {}, "panels: [packaged]", "alerts: {packaged: on}")
    assert run(root).diagnostics == []
    assert panels(root)["Packaged for checkout"]["gridPos"]["w"] == 7
    assert [rule["alert"] for rule in custom_rules(root)] == ["Packaged"]


@pytest.mark.parametrize(
    "loaded",
    [ImportError("no module named shop"), module(None), type("Empty", (), {})],
    ids=["broken", "none", "empty"],
)
def test_a_broken_package_is_a_finding(loaded, monkeypatch, tmp_path):
    """OBS403 names the package."""
    installed(monkeypatch, panels=[Point("packaged", "shop:panel", loaded)])
    root = project(tmp_path, {})
    found = only(run(root))
    assert found.code == "OBS403"
    assert found.span.file == "shop-panels (shop:panel)"
    assert found.hint
    assert tree(root) == {}


def test_a_package_whose_panel_fails_is_a_finding_of_the_service(monkeypatch, tmp_path):
    """There is no file of the user's to point at; the hint names the package."""

    def panel(service):
        raise KeyError(service.name)

    installed(monkeypatch, panels=[Point("packaged", "shop:panel", module(panel))])
    found = only(run(project(tmp_path, {}, "panels: [packaged]")))
    assert (found.code, found.span.file) == ("OBS403", "services/checkout.yaml")
    assert "KeyError" in found.message
    assert "shop-panels (shop:panel)" in found.hint


def test_a_panel_of_a_package_cannot_hide_one_of_the_project(monkeypatch, tmp_path):
    """Two of one id are an error, wherever they come from."""
    installed(monkeypatch, panels=[Point("queue-depth", "shop:panel", module(print))])
    root = project(tmp_path, {"panels/queue-depth.yaml": PANEL.format(id="queue-depth")})
    found = only(run(root))
    assert (found.code, found.span.file) == ("OBS405", "shop-panels (shop:panel)")
    assert "panels/queue-depth.yaml" in found.message
