"""Panel ids are made from names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from gitops_obs import keys

if TYPE_CHECKING:
    import pytest

NAMES = st.lists(st.text(min_size=1), max_size=20)


def test_an_id_is_the_same_everywhere() -> None:
    """The number is part of links and alert annotations, so it may never change."""
    assert keys.panel_id("error_ratio") == 1397470007
    assert keys.panel_ids(["error_ratio"]) == [1397470007]


@given(st.text())
def test_every_key_has_an_id_that_grafana_takes(key: str) -> None:
    """Ids are positive and fit a signed 32-bit column."""
    assert 1 <= keys.panel_id(key) < 2**31


@given(NAMES, st.sets(st.integers(1, 50)))
def test_no_id_is_given_twice(names: list[str], taken: set[int]) -> None:
    """Whatever the keys, equal ones included, and whatever ids are taken already."""
    ids = keys.panel_ids(names, taken)
    assert len(set(ids)) == len(names)
    assert not taken & set(ids)


@given(NAMES, st.text(min_size=1), st.integers(0, 20))
def test_an_insertion_renumbers_nothing(names: list[str], new: str, at: int) -> None:
    """A new panel anywhere on the page leaves the ids of all others as they are."""
    names = list(dict.fromkeys(names))
    if new in names:
        return
    before = dict(zip(names, keys.panel_ids(names), strict=True))
    longer = [*names[:at], new, *names[at:]]
    after = dict(zip(longer, keys.panel_ids(longer), strict=True))
    assert {name: after[name] for name in names} == before


def test_two_keys_on_one_number_keep_apart_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The later in the alphabet gives way, wherever it stands."""
    numbers = {"a": 7, "b": 7, "b~2": 8}
    monkeypatch.setattr(keys, "panel_id", numbers.__getitem__)
    assert keys.panel_ids(["a", "b"]) == [7, 8]
    assert keys.panel_ids(["b", "a"]) == [8, 7]
