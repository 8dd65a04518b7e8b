"""`gitops-obs doctor`."""

import json
import socket

import pytest

from gitops_obs import load_customs
from gitops_obs.cli import _doctor_machine, _doctor_shell
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
    """Editors are a convenience. Following the fix makes it well."""
    run("build")
    found, code = lines()
    assert code == 0
    line = said(found, "1 of 1 files do not name their schema, such as services/checkout.yaml")
    command, _, modeline = line["fix"].partition(", then begin it with ")
    assert (line["state"], command) == ("note", "gitops-obs schema --write schema")
    run(*command.split()[1:])
    assert said(lines()[0], "do not name their schema")["fix"] == f"begin it with {modeline}"
    file = project / "services" / "checkout.yaml"
    file.write_text(f"{modeline.strip('`')}\n{file.read_text()}")
    assert said(lines()[0], "every file names its schema")["state"] == "ok"


@pytest.mark.parametrize("place", ["urn:gitops-obs:schema:service", "../schema/project.schema.json", ""])
def test_a_modeline_that_leads_to_no_schema_of_the_file_counts_as_none(project, place):
    """An editor would say nothing, or complete what cannot stand there."""
    file = project / "services" / "checkout.yaml"
    file.write_text(f"# yaml-language-server: $schema={place}\n{file.read_text()}")
    assert said(lines()[0], "1 of 1 files do not name their schema")


def test_a_schema_at_an_address_is_the_editors_to_reach(project):
    """Doctor asks nothing over the network."""
    file = project / "services" / "checkout.yaml"
    file.write_text(f"# yaml-language-server: $schema=https://shop.example/service.json\n{file.read_text()}")
    assert said(lines()[0], "every file names its schema")["state"] == "ok"


def test_a_started_project_names_schemas_that_are_there(empty):
    """What `init` and `new` write is well, service files and the project file."""
    run("init", "--service", "cart", "--owner", "shop", "--preset", "flask", "--select", "job=cart")
    assert said(lines()[0], "every file names its schema")["state"] == "ok"
    (empty / "schema" / "service.schema.json").unlink()
    (empty / "schema" / "project.schema.json").unlink()
    line = said(lines()[0], "schema/ lacks a schema that files name: service, project")
    assert (line["state"], line["fix"]) == ("note", "gitops-obs schema --write schema")


@pytest.mark.parametrize("name", ["service", "panel"])
def test_copies_of_schemas_from_another_version_are_noticed(project, name):
    """They would complete what is no longer there."""
    run("schema", "--write", "schema")
    (project / "schema" / f"{name}.schema.json").write_text("{}")
    line = said(lines()[0], f"schema/ is of another version of gitops-obs: {name}")
    assert (line["state"], line["fix"]) == ("note", "gitops-obs schema --write schema")


def test_the_command_for_schemas_is_right_from_any_folder(project, monkeypatch):
    """A copied command must not write somewhere else."""
    run("schema", "--write", "schema")
    (project / "schema" / "panel.schema.json").write_text("{}")
    monkeypatch.chdir(project / "services")
    assert said(lines()[0], "schema/ is of another version")["fix"] == "gitops-obs schema --write ../schema"


@pytest.mark.parametrize(
    ("shell", "file"),
    [("/bin/bash", ".bashrc"), ("/usr/bin/zsh", ".zshrc"), ("fish", ".config/fish/completions/gitops-obs.fish")],
)
@pytest.mark.parametrize("text", ["", 'eval "$(gitops-obs completion bash)"\n'])
def test_completion_is_looked_for_where_help_says_to_put_it(tmp_path, shell, file, text):
    """The fix is the line from the help of `completion`, and following it makes it well."""
    environment = {"SHELL": shell, "HOME": str(tmp_path)}
    (line,) = _doctor_shell.lines(environment)
    name = shell.rpartition("/")[2]
    assert (line.state, line.fix in " ".join(run("completion", "--help").out.split())) == ("note", True)
    assert line.fix.endswith(f"~/{file}")
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text or run("completion", name).out)
    (line,) = _doctor_shell.lines(environment)
    assert (line.state, line.text) == ("ok", f"{name} completes gitops-obs (~/{file})")


def test_completion_follows_the_variables_that_move_a_shells_files(tmp_path):
    """People with tidy homes have them elsewhere."""
    for shell, variable in (("zsh", "ZDOTDIR"), ("fish", "XDG_CONFIG_HOME")):
        (line,) = _doctor_shell.lines({"SHELL": shell, "HOME": "/nowhere", variable: str(tmp_path)})
        assert str(tmp_path) in line.fix


@pytest.mark.parametrize("environment", [{}, {"SHELL": ""}, {"SHELL": "/bin/dash"}])
def test_a_shell_that_cannot_complete_is_not_talked_about(environment):
    """There is nothing to do about it."""
    assert list(_doctor_shell.lines(environment)) == []


def test_doctor_says_whether_the_shell_completes(project, monkeypatch):
    """Worth knowing, and no failure."""
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.setenv("HOME", str(project))
    run("build")
    found, code = lines()
    assert code == 0
    assert said(found, "bash does not complete gitops-obs")["fix"] == "gitops-obs completion bash >> ~/.bashrc"


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
