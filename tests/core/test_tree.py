"""Writing `generated/`: staged, moved in file by file, and only where it should."""

from __future__ import annotations

import pytest

from gitops_obs.errors import GitopsObsError
from gitops_obs.store import Store
from gitops_obs.tree import Tree
from tests.core.projects import tree, write


@pytest.fixture
def there(tmp_path):
    """A tree of two files."""
    write(tmp_path, {"generated/rules/a/x.yaml": "old\n", "generated/rules/b/y.yaml": "old\n"})
    return Tree(tmp_path)


def test_nothing_is_there_before_it_is_committed(there, tmp_path):
    """Then all of it is, and what was not written is as it was."""
    there.put("rules/a/x.yaml", b"new\n")
    there.put("rules/c/z.yaml", b"new\n")
    assert tree(tmp_path)["generated/rules/a/x.yaml"] == b"old\n"
    assert not (tmp_path / "generated/rules/c").exists()
    there.commit()
    assert tree(tmp_path) == {
        "generated/rules/a/x.yaml": b"new\n",
        "generated/rules/b/y.yaml": b"old\n",
        "generated/rules/c/z.yaml": b"new\n",
    }


def test_the_stamp_of_what_is_staged_is_that_of_the_file(there):
    """Moving a file changes neither size nor time."""
    stamp = there.put("rules/a/x.yaml", b"new\n")
    assert there.stamp("rules/a/x.yaml") != stamp
    there.commit()
    assert there.stamp("rules/a/x.yaml") == stamp
    assert there.stamp("rules/a/none.yaml") == ""


def test_discarding_leaves_the_tree_as_it_was(there, tmp_path):
    """And nothing beside it."""
    before = tree(tmp_path)
    there.put("rules/a/x.yaml", b"new\n")
    there.discard()
    there.commit()
    assert tree(tmp_path) == before
    assert [entry.name for entry in (tmp_path / "generated").iterdir()] == ["rules"]


@pytest.mark.parametrize(
    ("data", "kind"), [(b"old\n", "unchanged"), (b"new\n", "update"), (b"", "update"), (b"old\n!", "update")]
)
def test_what_writing_would_do_is_told(there, data, kind):
    """Without doing it."""
    assert there.differs("rules/a/x.yaml", data) == kind
    assert there.differs("rules/a/none.yaml", data) == "create"
    assert there.differs("rules/none/x.yaml", data) == "create"


def test_the_last_file_takes_its_folder_with_it(there, tmp_path):
    """And no more than that."""
    there.delete("rules/a/x.yaml")
    assert not (tmp_path / "generated/rules/a").exists()
    assert (tmp_path / "generated/rules").exists()
    with pytest.raises(GitopsObsError, match="cannot write"):
        there.delete("rules/a/x.yaml")


def test_files_and_links_are_listed_apart(there, tmp_path):
    """Sorted, without what is staged, and without following anything."""
    write(tmp_path, {"outside/f": ""})
    (tmp_path / "generated/rules/link").symlink_to(tmp_path / "outside")
    (tmp_path / "generated/dead").symlink_to("nowhere")
    there.put("rules/a/new.yaml", b"")
    assert there.files() == ["rules/a/x.yaml", "rules/b/y.yaml"]
    assert there.links() == ["dead", "rules/link"]


def test_where_there_is_no_tree_there_is_nothing(tmp_path):
    """Looking at it makes no folder."""
    empty = Tree(tmp_path)
    assert (empty.files(), empty.links()) == ([], [])
    empty.discard()
    empty.commit()
    assert list(tmp_path.iterdir()) == []


def test_what_the_store_keeps_comes_back_or_is_absent(tmp_path):
    """Under any name, of any content, replaced as a whole."""
    store = Store(tmp_path)
    assert store.get("a") is None
    for data in (b"", b"\0\xff" * 100, b"x"):
        store.put("a", data)
        assert store.get("a") == data
    assert (tmp_path / ".gitops-obs/.gitignore").read_text() == "*\n"
    assert not [file for file in (tmp_path / ".gitops-obs/cache").iterdir() if file.name.startswith(".")]


def test_the_store_tells_damage_from_content(tmp_path):
    """A file cut off by a crash is as good as absent."""
    store = Store(tmp_path)
    store.put("a", b'{"a": 1}')
    (file,) = (tmp_path / ".gitops-obs/cache").iterdir()
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:5], b"", whole + b" ", b"x" + whole):
        file.write_bytes(damaged)
        assert store.get("a") is None
        assert store.get_json("a") is None
    file.write_bytes(whole)
    assert store.get_json("a") == {"a": 1}
