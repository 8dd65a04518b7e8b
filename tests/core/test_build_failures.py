"""A build that cannot be done is not begun: `generated/` stays as it was, and the reason is said."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gitops_obs import build, forked
from gitops_obs.errors import GitopsObsError
from gitops_obs.store import FOLDER
from tests.core import projects
from tests.core.bad_input import ALL, HEAD
from tests.core.projects import codes, run, service, services, times, tree, write

NAMES = ("cart", "checkout", "search")


@pytest.fixture
def built(tmp_path):
    """A project of three services, built, and with all of them changed since."""
    write(tmp_path, services(*NAMES))
    assert codes(run(tmp_path)) == []
    return write(tmp_path, {f"services/{name}.yaml": service(name, "description: New.") for name in NAMES})


@pytest.fixture(scope="module")
def before_bad(tmp_path_factory):
    """A built project whose file `checkout.yaml` is going to be bad."""
    root = write(tmp_path_factory.mktemp("bad"), services("cart") | {"services/checkout.yaml": HEAD})
    assert codes(run(root)) == []
    write(root, services("cart", owner="shop"))
    return root, tree(root), times(root)


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.id)
def test_one_bad_file_stops_the_build(bad, before_bad):
    """Nothing is written for the good ones either, not even a time changes."""
    root, files, stamps = before_bad
    write(root, {"services/checkout.yaml": bad.data})
    result = run(root)
    assert result.failed
    assert bad.code in codes(result)
    assert (tree(root), times(root)) == (files, stamps)


def test_an_error_hides_nobody_elses(built):
    """Every file is looked at, and each finding names its own."""
    write(built, {"services/cart.yaml": service("cart", "tier: 9"), "services/search.yaml": "a: ["})
    write(built, {"services/checkout.yml": service("checkout")})
    result = run(built)
    assert codes(result) == ["OBS013", "OBS104", "OBS106", "OBS004"]
    assert {d.span.file for d in result.diagnostics} >= {"services/cart.yaml", "services/search.yaml"}


def test_a_bad_project_file_hides_no_service_file(built):
    """Both are said at once, and nothing is written."""
    before = tree(built)
    write(built, {"gitops-obs.yaml": "owner: x\n", "services/cart.yaml": service("cart", "tier: 9")})
    assert sorted(codes(run(built))) == ["OBS101", "OBS104"]
    assert tree(built) == before


@pytest.mark.parametrize("empty", [True, False])
def test_no_service_file_at_all_deletes_nothing(built, empty):
    """A wrong folder or a failed checkout is not a wish to have no dashboards."""
    before = tree(built)
    shutil.rmtree(built / "services")
    if empty:
        write(built, {"services/notes.txt": "", "services/.hidden.yaml": "", "services/sub/cart.yaml": service("cart")})
    assert codes(run(built)) == ["OBS122"]
    assert tree(built) == before


def test_a_folder_where_a_service_file_belongs_is_a_finding(built):
    """It cannot be read, and is not passed over."""
    (built / "services/folder.yaml").mkdir()
    assert codes(run(built)) == ["OBS001"]


def test_checking_writes_nothing_and_names_each_stale_file(built):
    """What is missing, what differs, and what nothing describes."""
    write(built, services("new"))
    (built / "services/search.yaml").unlink()
    files, stamps = tree(built), times(built)
    result = run(built, check=True)
    said = {d.span.file: d.message.split("` ")[1] for d in result.diagnostics}
    assert set(codes(result)) == {"OBS501"}
    assert said["generated/rules/payments/new.yaml"] == "is missing"
    assert said["generated/dashboards/payments/cart.json"] == "is not what services/ describes"
    assert said["generated/rules/payments/search.yaml"] == "is described by no service file"
    assert (files, stamps) == (tree(built), times(built))
    run(built)
    assert codes(run(built, check=True)) == []


@pytest.mark.parametrize("place", ["generated", "generated/rules", "generated/rules/payments", "generated/dashboards"])
def test_a_file_where_a_folder_belongs_stops_the_build(built, place):
    """Found before anything is moved into place. Root ignores permissions, so this stands for them."""
    shutil.rmtree(built / place)
    write(built, {place: "a file\n"})
    before = tree(built) | {place: (built / place).read_bytes()}
    with pytest.raises(GitopsObsError) as caught:
        run(built)
    assert [d.code for d in caught.value.diagnostics] == ["OBS503"]
    assert caught.value.diagnostics[0].hint
    assert caught.value.exit_code == 2
    assert tree(built) | {place: (built / place).read_bytes()} == before


def test_a_folder_where_a_file_belongs_stops_the_build(built):
    """And stays, with what is in it."""
    (built / "generated/rules/payments/search.yaml").unlink()
    write(built, {"generated/rules/payments/search.yaml/keep": "me"})
    before = tree(built)
    with pytest.raises(GitopsObsError, match="cannot write"):
        run(built)
    assert tree(built) == before


@pytest.mark.parametrize(("jobs", "after"), [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)])
def test_a_full_disk_stops_the_build(built, monkeypatch, after, jobs):
    """The system says so after some files were staged; also out of a process of its own."""
    real, calls = os.write, []

    def full(descriptor, data):
        if Path(f"/proc/self/fd/{descriptor}").readlink().is_relative_to(built / "generated"):
            calls.append(1)
            if len(calls) > after:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    before = tree(built)
    with pytest.raises(GitopsObsError, match="No space left on device") as caught:
        run(built, jobs=jobs)
    assert caught.value.diagnostics[0].code == "OBS503"
    assert tree(built) == before


def test_a_disk_that_fills_up_within_a_file_tears_nothing(built, monkeypatch):
    """The system may take a part of a write and refuse the rest."""
    real = os.write

    def short(descriptor, data):
        return real(descriptor, data[: max(1, len(data) // 2)])

    monkeypatch.setattr(os, "write", short)
    assert codes(run(built)) == []
    monkeypatch.undo()
    assert codes(run(built, check=True)) == []


@pytest.fixture
def small_disk(tmp_path):
    """A project on a file system of its own, and a function that leaves it so many bytes."""
    command = ["mount", "-t", "tmpfs", "-o"]
    done = subprocess.run([*command, "size=8m", "tmpfs", tmp_path], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("only root may mount a file system")

    def leave(free):
        size = shutil.disk_usage(tmp_path).used + free
        subprocess.run(["mount", "-o", f"remount,size={size}", tmp_path], check=True)

    yield tmp_path, leave
    subprocess.run(["umount", "-l", tmp_path], check=True)


@pytest.mark.parametrize("free", [0, 4096, 64 * 1024])
def test_a_real_full_disk_stops_the_build(small_disk, free):
    """Old files stay, no half of a file is there, and with room the next build succeeds."""
    root, leave = small_disk
    write(root, services(*NAMES))
    assert codes(run(root)) == []
    before = tree(root)
    write(root, services(*NAMES, owner="shop"))
    leave(free)
    with pytest.raises(GitopsObsError, match="No space left on device"):
        run(root)
    assert tree(root) == before
    leave(4 * 1024 * 1024)
    assert codes(run(root)) == []
    assert codes(run(root, check=True)) == []


@pytest.mark.parametrize("place", [FOLDER, f"{FOLDER}/cache"])
def test_a_cache_that_cannot_be_written_is_no_error(built, place):
    """It would only have saved time."""
    shutil.rmtree(built / FOLDER)
    write(built, {place: "a file\n"})
    for _ in range(2):
        assert codes(run(built)) == []
    assert (built / place).read_text() == "a file\n"
    assert codes(run(built, check=True)) == []


def test_a_build_process_that_dies_stops_the_build(built, monkeypatch):
    """Services of which nothing was heard are not services that went: their files stay."""
    before, record = tree(built), build._Builder.record

    def die(builder, file):
        return os.kill(os.getpid(), 9) if file == "cart.yaml" else record(builder, file)

    monkeypatch.setattr(build._Builder, "record", die)
    with pytest.raises(ChildProcessError, match="SIGKILL"):
        run(built, jobs=2)
    assert tree(built) == before


def test_an_exception_of_ours_reaches_the_caller(built, monkeypatch):
    """Whichever process it was in, and with the stage gone."""
    before = tree(built)
    monkeypatch.setattr(projects.Workspace, "read", lambda *_: 1 / 0)
    for jobs in (1, 2):
        with pytest.raises(ZeroDivisionError):
            run(built, jobs=jobs)
        assert tree(built) == before


def test_where_processes_cannot_be_forked_one_builds_all(built, monkeypatch):
    """Other systems have no fork."""
    monkeypatch.delattr(os, "fork")
    assert not hasattr(forked.os, "fork")
    assert codes(run(built, jobs=4)) == []
