"""What a build writes, keeps, moves, deletes and leaves alone, and that how it ran shows nowhere in the result."""

from __future__ import annotations

import os
import subprocess

import pytest

from gitops_obs import store
from gitops_obs.errors import GitopsObsError, Severity
from tests.core.own_files import ON_EVERY_SIDE, kinds
from tests.core.projects import codes, run, service, services, times, tree, write


def of(name, owner="payments"):
    """The generated files of a service: its page, its rules, and their tests by pace."""
    tests = (f"generated/tests/{owner}/{name}.{pace}test.yaml" for pace in ("", "hours.", "weeks."))
    return {f"generated/dashboards/{owner}/{name}.json", f"generated/rules/{owner}/{name}.yaml", *tests}


OF_CHECKOUT = of("checkout")
BAD = "service: bad\nowner: payments\ntelemetry: {preset: nonsense, select: {job: bad}}\n"
DESCRIBED = "description: Takes the order."


def age(root):
    """Set the clock of every generated file back, so that whatever is written again shows."""
    for path in tree(root):
        os.utime(root / path, (1_000_000_000, 1_000_000_000))


def rewritten(root, before):
    """Paths whose time of change is not what it was."""
    return {path for path, time in times(root).items() if before.get(path) != time}


def outside_the_cache(root):
    """Content by path of the whole project but for what is kept between runs."""
    return {path: data for path, data in tree(root, ".").items() if not path.startswith(f"{store.FOLDER}/")}


# what is written -------------------------------------------------------------------------------------------------


def test_a_first_build_creates_the_files_of_each_service_and_the_pages_over_them(tmp_path):
    """Every change is told, every file told of is there, and nothing else."""
    result = run(write(tmp_path, ON_EVERY_SIDE))
    assert kinds(result) == {"create": set(tree(tmp_path))}
    assert set(tree(tmp_path)) == {
        *(path for name in ("cart", "checkout", "search") for path in of(name)),
        "generated/dashboards/payments/_owner.json",
        "generated/dashboards/_fleet.json",
        "generated/dashboards/orders.json",
    }
    assert result.checked == 3


@pytest.mark.parametrize("forgetful", [False, True], ids=["with its cache", "without its cache"])
def test_an_unchanged_rebuild_writes_nothing(forgetful, built, monkeypatch):
    """Content and time of change of every file are as before, whether the last build is remembered or not."""
    if forgetful:
        monkeypatch.setattr(store.Store, "get", lambda _store, _name: None)
    age(built)
    before, content = times(built), tree(built)
    result = run(built)
    assert kinds(result) == {}
    assert len(result.changes) == len(content)
    assert (times(built), tree(built)) == (before, content)


def test_a_changed_file_rewrites_only_its_own_outputs(built):
    """The neighbours keep even their time of change."""
    age(built)
    before = times(built)
    write(built, {"services/checkout.yaml": service("checkout", DESCRIBED)})
    result = run(built)
    assert kinds(result)["update"] <= OF_CHECKOUT
    assert rewritten(built, before) == kinds(result)["update"] != set()
    assert b"Takes the order." in (built / "generated/dashboards/payments/checkout.json").read_bytes()


def test_a_changed_project_file_reaches_every_service(built):
    """What the last build remembers of a service holds for one project file only."""
    write(built, {"gitops-obs.yaml": "rules: {rate_window: 10m}\n"})
    run(built)
    for name in ("cart", "checkout", "search"):
        assert b"[10m]" in (built / f"generated/rules/payments/{name}.yaml").read_bytes()


def test_an_edit_of_a_generated_file_is_repaired(built):
    """A longer file, one of the same length, and a deleted one come back as they were."""
    before = tree(built)
    longer, equal = "generated/dashboards/payments/checkout.json", "generated/rules/payments/cart.yaml"
    gone = "generated/dashboards/orders.json"
    write(built, {longer: before[longer] + b"\n", equal: before[equal].replace(b"cart", b"tarc")})
    os.utime(built / equal, (1_000_000_000, 1_000_000_000))
    (built / gone).unlink()
    result = run(built)
    assert tree(built) == before
    assert kinds(result) == {"update": {longer, equal}, "create": {gone}}


def test_nothing_staged_is_left_behind(built):
    """Folders in which a build prepares its files are gone after it, also those of builds that were killed."""
    left = built / "generated" / f".staged-{2**22 + 1}"  # beyond the highest process id of Linux
    write(left, {"rules/payments/checkout.yaml": "torn"})
    run(built)
    assert not [entry.name for entry in (built / "generated").iterdir() if entry.name.startswith(".")]


# what is deleted and what is not -----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [{"names": ("checkout",)}, {"names": ("c*",)}, {"owner": "payments"}])
def test_a_build_of_some_services_never_deletes(asked, built):
    """What a missing service file left behind stays until everything is built."""
    (built / "services/search.yaml").unlink()
    before = tree(built)
    result = run(built, *asked.pop("names", ()), **asked)
    assert result.diagnostics == []
    assert kinds(result) == {}
    assert tree(built) == before


def test_a_build_of_what_changed_since_a_revision_never_deletes(built):
    """Only changed services are built, and what no file describes any more stays."""
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        identity = ["-c", "commit.gpgsign=false", "-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(built), *identity, *arguments], check=True)
    (built / "services/search.yaml").unlink()
    write(built, {"services/checkout.yaml": service("checkout", DESCRIBED)})
    before = set(tree(built))
    result = run(built, changed_since="HEAD")
    assert set(kinds(result)) == {"update"}
    assert kinds(result)["update"] <= OF_CHECKOUT
    assert (set(tree(built)), result.checked) == (before, 1)


def test_a_whole_build_deletes_what_no_file_describes(built):
    """Outputs of a service, its owner's page, a dashboard of the project's own, and folders that become empty."""
    write(built, {"services/lonely.yaml": service("lonely", owner="storefront")})
    run(built)
    for path in ("services/lonely.yaml", "services/search.yaml", "dashboards/orders.dashboard.py"):
        (built / path).unlink()
    result = run(built)
    assert kinds(result) == {
        "delete": {
            "generated/dashboards/orders.json",
            "generated/dashboards/storefront/_owner.json",
            *of("search"),
            *of("lonely", "storefront"),
        }
    }
    assert not kinds(result)["delete"] & set(tree(built))
    assert not (built / "generated/rules/storefront").exists()


def test_files_of_others_are_left_alone_with_a_warning(built):
    """What gitops-obs did not make it does not delete, wherever it lies, and says so where it would be loaded."""
    foreign = {
        "generated/dashboards/payments/by-hand.json": '{"title": "By hand"}\n',
        "generated/rules/payments/by-hand.yaml": "groups: []\n",
        "generated/rules/notes.txt": "mind the gap\n",
        "generated/README.md": "What lies here is generated.\n",
    }
    result = run(write(built, foreign))
    warned = {d.span.file for d in result.diagnostics if d.code == "OBS504" and d.severity is Severity.WARNING}
    assert warned == set(foreign) - {"generated/README.md"}
    assert codes(result) == ["OBS504"] * 3
    assert not result.failed
    assert foreign.items() <= {path: data.decode() for path, data in tree(built).items()}.items()


def test_a_change_of_owner_moves_the_files(built):
    """The old place is empty after the same build that fills the new one."""
    write(built, {"services/checkout.yaml": service(owner="storefront")})
    result = run(built)
    moved = {path.replace("payments", "storefront") for path in OF_CHECKOUT}
    assert kinds(result)["delete"] == OF_CHECKOUT
    assert moved | {"generated/dashboards/storefront/_owner.json"} == kinds(result)["create"]
    assert moved <= set(tree(built))
    assert not OF_CHECKOUT & set(tree(built))


# --check -----------------------------------------------------------------------------------------------------------


def test_check_is_content_with_what_a_build_wrote(built):
    """No finding right after a build."""
    assert run(built, check=True).diagnostics == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_check_writes_nothing_and_reports_each_stale_file(jobs, built):
    """A changed, a new and a removed service, and an edited file: each file once, all with the command that helps."""
    write(built, {"services/checkout.yaml": service("checkout", DESCRIBED), **services("new")})
    (built / "services/search.yaml").unlink()
    write(built, {"generated/rules/payments/cart.yaml": "edited\n"})
    before = outside_the_cache(built)
    result = run(built, check=True, jobs=jobs)
    assert outside_the_cache(built) == before
    stale = [d.span.file for d in result.diagnostics]
    assert len(stale) == len(set(stale))
    assert (
        {
            "generated/dashboards/payments/checkout.json",
            "generated/dashboards/payments/new.json",
            "generated/rules/payments/new.yaml",
            "generated/dashboards/payments/search.json",
            "generated/rules/payments/search.yaml",
            "generated/rules/payments/cart.yaml",
        }
        <= set(stale)
        <= set.union(*kinds(result).values())
    )
    assert set(codes(result)) == {"OBS501"}
    assert all("gitops-obs build" in d.hint for d in result.diagnostics)
    assert result.failed


def test_check_before_any_build_makes_no_folder(tmp_path):
    """Every file is missing, and `generated/` too stays so."""
    result = run(write(tmp_path, services("checkout")), check=True)
    assert codes(result) == ["OBS501"] * (len(OF_CHECKOUT) + 2)
    assert not (tmp_path / "generated").exists()


def test_check_does_not_make_the_next_build_believe_it_was_written(built):
    """A check remembers nothing that a build would rely on."""
    write(built, {"services/checkout.yaml": service("checkout", DESCRIBED)})
    run(built, check=True)
    assert kinds(run(built))["update"] <= OF_CHECKOUT
    assert run(built, check=True).diagnostics == []


# errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_one_file_leaves_everything_as_it_was_and_hides_nothing(jobs, built):
    """Good changes beside it are not written, and the findings of the other files are all told, in order."""
    more = {f"services/{name}.yaml": BAD.replace("bad", name) for name in ("aaa", "mmm", "zzz")}
    write(built, {**more, "services/checkout.yaml": service("checkout", DESCRIBED), **services("new")})
    age(built)
    before = times(built), outside_the_cache(built)
    result = run(built, jobs=jobs)
    assert [(d.code, d.span.file) for d in result.diagnostics] == [("OBS107", path) for path in sorted(more)]
    assert (times(built), outside_the_cache(built)) == before


def test_after_an_error_is_corrected_the_build_goes_on(built):
    """A failed build is remembered by nothing."""
    write(built, {"services/bad.yaml": BAD, "services/checkout.yaml": service("checkout", DESCRIBED)})
    assert run(built).failed
    write(built, services("bad"))
    result = run(built)
    assert result.diagnostics == []
    assert "generated/rules/payments/bad.yaml" in kinds(result)["create"]
    assert kinds(result)["update"] <= OF_CHECKOUT
    assert run(built, check=True).diagnostics == []


def test_a_failed_build_deletes_nothing(built):
    """A service file that is gone and one that is wrong in the same build: the orphans wait."""
    (built / "services/search.yaml").unlink()
    before = tree(write(built, {"services/bad.yaml": BAD}))
    assert run(built).failed
    assert tree(built) == before


def test_a_name_that_matches_nothing_is_an_error_beside_those_that_do(built):
    """The near miss is named, and nothing is written for the others either."""
    write(built, {"services/cart.yaml": service("cart", DESCRIBED)})
    before = tree(built)
    result = run(built, "cart", "chekout")
    assert codes(result) == ["OBS122"]
    assert "`checkout`" in result.diagnostics[0].hint
    assert tree(built) == before


# processes ---------------------------------------------------------------------------------------------------------


def test_one_process_or_two_give_the_same_tree_and_the_same_findings(tmp_path):
    """Also the order of findings and of changes is the same."""
    names = [f"service-{n:02}" for n in range(70)]
    project = services(*names) | {"panels/gauge.py": "def build(service):\n    raise ValueError(service.name)\n"}
    for n, name in enumerate(names):
        project[f"services/{name}.yaml"] += f"tier: {n % 4 + 1}\n" if n % 3 else "links: {runbook: no/such/file.md}\n"
    one, two = write(tmp_path / "one", project), write(tmp_path / "two", project)
    first, second = run(one, jobs=1), run(two, jobs=2)
    assert codes(first).count("OBS119") > 20
    assert (first.diagnostics, first.changes, first.checked) == (second.diagnostics, second.changes, second.checked)
    assert tree(one) == tree(two)
    for name in names[::7]:
        extra = {f"services/{name}.yaml": service(name, "panels: [gauge]")}
        write(one, extra)
        write(two, extra)
    first, second = run(one, jobs=1), run(two, jobs=2)
    assert codes(first).count("OBS403") == 10
    assert first.diagnostics == second.diagnostics
    assert tree(one) == tree(two)


def test_a_file_where_a_folder_belongs_stops_the_build_with_a_finding(tmp_path):
    """The place is named, and nothing is written beside it."""
    write(tmp_path, {**services("checkout"), "generated/rules": "in the way\n"})
    with pytest.raises(GitopsObsError) as caught:
        run(tmp_path)
    assert codes(caught.value.diagnostics) == ["OBS503"]
    assert tree(tmp_path) == {"generated/rules": b"in the way\n"}
