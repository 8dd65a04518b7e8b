"""What is in the repository is the project's, and nothing of the machine it was written on."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
GIT = shutil.which("git")

# Folders that mean the same on every machine, so their names may stand in a text.
COMMON = {"app", "build", "code", "data", "home", "mnt", "opt", "src", "srv", "tmp", "usr", "var"}
PUBLIC = {"pypi.org", "registry.npmjs.org", "proxy.golang.org"}


def output(*command):
    """Return what a program prints, or nothing where it is missing or fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.fixture(scope="module")
def texts():
    """Return every text file that is in the repository or about to be: path → text."""
    listed = output(GIT or "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if not listed:
        pytest.skip("not a Git checkout")
    found = {}
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            found[name] = data.decode(errors="replace")
    return found


def machine_paths():
    """Return where this checkout, its neighbours and the user's own files lie."""
    top = Path(*ROOT.parts[:2])
    folders = {ROOT if top.name in COMMON else top, Path.home()}
    return sorted(f"{folder}/" for folder in folders if len(folder.parts) > 1)


def index_hosts():
    """Return the hosts that this machine's package clients talk to, unless they are the public ones."""
    settings = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "GOPROXY")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "npm_config_registry")
    values = [os.environ.get(key, "") for key in (*settings, *proxies, *map(str.lower, proxies))]
    pip = (sys.executable, "-m", "pip", "config", "get")
    values += [output(*pip, f"{section}.{key}") for section in ("global", "install") for key in ("index-url", "proxy")]
    values.append(output("npm", "config", "get", "registry"))
    words = [word for value in values for word in re.split(r"[\s,|]+", value) if "//" in word]
    hosts = {urlsplit(word).hostname or "" for word in words} - PUBLIC
    return sorted(host for host in hosts if re.search(r"\.[a-z]", host))


def test_no_file_names_a_path_of_this_machine(texts):
    """Such a path is of no use to anybody else, and says who wrote the file where."""
    wanted = "|".join(re.escape(path) for path in machine_paths())
    pattern = re.compile(rf"(?<![\w.:/-])(?:{wanted}|/(?:var/)?tmp/(?:bash|pytest)\w*)")
    assert {name: hit.group() for name, text in texts.items() if (hit := pattern.search(text))} == {}


def test_no_file_names_a_private_package_index(texts):
    """It is nobody else's to reach, and its address may be confidential."""
    hosts = index_hosts()
    assert {name: host for name, text in texts.items() for host in hosts if host in text} == {}


def test_no_text_file_lacks_its_last_line_end(texts):
    """Otherwise the next change to it shows a line that nobody touched."""
    kinds = (".py", ".toml", ".sh", "Makefile", "LICENSE", ".ci/run")
    ours = {
        name: text for name, text in texts.items() if text and (name.startswith(".github/") or name.endswith(kinds))
    }
    assert [name for name, text in ours.items() if not text.endswith("\n")] == []


def test_the_changelog_has_a_place_for_the_next_change():
    """Whoever changes something shall not have to wonder where to write it."""
    assert re.search(r"^## \[Unreleased\]$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_licence_is_the_whole_apache_licence():
    """`license = "Apache-2.0"` in pyproject.toml says so."""
    text = (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize(
    "script", [".ci/run", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("tools/*.sh"))]
)
def test_a_script_can_be_started(script):
    """Its mode is in Git; a lost one breaks `make`."""
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env bash\n")


def test_make_lists_its_targets():
    """`make` alone is the first thing people try."""
    listed = output("make", "--no-print-directory", "-C", str(ROOT))
    for target in ("demo", "test", "lint", "format", "bench", "docs", "clean"):
        assert f"make {target} " in listed
