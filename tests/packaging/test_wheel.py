"""What is uploaded to a package index: complete, and nothing but the package."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import gitops_obs

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
UV = BIN / "uv"

pytestmark = pytest.mark.xdist_group("wheel")  # built once


def run(*command, cwd):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """Return the folder with a source archive and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--python", sys.executable, "--out-dir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist):
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


def sources():
    """Return the files of the package as they lie in the repository."""
    paths = (ROOT / "gitops_obs").rglob("*")
    return sorted(path.relative_to(ROOT).as_posix() for path in paths if path.is_file() and path.suffix != ".pyc")


def test_the_wheel_has_every_file_of_the_package(files):
    """Built from the source archive, so nothing is missing there either."""
    assert [file for file in sources() if file not in files] == []


@pytest.mark.parametrize("pattern", ["presets/*.yaml", "schema/*.json", "findings/*.md", "py.typed"])
def test_the_wheel_has_the_data_that_is_not_python(files, pattern):
    """These are what packaging forgets, and no import fails without them."""
    assert [file for file in files if PurePosixPath(file).match(f"gitops_obs/{pattern}")]


def test_the_wheel_has_nothing_but_the_package(files):
    """A `tests` or `docs` folder in site-packages would belong to everybody."""
    others = [file for file in files if not file.startswith("gitops_obs/")]
    assert [file for file in others if ".dist-info/" not in file] == []
    assert [file for file in files if file.endswith(".pyc")] == []


def test_the_licence_travels_with_the_wheel(files):
    """The Apache licence asks for it."""
    assert [file for file in files if file.endswith(".dist-info/licenses/LICENSE")]


def test_the_source_archive_has_the_package_and_what_describes_it(dist):
    """Neither the repository's services nor what was built from them are a user's business."""
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.split("/")[1] for member in archive.getmembers() if member.isfile()}
    described = {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert names <= {"gitops_obs"} | described
    assert {"gitops_obs", "README.md", "CHANGELOG.md", "LICENSE"} <= names


def test_the_wheel_installs_and_runs_from_any_folder(wheel, tmp_path):
    """In an environment that has never seen this repository."""
    venv = tmp_path / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, venv, cwd=tmp_path)
    run(UV, "pip", "install", "--quiet", "--python", venv / "bin/python", wheel, cwd=tmp_path)
    assert gitops_obs.__version__ in run(venv / "bin/gitops-obs", "--version", cwd=tmp_path)
    assert gitops_obs.__version__ in run(venv / "bin/python", "-m", "gitops_obs", "--version", cwd=tmp_path)
