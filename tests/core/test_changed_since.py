"""A build of what changed since a revision of Git."""

from __future__ import annotations

import os
import subprocess

import pytest

from gitops_obs import git
from gitops_obs.errors import GitopsObsError
from gitops_obs.preset import builtin_text
from tests.core.projects import codes, run, service, services, tree, write


def commit(root):
    """Everything below `root` as a commit."""
    ours = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for command in (("add", "--all"), ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a")):
        subprocess.run(["git", "-C", root, *command], env=os.environ | ours, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A repository whose project lies in a folder of it, built and committed."""
    root = write(tmp_path / "observability", services("cart", "checkout", "search"))
    subprocess.run(["git", "init", "-q", tmp_path], check=True, capture_output=True)
    run(root)
    write(root, {".gitignore": ".gitops-obs/\n"})
    commit(tmp_path)
    return root


def built(root, revision="HEAD"):
    """Services that a build of what changed looks at."""
    result = run(root, changed_since=revision)
    assert codes(result) == []
    return {change.service for change in result.changes}


def test_nothing_changed_builds_nothing(repository):
    """And is no error."""
    assert built(repository) == set()


def test_changed_staged_and_new_files_are_built(repository):
    """Whatever Git calls them."""
    write(repository, {"services/cart.yaml": service("cart", "tier: 1"), **services("new")})
    subprocess.run(["git", "-C", repository, "add", "services/cart.yaml"], check=True)
    assert built(repository) == {"cart", "new"}


def test_a_renamed_service_is_built_and_the_old_one_left(repository):
    """A build of some deletes nothing."""
    (repository / "services/cart.yaml").unlink()
    write(repository, services("basket"))
    assert built(repository) == {"basket"}
    assert "generated/rules/payments/cart.yaml" in tree(repository)


SHARED = {
    "gitops-obs.yaml": "{}\n",
    "presets/a.yaml": builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: a"),
    "panels/a.py": "def build(service):\n    return None\n",
    "panels/_shared.py": "",
    "alerts/a.yaml": "alert: a\nname: A\nexpr: up\nsummary: S\ndescription: D\naction: A\n",
}


@pytest.mark.parametrize("path", SHARED)
def test_what_every_service_depends_on_builds_every_service(repository, path):
    """Even where nobody uses it yet."""
    write(repository, {path: SHARED[path]})
    assert built(repository) == {"cart", "checkout", "search"}


@pytest.mark.parametrize(
    "path", ["README.md", "generated/notes", "../services/cart.yaml", "services/notes.txt", "deploy/cart.yaml"]
)
def test_other_files_build_nothing(repository, path):
    """Nor do files of the same name elsewhere in the repository."""
    write(repository, {path: "a\n"})
    assert built(repository) == set()


def test_names_with_odd_characters_are_read(repository):
    """Quotes, blanks, line breaks, and bytes that are no text."""
    for name in (b"a b", b'"q"', "\u00e9".encode(), b"\xff\xfe", b"new\nline"):
        with open(os.fsencode(repository / "services") + b"/" + name, "wb") as file:  # noqa: PTH123  # bytes
            file.write(b"x")
    assert len(git.changed_since(repository, "HEAD")) == 5
    assert built(repository) == set()


@pytest.mark.parametrize(
    "revision",
    [
        "nothing",
        "--help",
        "-q",
        "--output=/tmp/x",
        "HEAD;id",
        "$(id)",
        "a b",
        "HEAD\0",
        "HEAD..HEAD",
        "HEAD:services",
        ":/",
    ],
)
def test_what_is_no_revision_is_said(repository, revision):
    """No option of Git and no shell is reached."""
    with pytest.raises(GitopsObsError, match="cannot tell what changed") as caught:
        run(repository, changed_since=revision)
    assert caught.value.exit_code == 2
    assert caught.value.diagnostics[0].hint


def test_where_there_is_no_repository_it_is_said(tmp_path, monkeypatch):
    """And where there is no Git."""
    root = write(tmp_path, services("cart"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for path in (os.environ["PATH"], ""):
        monkeypatch.setenv("PATH", path)
        with pytest.raises(GitopsObsError, match=r"not a git repository|git is not installed"):
            run(root, changed_since="HEAD")
