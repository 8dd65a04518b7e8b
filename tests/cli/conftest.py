"""A project on disk, and findings without a build."""

import os

import pytest

from gitops_obs import build, lint
from gitops_obs.build import Result
from tests.cli.program import CHANGES, SERVICE


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Give every test the same environment, with nothing in it that changes output."""
    for name in list(os.environ):
        if name.startswith(("GITOPS_OBS_", "_GITOPS_OBS_")) or name in ("NO_COLOR", "FORCE_COLOR", "CI"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a folder with one good service file the present one."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "checkout.yaml").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Make an empty folder the present one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def outcome(monkeypatch):
    """Let `build` and `lint` find what a test says, and keep what they were asked for."""
    asked = []

    def finding(*diagnostics, changes=CHANGES, checked=1):
        def stub(_workspace, request, _progress=None):
            asked.append(request)
            return Result(list(diagnostics), list(changes), checked)

        monkeypatch.setattr(build, "run", stub)
        monkeypatch.setattr(lint, "run", stub)
        return asked

    return finding
