"""The examples of this repository: every file in services/, and what stands around them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gitops_obs.workspace import Workspace
from tests.e2e.lab.laboratory import gitops_obs

ROOT = Path(__file__).parents[2]
FOLDERS = ("services", "panels", "alerts", "dashboards", "docs/runbooks", "deploy", "infra", "ansible")


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """The repository itself as a project."""
    return Workspace(ROOT)


def test_the_project_around_them_has_no_findings(workspace: Workspace) -> None:
    """Project file, custom panels, custom alerts and the folder services/ are as they should be."""
    names, findings = workspace.service_files()
    assert [*workspace.diagnostics, *findings] == []
    read = [workspace.read(name, (ROOT / "services" / name).read_bytes()).service for name in names]
    assert len({service.signal.preset.id for service in read if service}) >= 9


@pytest.mark.parametrize("name", sorted(file.name for file in (ROOT / "services").glob("*.yaml")))
def test_an_example_has_no_findings(workspace: Workspace, name: str) -> None:
    """The service file says nothing that gitops-obs would comment on, and names only files that exist."""
    read = workspace.read(name, (ROOT / "services" / name).read_bytes())
    assert read.findings == []
    assert read.service is not None


@pytest.mark.real
def test_examples_build_and_promtool_takes_their_rules(tmp_path: Path) -> None:
    """A copy of the project builds without a word, and every rule file passes."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "gitops-obs.yaml", tmp_path)
    built = gitops_obs(tmp_path, "build")
    assert (built.returncode, built.stderr) == (0, ""), built.stdout
    rules = sorted(map(str, (tmp_path / "generated" / "rules").glob("*/*.yaml")))
    assert len(rules) == len(list((ROOT / "services").glob("*.yaml")))
    checked = subprocess.run(["promtool", "check", "rules", *rules], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
