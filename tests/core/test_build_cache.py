"""What is kept between builds costs time when it is lost, damaged or another version's, and nothing else."""

from __future__ import annotations

import pytest

from gitops_obs import store
from tests.core.own_files import ON_EVERY_SIDE
from tests.core.projects import run, services, tree, write


def test_a_cache_folder_that_cannot_be_written_is_no_error(built, tmp_path_factory):
    """A file stands where the folder belongs; the result is the same."""
    other = write(tmp_path_factory.mktemp("other"), {**ON_EVERY_SIDE, store.FOLDER: "in the way\n"})
    assert run(other).diagnostics == []
    assert run(other).diagnostics == []
    assert tree(other) == tree(built)
    assert (other / store.FOLDER).read_text() == "in the way\n"


def test_the_cache_of_another_version_is_ignored(built):
    """Templates and manifest of other bytes under another fingerprint change nothing."""
    before = tree(built)
    ours, others = store.Store(built), store.Store(built)
    others.prefix = "0123456789abcdef"
    kept = sorted(ours.folder.iterdir())
    assert kept
    for file in kept:
        name = file.name.removeprefix(f"{ours.prefix}-")
        others.put(name, ours.get(name).replace(b"rate", b"rats"))
        file.unlink()
    for path in before:
        (built / path).unlink()
    assert run(built).diagnostics == []
    assert tree(built) == before
    assert set(kept) <= set(ours.folder.iterdir())


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[[[", b"null", b"[]", b"{}", b'"text"', b"[[1, 2]]", b"a\tb\tc\td\te\tf\n", b"[[[[], [9]]]]"],
    ids=repr,
)
def test_nonsense_in_the_cache_costs_time_and_nothing_else(content, built):
    """What cannot be read there is made anew."""
    before = tree(built)
    for file in (built / store.FOLDER / "cache").iterdir():
        file.write_bytes(content)
    write(built, services("new", owner="storefront"))
    assert run(built).diagnostics == []
    (built / "services/new.yaml").unlink()
    assert run(built).diagnostics == []
    assert tree(built) == before


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[: len(data) // 2], lambda data: data.replace(b"rate", b"rats")],
    ids=["torn", "changed"],
)
def test_a_damaged_cache_file_is_made_anew(damage, built):
    """Half a template, and one that still reads well but says something else."""
    before = tree(built)
    for file in (built / store.FOLDER / "cache").iterdir():
        file.write_bytes(damage(file.read_bytes()))
    for path in before:
        (built / path).unlink()
    assert run(built).diagnostics == []
    assert tree(built) == before
