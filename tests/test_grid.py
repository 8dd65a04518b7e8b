"""Where panels stand on the grid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_obs import grid


def panel(width: int, height: int, **more: Any) -> dict[str, Any]:
    """A panel of a size."""
    return {"type": "stat", "gridPos": {"w": width, "h": height}} | more


def places(panels: list[dict[str, Any]]) -> list[tuple[int, int, int, int]]:
    """x, y, w and h of each."""
    return [(p["gridPos"]["x"], p["gridPos"]["y"], p["gridPos"]["w"], p["gridPos"]["h"]) for p in panels]


def test_panels_flow_from_left_to_right_and_down() -> None:
    """What does not fit begins a new line, below the highest of the last one."""
    packed = grid.pack([panel(12, 8), panel(6, 4), panel(12, 3), panel(24, 2)])
    assert places(packed) == [(0, 0, 12, 8), (12, 0, 6, 4), (0, 8, 12, 3), (0, 11, 24, 2)]


def test_a_panel_without_a_size_takes_half_a_line() -> None:
    """Twelve columns, eight cells high."""
    assert places(grid.pack([{"type": "stat"}])) == [(0, 0, 12, 8)]


def test_a_panel_that_says_where_it_stands_stays_there() -> None:
    """And what follows stands below it."""
    fixed = {"type": "stat", "gridPos": {"x": 3, "y": 5, "w": 4, "h": 2}}
    assert places(grid.pack([fixed, {"type": "row"}])) == [(3, 5, 4, 2), (0, 7, 24, 1)]


def test_a_collapsed_row_holds_its_panels_and_takes_one_cell() -> None:
    """The next row follows at once; the panels stand where they will be when it is opened."""
    rows = [{"type": "row", "collapsed": True, "panels": [panel(12, 8)]}, {"type": "row", "panels": [panel(24, 4)]}]
    first, second, inside = grid.pack(rows)
    assert places([first, *first["panels"], second, inside]) == [
        (0, 0, 24, 1),
        (0, 1, 12, 8),
        (0, 1, 24, 1),
        (0, 2, 24, 4),
    ]
    assert second["panels"] == []


@given(st.lists(st.tuples(st.integers(1, 24), st.integers(1, 9)), max_size=30))
def test_no_two_panels_overlap(sizes: list[tuple[int, int]]) -> None:
    """Every cell of the grid belongs to one panel at most, and none lies beyond 24 columns."""
    cells = [
        (x + dx, y + dy)
        for x, y, w, h in places(grid.pack([panel(*size) for size in sizes]))
        for dx in range(w)
        for dy in range(h)
    ]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)


@given(st.lists(st.integers(1, 24), min_size=1, max_size=24))
def test_widths_always_fill_the_row(wanted: list[int]) -> None:
    """However many panels there are; and none vanishes."""
    widths = grid.widths(wanted)
    assert sum(widths) == 24
    assert min(widths) >= 1


@pytest.mark.parametrize(
    ("wanted", "widths"),
    [([12, 12], [12, 12]), ([12], [24]), ([8, 8], [12, 12]), ([12, 6], [16, 8]), ([4, 4, 5], [8, 7, 9])],
)
def test_neighbours_grow_by_their_share(wanted: list[int], widths: list[int]) -> None:
    """A row that is whole stays as it is."""
    assert grid.widths(wanted) == widths


def test_old_rows_become_headings_and_panels() -> None:
    """Spans are twelfths, heights pixels; a row may be collapsed, repeated, or have panels of other heights."""
    rows = [
        {
            "title": "A",
            "showTitle": True,
            "height": "250px",
            "panels": [{"type": "graph", "span": 6}, {"type": "graph"}],
        },
        {"title": "B", "collapse": True, "repeat": "job", "panels": [{"type": "graph", "span": 12, "height": 400}]},
    ]
    first, one, two, second = grid.pack(grid.from_rows(rows))
    assert (first["title"], first["collapsed"], second["repeat"], second["collapsed"]) == ("A", False, "job", True)
    assert places([first, one, two, second, *second["panels"]]) == [
        (0, 0, 24, 1), (0, 1, 12, 7), (12, 1, 8, 7), (0, 8, 24, 1), (0, 9, 24, 11),
    ]  # fmt: skip


def test_old_rows_without_headings_stay_lines_of_their_own() -> None:
    """As Grafana's own migration leaves them."""
    rows = [{"panels": [{"type": "graph", "span": 4}]}, {"panels": [{"type": "graph", "span": 4, "minSpan": 2}]}]
    found = grid.pack(grid.from_rows(rows))
    assert places(found) == [(0, 0, 8, 7), (0, 7, 8, 7)]
    assert found[1]["minSpan"] == 4
