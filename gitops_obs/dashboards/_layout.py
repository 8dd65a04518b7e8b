"""Rows of panels as data, and how they become the panels of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitops_obs import grid, keys

MAX_QUERIES = 25
"""Queries that a page sends when it is opened; rows beyond start collapsed and send theirs when they are opened."""


@dataclass(frozen=True, slots=True)
class Row:
    """A heading and the ids and widths (of 24 columns) of the panels under it, `height` cells high.

    Where few services have the panels (not `expected`), nobody is told that they are missing.
    """

    title: str
    height: int
    panels: tuple[tuple[str, int], ...]
    collapsed: bool = False
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A panel that has been built, with its key and its size. `fixed` keeps the width as it is."""

    key: str
    panel: dict[str, Any]
    width: int
    height: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A row with what there is of its panels."""

    title: str
    cells: list[Cell]
    collapsed: bool = False


def panels(rows: list[Filled]) -> list[dict[str, Any]]:
    """All panels of a page, with ids from their keys and places on the grid.

    A row without panels vanishes; where some of its panels are missing, the others grow to fill it.
    """
    rows = [row for row in rows if row.cells]
    names = [name for row in rows for name in (f"row:{row.title}", *(cell.key for cell in row.cells))]
    ids = iter(keys.panel_ids(names))
    found, queries = [], 0
    for row in rows:
        asked = sum(len(cell.panel.get("targets", ())) for cell in row.cells)
        collapsed = row.collapsed or queries + asked > MAX_QUERIES
        queries += 0 if collapsed else asked
        heading = {"id": next(ids), "type": "row", "title": row.title, "collapsed": collapsed}
        found.append(heading | {"panels": [_sized(cell, width, next(ids)) for cell, width in _filling(row.cells)]})
    return grid.pack(found)


def _filling(cells: list[Cell]) -> list[tuple[Cell, int]]:
    wanted = [cell.width for cell in cells]
    widths = wanted if any(cell.fixed for cell in cells) else grid.widths(wanted)
    return list(zip(cells, widths, strict=True))


def _sized(cell: Cell, width: int, number: int) -> dict[str, Any]:
    return cell.panel | {"id": number, "gridPos": {"h": cell.height, "w": width}}
