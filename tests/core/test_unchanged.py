"""The quick look: it may say that nothing changed only where a whole build would find the same."""

from __future__ import annotations

import pytest

from gitops_obs import build, unchanged
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace

SERVICE = "service: {0}\nowner: payments\ntelemetry: {{preset: prometheus_http, select: {{job: {0}}}}}\n"


@pytest.fixture
def built(tmp_path):
    """A project of two services and a preset of its own, built; the quick look finds nothing to do."""
    (tmp_path / "services").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/runbook.md").write_text("# Runbook\n")
    (tmp_path / "gitops-obs.yaml").write_text("repository: https://git.example/a\n")
    (tmp_path / "services/a.yaml").write_text(SERVICE.format("a") + "links: {runbook: docs/runbook.md}\n")
    (tmp_path / "services/b.yaml").write_text(SERVICE.format("b"))
    build.run(Workspace(tmp_path), Request())
    assert unchanged.look(tmp_path, Request()) is not None
    return tmp_path


def test_it_says_what_a_whole_build_says(built):
    """The same findings, changes and count, with and without `--check`."""
    for request in (Request(), Request(check=True)):
        quick, whole = unchanged.look(built, request), build.run(Workspace(built), request)
        assert quick is not None
        assert sorted(quick.changes, key=str) == sorted(whole.changes, key=str)
        assert (quick.diagnostics, quick.checked) == (whole.diagnostics, whole.checked)


@pytest.mark.parametrize(
    "path",
    ["services/a.yaml", "gitops-obs.yaml", "generated/rules/payments/a.yaml", "generated/dashboards/_fleet.json",
     "generated/dashboards/payments/_owner.json"],
)  # fmt: skip
def test_a_changed_or_missing_file_is_noticed(built, path):
    """Inputs by content, outputs by size and time."""
    kept = (built / path).read_bytes()
    (built / path).write_bytes(kept + b"\n")
    assert unchanged.look(built, Request()) is None
    (built / path).unlink()
    assert unchanged.look(built, Request()) is None


@pytest.mark.parametrize(
    "path",
    ["services/c.yaml", "services/c.yml", "presets/own.yaml", "panels/p.yaml", "panels/p.py", "alerts/x.py",
     "dashboards/x.dashboard.py", "generated/rules/payments/c.yaml", "generated/dashboards/other.json"],
)  # fmt: skip
def test_a_new_file_is_noticed(built, path):
    """Wherever a build would look."""
    (built / path).parent.mkdir(parents=True, exist_ok=True)
    (built / path).write_text("x")
    assert unchanged.look(built, Request()) is None


def test_a_runbook_that_is_gone_is_noticed(built):
    """It is a finding then, although no file of ours changed."""
    (built / "docs/runbook.md").unlink()
    assert unchanged.look(built, Request()) is None


@pytest.mark.parametrize("place", ["services/c.yaml", "generated/rules/payments/c.yaml", "generated/rules/other"])
def test_a_symbolic_link_is_noticed(built, place):
    """Links are findings."""
    (built / place).symlink_to(built / "docs")
    assert unchanged.look(built, Request()) is None


def test_a_part_of_the_services_is_left_to_the_build(built):
    """Names, owners and revisions need the files read."""
    assert unchanged.look(built, Request(names=("a",))) is None
    assert unchanged.look(built, Request(owner="payments")) is None


def test_a_build_of_some_leaves_the_shared_pages_unknown(built):
    """After it a whole build has to look at them again."""
    build.run(Workspace(built), Request(names=("a",)))
    assert unchanged.look(built, Request()) is None
