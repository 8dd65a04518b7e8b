"""Panels that say what is now: numbers, tables, text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grafanalib.core import Stat, Table, TableSortByField, Text

from gitops_obs.kit.charts import Step, override, steps
from gitops_obs.kit.colours import GOOD, MUTED, NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FINE = 1500
"""Points of an instant query: makes `$__rate_interval` short, so that `now` is now on a page of 30 days as well."""

_CELLS = {"background": "color-background-solid", "coloured": "color-text", "gauge": "basic"}


def stat(
    title: str,
    description: str,
    unit: str,
    targets: Sequence[Mapping[str, Any]],
    *,
    colours: Sequence[Step] = (),
    base: str = GOOD,
    lowest: float = 0,
    decimals: int | None = None,
    names: bool = False,
    stacked: bool = False,
    mappings: Iterable[dict[str, Any]] = (),
    overrides: Iterable[dict[str, Any]] = (),
    nothing: str = "\N{EN DASH}",
) -> object:
    """The last value of each series, large, on its colour if `colours` are given.

    Below the first of them it is `base`; below `lowest` and without a sample it is grey. `names` shows the series' name
    beside the value, `stacked` puts series below each other, in small letters. `nothing` is shown without a sample: a
    dash where that means no traffic.
    """
    return Stat(
        title=title,
        description=description,
        format=unit,
        targets=list(targets),
        thresholds=steps((lowest, base), *colours, base=MUTED) if colours else steps(base=NEUTRAL),
        colorMode="background" if colours else "value",
        graphMode="none",
        reduceCalc="lastNotNull",
        textMode="value_and_name" if names else "value",
        orientation="horizontal" if stacked else "auto",
        decimals=decimals,
        mappings=list(mappings),
        overrides=list(overrides),
        noValue=nothing,
        maxDataPoints=_FINE,
        extraJson={
            "fieldConfig": {"defaults": {"color": {"mode": "thresholds"}}},
            "options": {"text": {"titleSize": 12, "valueSize": 16}} if stacked else {},
        },
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: `source` is a label, or the value of a query (`Value`, with several `Value #A` …).

    `cell` is text, coloured (by `colours`), background (the same) or gauge. `link` is a title and a URL, which may use
    `${__value.raw}`.
    """

    source: str
    title: str
    unit: str = ""
    decimals: int | None = None
    width: int = 0
    cell: str = "text"
    colours: Sequence[Step] = ()
    base: str = "transparent"
    highest: float | None = None
    link: tuple[str, str] | None = None
    mappings: Sequence[dict[str, Any]] = ()


def table(
    title: str,
    description: str,
    targets: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    header: bool = True,
    sort: str | tuple[str, ...] = "",
    rising: bool = False,
    hidden: Sequence[str] = (),
    nothing: str = "",
) -> object:
    """Rows with the labels and values of instant queries (format table), joined on their labels.

    Only `columns` are shown, in their order, sorted by the one titled `sort` (several: the next decides among equals),
    the largest first (`rising`: last). `hidden` names labels that the queries keep and the table does not show.
    """
    renamed = {column.source: column.title for column in columns}
    sorts = (sort,) if isinstance(sort, str) else sort
    order = {column.source: n for n, column in enumerate(columns)}
    shown = {"excludeByName": dict.fromkeys(("Time", *hidden), True), "indexByName": order, "renameByName": renamed}
    merged = [{"id": "merge", "options": {}}] if len(targets) > 1 else []
    defaults: dict[str, Any] = {"thresholds": {"mode": "absolute", "steps": steps(base=NEUTRAL)}}
    defaults |= {"custom": {"minWidth": 50}}
    defaults |= {"noValue": nothing} if nothing else {}
    return Table(
        title=title,
        description=description,
        targets=list(targets),
        unit="short",
        transformations=[*merged, {"id": "organize", "options": shown}],
        overrides=[_column(column) for column in columns],
        showHeader=header,
        sortBy=[TableSortByField(displayName=title, desc=not rising) for title in sorts if title],
        maxDataPoints=_FINE,
        span=None,
        extraJson={"fieldConfig": {"defaults": defaults}},
    )


def text(title: str, markdown: str, description: str = "") -> object:
    """A panel of Markdown."""
    return Text(title=title, content=markdown, description=description)


def _column(column: Column) -> dict[str, Any]:
    thresholds = {"mode": "absolute", "steps": steps(*column.colours, base=column.base)}
    said: tuple[tuple[object, dict[str, Any]], ...] = (
        (column.unit, {"unit": column.unit}),
        (column.decimals is not None, {"decimals": column.decimals}),
        (column.width, {"custom__width": column.width}),
        (column.cell != "text", {"custom__displayMode": _CELLS.get(column.cell)}),
        (column.highest is not None, {"min": 0, "max": column.highest}),
        (column.colours or column.base != "transparent", {"thresholds": thresholds}),
        (column.link, {"links": [dict(zip(("title", "url"), column.link or (), strict=False))]}),
        (column.mappings, {"mappings": list(column.mappings)}),
    )
    properties = {key: value for wanted, more in said if wanted for key, value in more.items()}
    return override(column.title, noValue="\N{EN DASH}", **properties)
