"""`gitops-obs schema` and `gitops-obs completion`."""

import json
import subprocess

import pytest

from gitops_obs import schema
from tests.cli.program import run, start


@pytest.mark.parametrize("name", schema.names())
def test_every_schema_is_printed_as_it_is(empty, name):
    """Editors are pointed at the output."""
    assert run("schema", name).out == schema.text(name)


def test_without_a_name_it_is_that_of_the_service_file(empty):
    """That is the file people write."""
    assert json.loads(run("schema").out)["title"] == "gitops-obs service file"


def test_all_schemas_can_be_written_as_files(empty):
    """Files name them by their place, so no editor needs a network, and an update is one command."""
    assert run("schema", "--write", "schema").code == 0
    written = {file.name: file.read_text() for file in (empty / "schema").iterdir()}
    assert written == {f"{name}.schema.json": schema.text(name) for name in schema.names()}


def test_an_unknown_schema_is_a_usage_error(empty):
    """With the names there are."""
    done = run("schema", "servcie")
    assert (done.code, "service" in done.err) == (2, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script_that_asks_this_program(empty, shell):
    """The script is small; names are looked up when they are wanted."""
    done = run("completion", shell)
    assert done.code == 0
    assert "_GITOPS_OBS_COMPLETE" in done.out


def completed(project, *words):
    """Return what bash would offer for the last word."""
    line = " ".join(["gitops-obs", *words])
    environment = {"_GITOPS_OBS_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    done = start(cwd=project, **environment)
    assert done.err == ""
    return [item.partition(",")[2] for item in done.out.split()]


def test_names_are_completed_from_disk(project):
    """Services, presets, alerts and commands are what one types most."""
    (project / "services" / "cart.yaml").write_text("")
    assert completed(project, "build", "c") == ["cart", "checkout"]
    assert completed(project, "list", "pan") == ["panels"]
    assert completed(project, "explain", "traffic_") == ["traffic_drift", "traffic_drop"]
    assert completed(project, "new", "x", "--preset", "otel_h") == ["otel_http", "otel_http_legacy"]
    assert completed(project, "comp") == ["completion"]


def test_completion_outside_a_project_is_silent(empty):
    """An error message in the middle of a prompt helps nobody."""
    assert completed(empty, "build", "c") == []
    assert "otel_http" in completed(empty, "explain", "otel")


def test_the_bash_script_is_valid(empty):
    """It is sourced by every new shell."""
    script = run("completion", "bash").out
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
