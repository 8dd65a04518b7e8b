"""Where panels stand on Grafana's grid of 24 columns, and how the rows of dashboards before 2018 become part of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = 24
_SIZE = {"w": 12, "h": 8}
# Grafana's own numbers for turning pixels into cells (public/app/core/constants.ts): 30 px and 8 px between
_CELL, _LEAST, _ROW_HEIGHT, _SPAN = 38, 90, 250, 4


def pack(panels: list[dict[str, Any]], y: int = 0) -> list[dict[str, Any]]:
    """`panels` from left to right and down from line `y`, each with a whole `gridPos` {h, w, x, y}.

    A panel that says where it stands stays there. What does not fit beside its neighbours starts a new line, and so
    does a row. Panels of a collapsed row stay inside it and take no place below; those of an open one follow it.
    """
    placed: list[dict[str, Any]] = []
    line = _Line(y)
    for panel in _opened(panels):
        if panel.get("type") == "row":
            line = _Line(line.bottom)
            row = panel | {"gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": _given(panel, "y", line.y)}}
            line = _Line(row["gridPos"]["y"] + 1)
            placed.append(row | {"panels": pack(panel.get("panels") or [], line.y)})
        else:
            placed.append(panel | {"gridPos": line.place(panel.get("gridPos") or {})})
    return placed


def widths(wanted: list[int]) -> list[int]:
    """Widths that fill a row: `wanted` if they add up to 24, else each grown or shrunk by its share.

    Whole columns, at least one each; what rounding leaves goes to the largest remainders, from the left.
    """
    exact = [width * COLUMNS / sum(wanted) for width in wanted]
    whole = [max(1, math.floor(width)) for width in exact]
    while (missing := COLUMNS - sum(whole)) != 0:
        step = 1 if missing > 0 else -1
        owed = [step * (width - found) for width, found in zip(exact, whole, strict=True)]
        fitting = [n for n, found in enumerate(whole) if found + step >= 1]
        whole[max(fitting, key=lambda n: (owed[n], -n))] += step
    return whole


def from_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Panels of the old `rows` (schema below 16) with sizes on the grid, as Grafana's own migration gives them.

    Headings appear if any row has a visible title, is collapsed or repeats.
    """
    rows = list(rows)
    headed = any(row.get("collapse") or row.get("showTitle") or row.get("repeat") for row in rows)
    panels: list[dict[str, Any]] = []
    for row in rows:
        inside = [_sized(panel, row.get("height") or _ROW_HEIGHT) for panel in row.get("panels", ())]
        if headed:
            heading = {"type": "row", "title": row.get("title") or "", "collapsed": bool(row.get("collapse"))}
            repeat = {"repeat": row["repeat"]} if row.get("repeat") else {}
            panels.append(heading | repeat | {"panels": inside})
        else:
            panels += pack(inside, _bottom(panels))
    return panels


class _Line:
    """One line of panels that is being filled."""

    def __init__(self, y: int) -> None:
        self.x, self.y, self.bottom = 0, y, y

    def place(self, wanted: dict[str, Any]) -> dict[str, int]:
        width, height = int(wanted.get("w") or _SIZE["w"]), int(wanted.get("h") or _SIZE["h"])
        if "x" in wanted and "y" in wanted:
            self.bottom = max(self.bottom, wanted["y"] + height)
            return {"h": height, "w": width, "x": wanted["x"], "y": wanted["y"]}
        if self.x + width > COLUMNS:
            self.x, self.y = 0, self.bottom
        found = {"h": height, "w": width, "x": self.x, "y": self.y}
        self.x, self.bottom = self.x + width, max(self.bottom, self.y + height)
        return found


def _bottom(panels: list[dict[str, Any]]) -> int:
    return max((panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels), default=0)


def _given(panel: dict[str, Any], axis: str, otherwise: int) -> int:
    found = (panel.get("gridPos") or {}).get(axis, otherwise)
    return int(found)


def _opened(panels: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for panel in panels:
        if panel.get("type") == "row" and not panel.get("collapsed") and panel.get("panels"):
            yield panel | {"panels": []}
            yield from panel["panels"]
        else:
            yield panel


def _sized(panel: dict[str, Any], row_height: float | str) -> dict[str, Any]:
    width = int(panel.get("span") or _SPAN) * 2
    size = {"w": min(width, COLUMNS), "h": _cells(panel.get("height") or row_height)}
    rest = {key: value for key, value in panel.items() if key not in ("span", "height")}
    least = {"minSpan": min(COLUMNS, panel["minSpan"] * 2)} if panel.get("minSpan") else {}
    return rest | least | {"gridPos": panel.get("gridPos") or size}


def _cells(height: float | str) -> int:
    pixels = float(height.removesuffix("px")) if isinstance(height, str) else height
    return math.ceil(max(pixels, _LEAST) / _CELL)
