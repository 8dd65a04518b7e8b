"""A build depends on what it reads and on nothing else, and writes where it should and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.projects import service, services, tree, write

ROOT = Path(__file__).parents[2]
TEXT = service(
    "cart",
    "description: Sells.",
    "slos: {availability: 99.9%, latency: 99% < 250ms, routes: {/a: {latency: 99% < 1s}}}",
    "runs_on: {kubernetes: {namespace: a, deployment: b}}",
    "drift: {kubernetes: deploy/}",
    "panels: [queue]",
)

# Runs the program and writes down each event whose name begins with one of the words given.
WATCHED = """
import sys
out, words, *sys.argv = sys.argv[1:]
file = open(out, "a")
def hook(event, arguments):
    if event.startswith(tuple(words.split(","))):
        file.write(f"{event} {str(arguments)[:200]}\\n")
        file.flush()
sys.addaudithook(hook)
from gitops_obs.__main__ import main
main()
"""


def python(code, *arguments, cwd=None):
    """Run `code` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path):
    """A project with a service that says much and a panel of its own."""
    panel = "panel: queue\ntitle: Q\ndescription: D\nunit: short\nqueries: [{expr: 'sum(q{${select}})'}]\n"
    return write(
        tmp_path, {"services/cart.yaml": TEXT, "panels/queue.yaml": panel, "deploy/a.yaml": ""} | services("search")
    )


def test_a_build_writes_only_where_it_should(project):
    """Below `generated/` and `.gitops-obs/`."""
    before = tree(project, ".")
    done = python(
        WATCHED,
        project / "events",
        "open,os.mkdir,os.rename,os.remove,os.rmdir,shutil,os.symlink,os.link,os.truncate,os.chmod",
        "x",
        "build",
        cwd=project,
    )
    assert done.returncode == 0, done.stderr
    for line in (project / "events").read_text().splitlines():
        event, _, arguments = line.partition(" ")
        reads = event == "open" and ("'r'" in arguments or "'rb'" in arguments or arguments.endswith("None, 524288)"))
        assert reads or "/generated" in arguments or "/.gitops-obs" in arguments, line
    (project / "events").unlink()
    after = {
        path: data for path, data in tree(project, ".").items() if not path.startswith((".gitops-obs/", "generated/"))
    }
    assert after == before


def test_the_same_input_gives_the_same_bytes_anywhere(project, tmp_path_factory):
    """Another folder, hash seed, time zone, locale and number of processes."""
    elsewhere = write(tmp_path_factory.mktemp("else") / "where", tree(project, "."))
    for root, settings in (
        (project, {"PYTHONHASHSEED": "1"}),
        (elsewhere, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"}),
    ):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
        command = [sys.executable, "-m", "gitops_obs", "build", "--jobs", settings["PYTHONHASHSEED"]]
        subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    assert tree(project) == tree(elsewhere)
    assert b"events" not in b"".join(tree(project).values())
