"""The program as a whole: start, wrong usage, interruption, crashes."""

import json
import os
import signal
import subprocess
import sys

import pytest

import gitops_obs
from gitops_obs import build
from gitops_obs.cli import _crash, _exit_codes, _group
from tests.cli.program import run, start

# what the first screen can do without, and what takes time to import
HEAVY = {"rich", "yaml", "jsonschema", "jsonschema_rs", "orjson", "grafanalib", "promql_parser", "jinja2", "requests"}


def imported(*arguments):
    """Return the modules that the program has imported by the time it ends."""
    code = (
        "import sys, atexit\n"
        f"sys.argv = ['gitops-obs', *{list(arguments)!r}]\n"
        "atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n"
        "from gitops_obs.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    return set(done.stderr.split())


def test_version_is_printed_without_importing_anything_else(tmp_path):
    """Scripts ask for it often."""
    assert start("--version", cwd=tmp_path).out.startswith(f"gitops-obs {gitops_obs.__version__} (Python 3.")
    modules = imported("--version")
    assert not modules & (HEAVY | {"click"})
    assert {name for name in modules if name.startswith("gitops_obs.")} == {"gitops_obs.__main__"}


def test_version_stands_behind_other_options_too():
    """`gitops-obs --color never --version` is no other question."""
    assert run("--color", "never", "--version").out.startswith(f"gitops-obs {gitops_obs.__version__}")


def test_the_list_of_commands_imports_no_command():
    """It is what people type first, and a slow first answer is a bad one."""
    modules = imported("--help")
    assert not modules & HEAVY
    assert not {f"gitops_obs.cli.{name}" for name in _group.group.list_commands(None)} & modules


@pytest.mark.parametrize("command", _group.group.list_commands(None))
def test_the_help_of_a_command_imports_nothing_heavy(command):
    """What a command needs it imports when it runs."""
    assert not imported(command, "--help") & HEAVY


def test_an_unknown_command_is_answered_with_the_one_that_was_meant():
    """Most unknown commands are slips of the keyboard."""
    done = run("biuld")
    assert (done.code, done.out) == (2, "")
    assert "did you mean `build`?" in done.err


def test_an_unknown_option_is_a_usage_error():
    """Code 2 tells it from findings."""
    assert run("build", "--chek").code == _exit_codes.USAGE


def test_without_a_command_the_help_is_printed_and_nothing_was_done():
    """A script that lost its arguments must not pass."""
    done = run()
    assert done.code == _exit_codes.USAGE
    assert "Commands:" in done.err + done.out


def test_outside_a_project_every_command_says_how_to_start_one(empty):
    """Mostly it was run in the wrong folder."""
    for command in (["build"], ["lint"], ["list", "services"], ["new", "cart"]):
        done = run(*command)
        assert done.code == _exit_codes.USAGE
        assert "gitops-obs init" in done.out + done.err


def test_a_project_elsewhere_is_found_with_an_option_before_or_behind_the_command(
    project, monkeypatch, tmp_path_factory
):
    """As with git and make, nobody needs to change folder."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for arguments in (["-C", project, "list", "services"], ["list", "services", "--project", project]):
        assert "checkout" in run(*map(str, arguments)).out


def test_the_project_is_found_from_a_folder_inside_it(project, monkeypatch):
    """Work happens in folders below the root."""
    (project / "services" / "deep").mkdir()
    monkeypatch.chdir(project / "services" / "deep")
    assert "checkout" in run("list", "services").out


def test_control_c_exits_130(project, monkeypatch):
    """Shells and CI systems know that code."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "run", interrupted)
    assert run("build").code == _exit_codes.INTERRUPTED


def test_a_closed_pipe_is_no_crash(tmp_path):
    """`gitops-obs list codes | head -1` is a thing people do."""
    command = f"set -o pipefail; '{sys.executable}' -m gitops_obs list codes | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".gitops-obs").exists()


def test_a_terminal_without_unicode_gets_escapes_instead_of_a_crash(project):
    """Latin 1 stands for old terminals and consoles; what says it is ASCII, click takes for UTF-8."""
    done = start("doctor", cwd=project, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert "\\u2713" in done.out
    assert done.code != _exit_codes.BUG


def test_a_crash_writes_a_report_without_secrets(project):
    """People paste reports into issues without reading them."""
    code = (
        "import os, sys\n"
        "from gitops_obs import inputs\n"
        "def broken(_):\n"
        "    raise RuntimeError(f'no answer for {os.environ[\"GRAFANA_TOKEN\"]} at https://me:pa55@grafana.example/')\n"
        "inputs.find_root = broken\n"
        "sys.argv = ['gitops-obs', 'build', '--owner', 'glsa_secret']\n"
        "from gitops_obs.__main__ import main\n"
        "main()\n"
    )
    environment = os.environ | {"GRAFANA_TOKEN": "glsa_secret"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    report = (project / ".gitops-obs" / "crash.md").read_text()
    assert done.returncode == _exit_codes.BUG
    assert done.stderr.count("\n") == 1
    assert str(project / ".gitops-obs" / "crash.md") in done.stderr
    assert "RuntimeError" in report
    assert f"gitops-obs {gitops_obs.__version__}" in report
    assert "gitops-obs build --owner" in report
    for secret in ("glsa_secret", "pa55"):
        assert secret not in report + done.stdout + done.stderr
    assert (project / ".gitops-obs" / ".gitignore").read_text() == "*\n"


def test_a_crash_where_nothing_can_be_written_is_printed_instead(monkeypatch, tmp_path):
    """A report that is lost helps nobody."""
    monkeypatch.setattr(_crash, "_project", lambda: tmp_path / "missing")
    monkeypatch.setattr(_crash.tempfile, "gettempdir", lambda: str(tmp_path / "missing" / "too"))
    assert "## Traceback" in _crash.report(ValueError("x"))


@pytest.mark.parametrize("sent", [signal.SIGINT])
def test_the_process_itself_ends_with_130_on_a_signal(project, sent):
    """The code has to survive the layers above the commands."""
    code = (
        "import sys, time\n"
        "from gitops_obs import inputs\n"
        "def slow(_):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(30)\n"
        "inputs.find_root = slow\n"
        "sys.argv = ['gitops-obs', 'build']\n"
        "from gitops_obs.__main__ import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    process.send_signal(sent)
    _, err = process.communicate(timeout=30)
    assert process.returncode == _exit_codes.INTERRUPTED
    assert "Traceback" not in err


def test_errors_come_in_the_format_that_was_asked_for(empty):
    """A program that reads JSON gets JSON, whatever happens."""
    done = run("build", "--json")
    document = json.loads(done.out)
    assert document["diagnostics"][0]["code"] == "OBS122"
    assert done.code == _exit_codes.USAGE


def test_options_can_be_set_as_variables(project, monkeypatch, tmp_path_factory):
    """What a team wants everywhere it sets once."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("GITOPS_OBS_PROJECT", str(project))
    monkeypatch.setenv("GITOPS_OBS_LIST_JSON", "1")
    assert json.loads(run("list", "services").out)["items"][0]["service"] == "checkout"
