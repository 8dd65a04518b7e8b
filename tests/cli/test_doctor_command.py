"""`gitops-obs doctor`."""

import json
import socket

import pytest

from gitops_obs import load_customs
from gitops_obs.cli import _doctor_machine
from tests.cli.program import run


def lines(*arguments):
    """Return what doctor says as JSON, and its exit code."""
    done = run("doctor", "--json", *arguments)
    document = json.loads(done.out)
    assert document["exit_code"] == done.code
    return {line["text"]: line for line in document["lines"]}, done.code


def said(found, words):
    """Return the one line with these words."""
    (line,) = [line for text, line in found.items() if words in text]
    return line


def test_a_project_that_was_built_is_well(project):
    """Nothing to do, code 0."""
    run("build")
    found, code = lines()
    assert code == 0
    assert said(found, "generated/ is what the service files say")["state"] == "ok"
    assert said(found, "1 service file in services/")["state"] == "ok"


def test_a_project_that_was_not_built_is_stale(project):
    """The fix is one command."""
    found, code = lines()
    assert code == 1
    line = said(found, "generated/ is out of date")
    assert (line["state"], line["fix"]) == ("stale", "gitops-obs build")


def test_service_files_with_findings_are_counted(project):
    """Lint names them one by one."""
    (project / "services" / "broken.yaml").write_text("service: broken\n")
    found, code = lines()
    assert code == 1
    assert said(found, "2 service files in services/, 1 with findings")["fix"] == "gitops-obs lint"


def test_outside_a_project_the_machine_is_looked_over_all_the_same(empty):
    """It is what a new user runs first."""
    found, code = lines()
    assert code == 2
    assert "gitops-obs init" in said(found, "no services/")["fix"]
    assert said(found, "Python 3.")["state"] == "ok"


def test_a_broken_project_file_is_code_2(project):
    """Everything else depends on it."""
    (project / "gitops-obs.yaml").write_text("ownres: {}\n")
    found, code = lines()
    assert code == 2
    assert said(found, "gitops-obs.yaml:1:1: unknown key `ownres`")["fix"] == "gitops-obs explain OBS101"


def test_every_setting_has_its_value_and_its_origin(project):
    """Line of the file, or default."""
    (project / "gitops-obs.yaml").write_text("owners: {payments: }\nrules:\n  interval: 1m\n")
    found, _ = lines()
    assert said(found, "rules.interval = 1m (gitops-obs.yaml:3)")
    assert said(found, "rules.rate_window = 5m (default)")
    assert said(found, "owners = payments (gitops-obs.yaml:1)")


def test_a_missing_schema_line_is_worth_knowing_and_no_failure(project):
    """Editors are a convenience."""
    run("build")
    found, code = lines()
    assert code == 0
    assert said(found, "1 of 1 service files name no schema")["state"] == "note"


def test_copies_of_schemas_from_another_version_are_noticed(project):
    """They would complete what is no longer there."""
    run("schema", "--write", "schema")
    (project / "schema" / "service.schema.json").write_text("{}")
    found, _ = lines()
    assert said(found, "schema/ is of another version")["fix"] == "gitops-obs schema --write schema"


def test_programs_and_extras_that_are_missing_are_named_with_a_fix(project, monkeypatch):
    """None of them is needed to build."""
    monkeypatch.setenv("PATH", str(project))
    monkeypatch.setattr(_doctor_machine, "find_spec", lambda _name: None)
    found, _ = lines()
    for words in ("promtool is not on PATH", "amtool is not on PATH", "yaml-rs is not installed",
                  "watchfiles is not installed"):  # fmt: skip
        line = said(found, words)
        assert (line["state"], bool(line["fix"])) == ("note", True)


def test_a_program_that_hangs_or_babbles_is_no_failure(project, monkeypatch):
    """Doctor looks at machines that are not well."""
    for name, body in (("promtool", "#!/bin/sh\nexit 3\n"), ("amtool", "#!/bin/nowhere\n")):
        (project / name).write_text(body)
        (project / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{project}:/bin")
    found, _ = lines()
    assert said(found, "promtool (unknown version)")
    assert said(found, "amtool (does not start)")


def test_plugins_are_listed_and_broken_ones_explained(project, monkeypatch):
    """A build leaves a broken one out, and somebody asks why."""

    class Point:
        def __init__(self, name, error=None):
            self.name, self.error = name, error
            self.dist = type("Dist", (), {"name": "shop-panels", "version": "1.2"})

        def load(self):
            if self.error:
                raise self.error

    def points(group):
        return [Point("good"), Point("bad", ImportError("no module"))] if group == load_customs.GROUPS["panels"] else []

    monkeypatch.setattr(_doctor_machine.metadata, "entry_points", points)
    found = {line.text: line.state for line in _doctor_machine.lines(project)}
    assert found["panels: `good` from shop-panels 1.2"] == "ok"
    assert found["panels: `bad` from shop-panels 1.2 does not load: ImportError: no module"] == "broken"


def test_no_connection_is_opened(project, monkeypatch):
    """Doctor runs on machines that have none."""

    def refuse(*_):
        raise AssertionError("doctor opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert run("doctor").code in (0, 1)


@pytest.mark.parametrize("arguments", [(), ("-q",)])
def test_people_get_marks_and_fixes(project, arguments):
    """Quiet leaves out what is well."""
    out = run("doctor", *arguments).out
    assert "  ✗ generated/ is out of date" in out
    assert "    → gitops-obs build\n" in out
    assert ("✓" in out) is not bool(arguments)
