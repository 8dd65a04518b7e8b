"""Everything generated holds in Prometheus 3 as well: what was proven by the oldest promtool is run by a new one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gitops_obs import proven
from gitops_obs.promtool import program
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace

pytestmark = pytest.mark.real

HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def newer():
    """A promtool of a newer Debian suite; the tests are skipped by name where none can be had."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        pytest.skip("a newer promtool comes from Debian's packages, and this machine has no apt-get")
    folder = HERE / ".cache" / "promtool"
    command = [HERE / "tools" / "newer_promtool.sh", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no newer promtool can be had here: {done.stderr[-300:]}")
    patch = pytest.MonkeyPatch()
    patch.setenv(program.VARIABLE, done.stdout.strip())
    yield program.find()
    patch.undo()


def test_the_proofs_of_this_repository_hold_in_a_newer_promtool(newer):
    """Ranges are open on the left there, buckets are spelled differently, and native histograms are read."""
    assert newer.version >= (3, 0)
    report = proven.run(Workspace(HERE), Request(), newer)
    assert [found for found in report.result.diagnostics if found.code == "OBS352"] == []
    assert report.skipped == []
    assert report.tests > 300
