"""Findings: formats, files, severities and exit codes, the same for every command that has them."""

import json

import jsonschema
import pytest

from gitops_obs import formats, schema
from gitops_obs.cli import _exit_codes
from tests.cli.program import CHANGES, ERROR, INFO, WARNING, run

COMMANDS = ("build", "lint")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("found", "fail_on", "code"),
    [
        ([], "error", 0),
        ([INFO, WARNING], "error", 0),
        ([INFO, WARNING], "warning", 1),
        ([INFO], "warning", 0),
        ([INFO], "info", 1),
        ([ERROR], "error", 1),
        ([ERROR], "never", 0),
    ],
)
def test_the_exit_code_follows_the_worst_finding(project, outcome, *, command, found, fail_on, code):
    """CI fails on what the team chose, and on nothing else."""
    outcome(*found)
    assert run(command, "--fail-on", fail_on).code == code


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_less_severe_than_asked_for_is_not_printed(project, outcome, command):
    """Notes are many in a large project."""
    outcome(ERROR, WARNING, INFO)
    out = run(command, "--min-severity", "warning", "--output-format", "concise").out
    assert (ERROR.code in out, WARNING.code in out, INFO.code in out) == (True, True, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_fails_the_command_is_always_printed(project, outcome, command):
    """Code 1 without a word would send people searching."""
    outcome(INFO)
    done = run(command, "--min-severity", "error", "--fail-on", "info")
    assert (done.code, INFO.code in done.out) == (1, True)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", formats.names())
def test_every_format_can_be_asked_for_by_option_or_variable(project, outcome, monkeypatch, command, name):
    """CI sets the variable once for every command."""
    outcome(ERROR)
    by_option = run(command, "--output-format", name)
    monkeypatch.setenv("GITOPS_OBS_OUTPUT_FORMAT", name)
    assert run(command) == by_option
    assert ERROR.message in by_option.out or ERROR.message.replace("`", "") in by_option.out or "slo" in by_option.out


def test_an_option_is_stronger_than_the_variable(project, outcome, monkeypatch):
    """What is typed now is meant more than what was set once."""
    outcome(ERROR)
    monkeypatch.setenv("GITOPS_OBS_OUTPUT_FORMAT", "github")
    assert json.loads(run("lint", "--json").out)["command"] == "lint"
    assert run("lint", "--output-format", "concise").out.startswith("services/checkout.yaml:6:1: OBS101")


def test_an_unknown_format_is_a_usage_error(project, outcome, monkeypatch):
    """It must not fall back to text in silence."""
    outcome()
    assert run("lint", "--output-format", "yaml").code == _exit_codes.USAGE
    monkeypatch.setenv("GITOPS_OBS_OUTPUT_FORMAT", "yaml")
    assert run("lint").code == _exit_codes.USAGE


@pytest.mark.parametrize("command", COMMANDS)
def test_json_holds_to_its_schema(project, outcome, command):
    """Programs are written against that schema."""
    outcome(ERROR, WARNING, INFO)
    document = json.loads(run(command, "--json").out)
    jsonschema.validate(document, schema.load("diagnostics"))
    assert document["command"] == command
    assert len(document["changes"]) == (len(CHANGES) if command == "build" else 0)


def test_sarif_exits_0_with_findings(project, outcome):
    """Code scanning takes any other code for a crash of the tool."""
    outcome(ERROR)
    done = run("lint", "--output-format", "sarif")
    assert (done.code, json.loads(done.out)["version"]) == (0, "2.1.0")


def test_findings_go_to_a_file_and_the_exit_code_stays(project, outcome):
    """A CI step uploads the file and fails all the same."""
    outcome(ERROR)
    done = run("lint", "--json", "--output-file", "found.json")
    assert (done.code, done.out) == (1, "")
    assert json.loads((project / "found.json").read_text())["summary"]["error"] == 1


def test_a_file_that_cannot_be_written_is_said_on_stderr(project, outcome):
    """The place for findings is the very thing that fails."""
    outcome(ERROR)
    done = run("lint", "--output-file", "missing/found.txt")
    assert (done.code, done.out) == (2, "")
    assert "cannot write `missing/found.txt`" in done.err


def test_an_excerpt_shows_the_line_that_is_meant(project, outcome):
    """Finding the place by number takes time."""
    outcome(ERROR)
    out = run("lint").out
    assert " 6 | slos:" in out
    assert "help: did you mean `slos`?" in out
    assert out.endswith("Found 1 error, 0 warnings in 1 service.\n")


def test_one_problem_in_many_files_is_printed_once_unless_asked_otherwise(project, outcome):
    """A wrong default in a hundred services is one problem."""
    other = type(ERROR)(ERROR.code, ERROR.message, type(ERROR.span)("services/b.yaml", 6, 1, 6, 5), hint=ERROR.hint)
    outcome(ERROR, other)
    assert run("lint").out.count("error[OBS101]") == 1
    assert run("lint", "--show-duplicates").out.count("error[OBS101]") == 2


def test_nothing_is_appended_to_a_job_summary_unasked(project, outcome, monkeypatch, tmp_path):
    """The workflow decides what goes there."""
    outcome(ERROR)
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run("lint").out.startswith("error[OBS101]")
    assert summary.read_text() == "before\n"
