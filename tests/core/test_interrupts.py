"""A build that is stopped leaves each file old or new and whole, and the next build makes up for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core import projects
from tests.core.projects import codes, run, service, services, tree, write

ROOT = Path(__file__).parents[2]
COUNT = 100

# Runs the program and sends it a signal after so many calls of one function of `os` that concern `generated/`.
DRIVER = """
import os, signal, sys
from gitops_obs.__main__ import main

function, count, name, *sys.argv = sys.argv[1:]
real, calls = getattr(os, function), []

def place(of):
    return os.readlink(f"/proc/self/fd/{of}") if isinstance(of, int) else str(of)

def watched(*arguments, **named):
    found = "generated" in place(arguments[0])
    result = real(*arguments, **named)
    if found:
        calls.append(1)
        if len(calls) == int(count):
            os.kill(os.getpid(), getattr(signal, name))
    return result

setattr(os, function, watched)
main()
"""


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """A project with a built tree, the files of the next build, and the tree that it will make."""
    old_files = services(*(f"s{n}" for n in range(COUNT))) | services("gone", owner="left")
    new_files = {f"services/s{n}.yaml": service(f"s{n}", "description: New.", owner="shop" if n % 3 else "payments")
                 for n in range(COUNT)} | services("come", owner="new")  # fmt: skip
    old_root, new_root = (
        write(tmp_path_factory.mktemp(name), files) for name, files in (("o", old_files), ("n", new_files))
    )
    assert codes(run(old_root)) == codes(run(new_root)) == []
    return old_files, tree(old_root), new_files, tree(new_root)


@pytest.fixture
def project(tmp_path, trees):
    """A project built as it was, and with its service files as they are to be."""
    old_files, old, new_files, _ = trees
    write(tmp_path, {path: text for path, text in old_files.items() if path != "services/gone.yaml"} | new_files)
    return write(tmp_path, old)


def driven(root, function, count, name, *arguments):
    """Run a build that is sent a signal at a call of `os.<function>`."""
    command = [sys.executable, "-c", DRIVER, function, str(count), name, "gitops-obs", "build", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def assert_whole(root, trees):
    """Each file is what it was or what it is to be."""
    _, old, _, new = trees
    found = {path: data for path, data in tree(root).items() if "/.staged-" not in path}
    assert all(data in (old.get(path), new.get(path)) for path, data in found.items())
    assert old.keys() & new.keys() <= found.keys()


def assert_made_up_for(root, trees):
    """The next build gives the new tree and no folder of a stage."""
    assert codes(run(root)) == []
    assert tree(root) == trees[3]
    assert [entry.name for entry in (root / "generated").iterdir() if entry.name.startswith(".")] == []


MOMENTS = [("write", 1), ("write", 150), ("replace", 30), ("unlink", 1), ("mkdir", 2)]
KILLED = [*((*moment, "SIGKILL") for moment in MOMENTS), ("replace", 20, "SIGTERM")]


@pytest.mark.parametrize(("function", "count", "name"), KILLED)
def test_a_killed_build_tears_no_file(project, trees, function, count, name):
    """While it stages, while it moves files into place, while it deletes."""
    done = driven(project, function, count, name, "--jobs", "1")
    assert done.returncode == -getattr(signal, name)
    assert_whole(project, trees)
    assert_made_up_for(project, trees)


@pytest.mark.parametrize(("function", "count"), MOMENTS[:4])
def test_ctrl_c_leaves_whole_files_and_no_stage(project, trees, function, count):
    """Exit code 130, one line at most, and nothing staged stays behind."""
    done = driven(project, function, count, "SIGINT", "--jobs", "1")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert not any("/.staged-" in path for path in tree(project))
    assert_whole(project, trees)
    assert_made_up_for(project, trees)


@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_a_signal_to_all_processes_of_a_build_tears_no_file(project, trees, name):
    """As a terminal and a container runtime send it, while several processes stage."""
    command = [sys.executable, "-m", "gitops_obs", "build", "--jobs", "3"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=project, env=environment, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        while running.poll() is None and not any((project / "generated").glob(".staged-*/*/*/*")):
            os.sched_yield()
        os.killpg(running.pid, getattr(signal, name))
        _, said = running.communicate(timeout=60)
    assert running.returncode == (130 if name == "SIGINT" else -9)
    assert b"Traceback" not in said
    assert_whole(project, trees)
    assert_made_up_for(project, trees)


def test_children_do_not_outlive_a_killed_build(project, trees):
    """They notice that nobody reads any more, and none of them does what was the parent's to do."""
    command = [sys.executable, "-m", "gitops_obs", "build", "--jobs", "3"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        while running.poll() is None and not any((project / "generated").glob(".staged-*/*/*/*")):
            os.sched_yield()
        running.kill()
        said = running.communicate(timeout=60)  # ends when the last child has closed both
    assert said == (b"", b"")
    assert_whole(project, trees)
    assert_made_up_for(project, trees)
    assert projects.codes(run(project, check=True)) == []
