"""Alerts of a project: switched on by services, tuned by them, and refused where they are none."""

from __future__ import annotations

import pytest
import yaml

from tests.core.own_files import ALERT, custom_rules, only, project
from tests.core.projects import run, service, tree, write


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
