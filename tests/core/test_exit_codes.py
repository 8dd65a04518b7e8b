"""Through the command line a bad file is a finding and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import program
from tests.core.bad_input import ALL, HEAD
from tests.core.projects import services, tree, write

ROOT = Path(__file__).parents[2]
IN_A_PROCESS = (
    "nul",
    "utf-16",
    "key that is null",
    "deep in dashes",
    "a billion laughs",
    "not a number",
    "200 characters",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A built project whose file `checkout.yaml` is going to be bad, and its tree."""
    root = write(tmp_path_factory.mktemp("built"), services("cart") | {"services/checkout.yaml": HEAD})
    here = Path.cwd()
    os.chdir(root)
    assert program.run("build").code == 0
    os.chdir(here)
    return root, tree(root)


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.id)
def test_a_bad_file_gives_an_exit_code_and_a_finding(bad, built, monkeypatch):
    """In the form for machines as well; nothing is written."""
    root, before = built
    write(root, {"services/checkout.yaml": bad.data})
    monkeypatch.chdir(root)
    done = program.run("build", "--output-format", "json")
    assert done.code in (1, 2)
    assert bad.code in {finding["code"] for finding in json.loads(done.out)["diagnostics"]}
    assert tree(root) == before


@pytest.mark.parametrize("command", [("lint",), ("build", "--check"), ("build", "checkout"), ("build", "--jobs", "2")])
@pytest.mark.parametrize("bad", [bad for bad in ALL if bad.id in IN_A_PROCESS], ids=lambda bad: bad.id)
def test_each_command_that_reads_service_files_says_the_same(bad, built, monkeypatch, command):
    """Checked, linted, or built in part."""
    root, before = built
    write(root, {"services/checkout.yaml": bad.data})
    monkeypatch.chdir(root)
    done = program.run(*command, "--output-format", "concise")
    assert done.code in (1, 2)
    assert bad.code in done.out
    assert tree(root) == before


@pytest.mark.parametrize("output", ["text", "concise", "json", "github", "sarif", "junit", "markdown"])
@pytest.mark.parametrize("bad", [bad for bad in ALL if bad.id in IN_A_PROCESS], ids=lambda bad: bad.id)
def test_every_format_prints_a_finding_of_a_bad_file(bad, built, monkeypatch, output):
    """However hostile the text that it quotes, no control character reaches a terminal."""
    root, _ = built
    write(root, {"services/checkout.yaml": bad.data})
    monkeypatch.chdir(root)
    done = program.run("lint", "--output-format", output)
    assert done.code in (0, 1, 2)
    assert bad.code in done.out
    assert {character for character in done.out if not character.isprintable()} <= {"\n"}


@pytest.mark.parametrize("bad", [bad for bad in ALL if bad.id in IN_A_PROCESS], ids=lambda bad: bad.id)
def test_a_bad_file_in_a_process_of_its_own(bad, built):
    """The program as it is installed."""
    root, before = built
    write(root, {"services/checkout.yaml": bad.data})
    command = [sys.executable, "-m", "gitops_obs", "build"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2)
    assert bad.code in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert tree(root) == before
