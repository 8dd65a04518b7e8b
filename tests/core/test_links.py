"""A build follows no symbolic link, neither to read nor to write."""

from __future__ import annotations

import os

import pytest

from gitops_obs import api, lint, unchanged
from gitops_obs.errors import GitopsObsError
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace
from tests.core.bad_input import HEAD
from tests.core.projects import codes, run, service, services, tree, write

PANEL = "panel: p\ntitle: T\ndescription: D\nunit: s\nqueries: [{expr: up}]\n"
ALERT = "alert: a\nname: A\nexpr: up\nsummary: S\ndescription: D\naction: A\n"
PRESET = (
    "preset: p\ntitle: Title\nsummary: What it is about.\nkind: requests\nselect: {example: {job: a}}\n"
    "requests: {metrics: [a_total], labels: [code]}\n"
)
READ = {"gitops-obs.yaml": "{}\n", "panels/p.yaml": PANEL, "alerts/a.yaml": ALERT, "presets/p.yaml": PRESET,
        "panels/q.py": "def build(service): return None\n", "dashboards/d.dashboard.py": "dashboard = {}\n",
        "services/checkout.yaml": HEAD}  # fmt: skip


@pytest.fixture
def project(tmp_path):
    """A built project, and a folder beside it into which links lead."""
    (tmp_path / "outside").mkdir()
    root = write(tmp_path / "project", services("cart", "checkout"))
    assert codes(run(root)) == []
    return root


@pytest.mark.parametrize("text", [None, "unreadable: [\n", "secret\tvalue\0"])
@pytest.mark.parametrize("path", READ)
def test_an_input_that_is_a_link_is_a_finding_and_not_read(project, path, text):
    """Its content shows nowhere, wherever it leads."""
    target = write(project.parent / "outside", {"file": READ[path] if text is None else text}) / "file"
    (project / path).unlink(missing_ok=True)
    write(project, {path: ""})
    (project / path).unlink()
    (project / path).symlink_to(target)
    before = tree(project)
    result = run(project)
    assert codes(result) == ["OBS012"]
    assert result.diagnostics[0].span.file == path
    assert result.diagnostics[0].span.line == 0
    assert tree(project) == before
    if not path.startswith("dashboards"):
        assert codes(lint.run(Workspace(project), Request()))[0] == "OBS012"


@pytest.mark.parametrize("folder", ["services", "panels", "alerts", "presets"])
def test_a_folder_of_inputs_that_is_a_link_is_a_finding(project, folder):
    """However good what it leads to is."""
    for path, text in READ.items():
        if path.startswith(folder):
            write(project.parent / "outside", {path: text})
    if folder == "services":
        (project / folder).rename(project / "moved")
    (project / folder).symlink_to(project.parent / "outside" / folder)
    before = tree(project)
    assert set(codes(run(project))) == {"OBS012"}
    assert tree(project) == before


@pytest.mark.parametrize("target", ["nowhere", "checkout.yaml", "/dev/zero", "/proc/self/environ", "."])
def test_a_link_that_leads_nowhere_good_is_the_same_finding(project, target):
    """Broken, in a circle, endless, secret or a folder."""
    (project / "services/evil.yaml").symlink_to(target)
    assert codes(run(project)) == ["OBS012"]
    assert "OBS012" in {d.code for d in api.load(project).diagnostics}


@pytest.mark.parametrize("place", ["", "/rules", "/dashboards", "/rules/payments"])
@pytest.mark.parametrize("names", [(), ("cart",)])
def test_a_folder_of_outputs_that_is_a_link_stops_the_build(project, place, names):
    """Nothing is written through it, not even by a build of some."""
    outside = project.parent / "outside"
    (project / f"generated{place}").rename(outside / "real")
    (project / f"generated{place}").symlink_to(outside / "real")
    write(project, {"services/cart.yaml": service("cart", "tier: 1")})
    before = tree(outside, "real"), tree(project)
    with pytest.raises(GitopsObsError) as caught:
        run(project, *names)
    assert [d.code for d in caught.value.diagnostics] == ["OBS502"]
    assert caught.value.diagnostics[0].hint
    assert (tree(outside, "real"), tree(project)) == before


@pytest.mark.parametrize(
    "path", ["rules/payments/cart.yaml", "rules/payments/x.yaml", "notes", "dashboards/_fleet.json"]
)
def test_a_file_of_outputs_that_is_a_link_is_a_finding(project, path):
    """And what it leads to is not touched."""
    victim = write(project.parent / "outside", {"victim": "precious\n"}) / "victim"
    (project / "generated" / path).unlink(missing_ok=True)
    (project / "generated" / path).symlink_to(victim)
    assert unchanged.look(project, Request()) is None
    result = run(project)
    assert codes(result) == ["OBS502"]
    assert result.diagnostics[0].span.file == f"generated/{path}"
    assert victim.read_text() == "precious\n"
    assert (project / "generated" / path).is_symlink()


def test_a_build_of_some_replaces_a_link_and_not_what_it_leads_to(project):
    """The one file that it writes."""
    victim = write(project.parent / "outside", {"victim": "precious\n"}) / "victim"
    path = project / "generated/rules/payments/cart.yaml"
    content = path.read_bytes()
    path.unlink()
    path.symlink_to(victim)
    assert codes(run(project, "cart")) == []
    assert victim.read_text() == "precious\n"
    assert not path.is_symlink()
    assert path.read_bytes() == content


def test_the_stage_follows_no_link_that_waits_for_it(project):
    """A link called as the stage of this very process is removed, not written through."""
    outside = project.parent / "outside"
    (project / f"generated/.staged-{os.getpid()}").symlink_to(outside)
    write(project, {"services/cart.yaml": service("cart", "tier: 1")})
    assert codes(run(project)) == []
    assert list(outside.iterdir()) == []


def test_a_link_made_to_look_unchanged_is_seen(project):
    """An input that became a link to the same content is not as it was."""
    write(project, {"gitops-obs.yaml": "{}\n"})
    assert codes(run(project)) == []
    assert unchanged.look(project, Request()) is not None
    (project / "gitops-obs.yaml").rename(project / "elsewhere")
    (project / "gitops-obs.yaml").symlink_to("elsewhere")
    assert unchanged.look(project, Request()) is None
