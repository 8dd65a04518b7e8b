"""`gitops-obs build`."""

import os
import signal
import subprocess
import sys
import time

import pytest

from gitops_obs import build
from gitops_obs.change import Change
from gitops_obs.cli import _progress
from gitops_obs.cli._options import Options
from gitops_obs.errors import Diagnostic, GitopsObsError, Span
from gitops_obs.request import Request, Result
from tests.cli.program import CHANGES, ERROR, INFO, ROOT, run


def test_success_is_one_sentence(project, outcome):
    """There is nothing to read where nothing is wrong."""
    outcome()
    done = run("build")
    assert done.out == "Built 1 service: 1 created, 1 updated, 0 deleted, 1 unchanged in generated/\n"
    assert (done.code, done.err) == (0, "")


def test_quiet_success_is_silent(project, outcome):
    """Hooks and scripts read the exit code."""
    outcome()
    done = run("build", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_verbose_success_names_the_files(project, outcome):
    """Not by default: a large project has thousands."""
    outcome()
    err = run("build", "-v").err
    assert "create generated/rules/payments/checkout.yaml\n" in err
    assert "_fleet" not in err


def test_errors_say_that_nothing_was_written(project, outcome):
    """People wonder what state half a build leaves behind."""
    outcome(ERROR)
    done = run("build")
    assert done.code == 1
    assert "error[OBS101]" in done.out
    assert "Built" not in done.out
    assert done.err == "Nothing was written to generated/.\n"


def test_notes_do_not_keep_the_sentence_away(project, outcome):
    """A finding that fails nothing is no failure."""
    outcome(INFO)
    done = run("build")
    assert "info[OBS112]" in done.out
    assert "Built 1 service" in done.out


def test_every_option_reaches_the_request(project, outcome):
    """An option that is read and forgotten lies."""
    asked = outcome()
    run("build", "a", "b*", "--check", "--owner", "payments", "--changed-since", "main", "--jobs", "3")
    assert asked == [Request(check=True, names=("a", "b*"), owner="payments", changed_since="main", jobs=3)]


def test_check_says_when_all_is_well(project, outcome):
    """Silence could mean that nothing was looked at."""
    outcome(changes=[Change("unchanged", "generated/rules/payments/checkout.yaml", "checkout")])
    done = run("build", "--check")
    assert (done.code, done.out) == (0, "No problems found in 1 service.\n")


def test_check_does_not_say_what_is_stale_twice(project, outcome):
    """Stale files are findings already."""
    stale = Diagnostic("OBS501", "`generated/x` is missing", Span("generated/x"), hint="run `gitops-obs build`")
    outcome(stale, changes=CHANGES)
    out = run("build", "--check").out
    assert out.count("generated/x") == 2  # in the message and as its place
    assert "Files:" not in out


def test_check_and_watch_exclude_each_other(project):
    """One writes and the other promises not to."""
    done = run("build", "--check", "--watch")
    assert (done.code, "give one of them" in done.err) == (2, True)


def test_a_file_system_that_refuses_is_a_finding_with_a_hint(project, monkeypatch):
    """A traceback would say less."""
    finding = Diagnostic("OBS503", "cannot write `generated`: full", Span("generated"), hint="make room")

    def refusing(*_):
        raise GitopsObsError(finding)

    monkeypatch.setattr(build, "run", refusing)
    done = run("build")
    assert done.code == 2
    assert "error[OBS503]" in done.out
    assert "make room" in done.out


def test_a_real_build_writes_and_a_second_one_changes_nothing(project):
    """The sentence and the disk agree."""
    first = run("build")
    assert first.code == 0, first.out
    assert first.out.startswith("Built 1 service: ")
    assert (project / "generated/dashboards/payments/checkout.json").is_file()
    assert (project / "generated/rules/payments/checkout.yaml").is_file()
    assert ": 0 created, 0 updated, 0 deleted, " in run("build").out
    assert run("build", "--check").code == 0


def test_a_real_check_fails_after_an_edit_and_writes_nothing(project):
    """CI relies on both."""
    run("build")
    before = {path: path.read_bytes() for path in (project / "generated").rglob("*") if path.is_file()}
    file = project / "services" / "checkout.yaml"
    file.write_text(file.read_text().replace("99.9%", "99.5%"))
    done = run("build", "--check")
    assert done.code == 1
    assert "OBS501" in done.out
    assert {path: path.read_bytes() for path in (project / "generated").rglob("*") if path.is_file()} == before


def test_watching_without_the_extra_says_how_to_get_it(project, monkeypatch):
    """The package is optional."""
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = run("build", "--watch")
    assert done.code == 2
    assert "pip install 'gitops-obs[watch]'" in done.err


def test_watching_builds_on_every_save_until_control_c(project):
    """One line per build; Ctrl-C is how it is meant to end."""
    pytest.importorskip("watchfiles")
    process = subprocess.Popen(
        [sys.executable, "-m", "gitops_obs", "build", "--watch"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "Built 1 service" in process.stdout.readline()
        assert "Watching" in process.stderr.readline()
        time.sleep(0.5)  # the watch is set up after the word
        (project / "services" / "checkout.yaml").write_text("service: checkout\n")
        assert "OBS102" in process.stdout.readline()
        (project / "services" / "checkout.yaml").unlink()
        (project / "services" / "cart.yaml").write_text(
            "service: cart\nowner: shop\ntelemetry: {preset: prometheus_http, select: {job: cart}}\n"
        )
        lines = iter(process.stdout.readline, "")
        assert any("Built 1 service" in line for line in lines)
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, out + err
    assert "Traceback" not in err


def test_long_work_shows_a_bar_only_to_a_person_who_waits(monkeypatch):
    """Logs are no place for bars, and short work needs none."""
    with _progress.shown(Options(), "Building") as step:
        assert step is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with _progress.shown(Options(quiet=True), "Building") as step:
        assert step is None
    with _progress.shown(Options(), "Building") as step:
        step(1, 2)
        assert step.bar is None
        step.start -= 2
        step(2, 2)
        assert step.bar.tasks[0].completed == 2


def test_verbose_work_tells_each_tenth_without_a_terminal(project, monkeypatch):
    """A log shows that the work goes on."""

    def working(_workspace, _request, progress):
        for done in range(1, 101):
            progress(done, 100)
        return Result(checked=100)

    monkeypatch.setattr(build, "run", working)
    lines = run("build", "-v").err.splitlines()
    assert lines[:2] == ["Building 10/100 services", "Building 20/100 services"]
    assert len(lines) == 10
