"""A build writes what services/ describes: all of it, only what changed, and nothing that is not its own."""

from __future__ import annotations

import os
import subprocess

import pytest

from gitops_obs.errors import Severity
from gitops_obs.request import Request
from tests.core import projects
from tests.core.projects import codes, run, service, services, times, tree, write


@pytest.fixture
def built(tmp_path):
    """A project of three services and two owners, built."""
    write(tmp_path, services("cart", "checkout") | services("search", owner="shop"))
    assert codes(run(tmp_path)) == []
    return tmp_path


def changed(result):
    """Paths of what a build did, by kind, but for what it left."""
    found = {}
    for change in result.changes:
        if change.kind != "unchanged":
            found.setdefault(change.kind, []).append(change.path.removeprefix("generated/"))
    return found


def outputs(name, owner="payments"):
    """Files of one service, relative to the project."""
    return {f"generated/dashboards/{owner}/{name}.json", f"generated/rules/{owner}/{name}.yaml"}


def test_a_build_without_its_cache_writes_the_same(built):
    """Everything in `.gitops-obs` may go; times stay even so."""
    before = times(built)
    for file in (built / ".gitops-obs/cache").iterdir():
        file.unlink()
    assert changed(run(built)) == {}
    assert times(built) == before


def test_a_comment_changes_no_output(built):
    """What is generated depends on what a file means."""
    before = times(built)
    write(built, {"services/cart.yaml": "# why\n" + service("cart")})
    assert changed(run(built)) == {}
    assert times(built) == before


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("cart",), {"cart"}), (("c*",), {"cart", "checkout"}), (("services/cart.yaml",), {"cart"}),
        (("cart", "cart", "c[a]rt"), {"cart"}), (("*",), {"cart", "checkout", "search"}), (("s?arch",), {"search"}),
    ],
)  # fmt: skip
def test_names_patterns_and_paths_choose_services(built, names, found):
    """Whatever a shell or a person puts there."""
    result = run(built, *names)
    assert codes(result) == []
    assert {change.service for change in result.changes} == found


@pytest.mark.parametrize("name", ["nobody", "", "..", "/", "services/", "a/../../etc/passwd", "[", "\0"])
def test_a_name_that_matches_nothing_is_a_finding(built, name):
    """And nothing is written for the others either."""
    before = tree(built)
    result = run(built, "cart", name)
    assert codes(result) == ["OBS122"]
    assert result.diagnostics[0].hint
    assert tree(built) == before


def test_a_file_of_somebody_else_is_left_and_told(built):
    """In every folder of outputs, whatever its kind; a second build says it again."""
    foreign = {
        "generated/rules/payments/handmade.yaml": "groups: []\n",
        "generated/dashboards/mine.json": '{"title": "Mine"}\n',
        "generated/dashboards/notes.txt": "# gitops-obs\n",
        "generated/rules/payments/.hidden": "\0\xff",
        "generated/rules/empty.yaml": "",
    }
    write(built, foreign)
    for _ in range(2):
        result = run(built)
        assert sorted(d.span.file for d in result.diagnostics) == sorted(foreign)
        assert {(d.code, d.severity) for d in result.diagnostics} == {("OBS504", Severity.WARNING)}
        assert changed(result) == {}
    assert foreign.keys() <= tree(built).keys()


def test_what_other_tools_keep_beside_is_not_looked_at(built):
    """Only dashboards and rules are ours to judge."""
    write(built, {"generated/README.md": "hello\n", "generated/terraform/main.tf": "\n"})
    assert codes(run(built)) == []


def test_a_new_name_moves_the_files(built):
    """A renamed service is one that went and one that came."""
    (built / "services/search.yaml").rename(built / "services/find.yaml")
    write(built, services("find", owner="shop"))
    result = run(built)
    tests = [f"tests/shop/{{}}.{kind}.yaml" for kind in ("test", "hours.test", "weeks.test")]
    kinds = ["dashboards/shop/{}.json", "rules/shop/{}.yaml", *tests]
    assert set(changed(result)["create"]) == {path.format("find") for path in kinds}
    assert set(changed(result)["delete"]) == {path.format("search") for path in kinds}


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"edited by hand\n", None])
def test_a_generated_file_that_was_touched_is_repaired(built, damage):
    """Edited, emptied or deleted, and its times set back to hide it."""
    before = tree(built)
    for path in outputs("cart"):
        stat = (built / path).stat()
        (built / path).unlink()
        if damage is not None:
            (built / path).write_bytes(damage)
            os.utime(built / path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    result = run(built)
    assert len(changed(result)["create" if damage is None else "update"]) == 2
    assert tree(built) == before


def test_a_change_of_the_project_file_reaches_every_service(built):
    """The cache knows what services depend on besides their own files."""
    write(built, {"gitops-obs.yaml": "rules: {interval: 1m}\n"})
    assert len(changed(run(built))["update"]) >= 3
    write(built, {"gitops-obs.yaml": "rules: {interval: 30s}\n"})
    assert changed(run(built)).keys() == {"update"}


def test_a_build_leaves_no_folder_behind(built):
    """Of what it staged, or of what a killed run did."""
    write(built, {"generated/.staged-999999999/rules/a/b.yaml": "x", "generated/.staged-x/y": ""})
    (built / "generated/.staged-7").symlink_to(built / "services")
    run(built)
    assert [entry.name for entry in (built / "generated").iterdir() if entry.name.startswith(".")] == []
    assert len(list((built / "services").iterdir())) == 3


def test_a_build_leaves_alone_what_another_build_stages(built):
    """Two at once, a watching one and a hook, do not take each other's files."""
    with subprocess.Popen(["sleep", "60"]) as other:
        write(built, {f"generated/.staged-{other.pid}/rules/a/b.yaml": "x"})
        run(built)
        assert (built / f"generated/.staged-{other.pid}/rules/a/b.yaml").exists()
        other.kill()


@pytest.mark.parametrize("jobs", [3])
def test_any_number_of_processes_gives_the_same(tmp_path, jobs):
    """Trees, findings and changes, in one order; also with more processes than files."""
    files = services(*(f"s{n}" for n in range(130))) | services("t1", "t2", owner="shop")
    files |= {
        "services/s7.yaml": service("s7", "tier: 9", "slo: {}"),
        "services/bad.yaml": "a: [",
        "services/x.yml": "\0",
    }
    results = {}
    for count in (1, jobs):
        root = write(tmp_path / str(count), files)
        results[count] = (run(root, jobs=count), tree(root))
        for bad in ("s7.yaml", "bad.yaml", "x.yml"):
            (root / "services" / bad).unlink()
        results[-count] = (run(root, jobs=count), tree(root))
    assert results[1] == results[jobs]
    assert results[-1] == results[-jobs]
    assert codes(results[1][0]) == ["OBS013", "OBS004", "OBS104", "OBS101", "OBS002"]
    assert results[1][1] == {}
    assert codes(results[-1][0]) == []


def test_progress_is_told_in_steps_up_to_all(built):
    """Once for each service."""
    seen = []
    projects.build.run(projects.Workspace(built), Request(jobs=1), lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
