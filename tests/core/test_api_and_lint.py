"""The Python API and the linter read the same projects as a build, and say the same about them."""

from __future__ import annotations

import json

import pytest

from gitops_obs import api, lint
from gitops_obs.errors import GitopsObsError, Severity
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace
from tests.core.bad_input import ALL, HEAD
from tests.core.projects import codes, run, service, services, tree, write


def linted(root, **request):
    """What the linter says."""
    return lint.run(Workspace(root), Request(**request))


def test_the_api_renders_what_a_build_writes(tmp_path):
    """The same paths and the same bytes."""
    write(tmp_path, services("cart", "search"))
    run(tmp_path)
    project = api.load(tmp_path / "services")
    rendered = dict(file for found in project.services for file in api.render(project, found))
    pages = ("_fleet.json", "_owner.json")
    assert {f"generated/{path}": data for path, data in rendered.items()} == {
        path: data for path, data in tree(tmp_path).items() if not path.endswith(pages)
    }


def test_the_api_compiles_to_plain_data(tmp_path):
    """A dashboard that JSON takes, and rule groups."""
    project = api.load(write(tmp_path, services("cart")))
    compiled = api.compile(project, project.service("cart"))
    assert json.loads(json.dumps(compiled.dashboard))["uid"] == "svc-cart"
    assert all(isinstance(group, api.Group) for group in compiled.groups)


def test_the_api_keeps_the_good_beside_the_bad(tmp_path):
    """Bad files are findings; asking for a service that is not there is a KeyError."""
    write(tmp_path, services("cart") | {"services/bad.yaml": "a: ["})
    (tmp_path / "services/folder.yaml").mkdir()
    project = api.load(tmp_path)
    assert [found.name for found in project.services] == ["cart"]
    assert sorted(d.code for d in project.diagnostics) == ["OBS001", "OBS004"]
    with pytest.raises(KeyError):
        project.service("bad")


def test_without_a_project_the_api_says_so(tmp_path):
    """With the error that the command line prints."""
    (tmp_path / ".git").mkdir()
    with pytest.raises(GitopsObsError, match="no services/"):
        api.load(tmp_path)


def test_everything_public_is_there():
    """And documented."""
    assert all(getattr(api, name).__doc__ for name in api.__all__)


@pytest.mark.parametrize("bad", ALL[::5], ids=lambda bad: bad.id)
def test_the_linter_says_what_a_build_says(bad, tmp_path):
    """And writes nothing at all."""
    root = write(tmp_path, services("cart") | {"services/checkout.yaml": bad.data})
    before = tree(root, ".")
    said = [d for d in linted(root).diagnostics if d.severity is Severity.ERROR]
    assert tree(root, ".") == before
    assert sorted(map(str, said)) == sorted(str(d) for d in run(root).diagnostics if d.severity is Severity.ERROR)


def test_services_of_one_shape_are_told_the_same_about_themselves(tmp_path):
    """Nobody reads another service's name."""
    write(
        tmp_path,
        {f"services/{name}.yaml": service(name, preset="haproxy").replace("job:", "proxy:") for name in ("a", "bb")},
    )
    found = [d for d in linted(tmp_path).diagnostics if d.code == "OBS112"]
    by_file = {
        file: [d.message + d.hint for d in found if d.span.file == file] for file in {d.span.file for d in found}
    }
    assert len(by_file) == 2
    assert len({tuple(said) for said in by_file.values()}) == 1
    assert not any("`bb`" in text or "`a`" in text for said in by_file.values() for text in said)


@pytest.mark.parametrize(
    ("request_", "count"),
    [({}, 3), ({"names": ("a",)}, 1), ({"names": ("*",)}, 3), ({"owner": "shop"}, 1), ({"owner": "nobody"}, 0)],
)
def test_the_linter_looks_at_what_was_asked_for(tmp_path, request_, count):
    """By name, pattern or owner."""
    write(tmp_path, services("a", "b") | services("c", owner="shop"))
    assert linted(tmp_path, **request_).checked == count


def test_a_good_service_has_no_error(tmp_path):
    """What is left out is told as information."""
    assert {d.severity for d in linted(write(tmp_path, {"services/checkout.yaml": HEAD})).diagnostics} <= {
        Severity.INFO
    }


def test_a_name_that_matches_nothing_is_a_finding(tmp_path):
    """As for a build."""
    assert codes(linted(write(tmp_path, services("a")), names=("b",))) == ["OBS122"]
