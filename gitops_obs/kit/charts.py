"""Charts over time: lines, stacks, bars, heatmaps and states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafanalib.core import StateTimeline, TimeSeries

from gitops_obs.kit.colours import GOOD, MUTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Step = tuple[Any, str]
"""Where a colour begins (a number, or `template.number` of a leaf) and which."""

_PAST = r"/ ago$/"
_MANY = 2


def steps(*given: Step, base: str = GOOD) -> list[dict[str, Any]]:
    """Thresholds as Grafana stores them: `base` below the first of `given`."""
    return [{"color": base, "value": None}, *({"color": colour, "value": value} for value, colour in given)]


def override(series: str, **properties: Any) -> dict[str, Any]:
    """What differs for a series: by its name, or by a regular expression in slashes.

    Double underscores in a property's name stand for dots (`custom__lineWidth`); `colour` is a fixed colour.
    """
    matcher = "byRegexp" if series.startswith("/") else "byName"
    found = []
    for name, value in properties.items():
        if name == "colour":
            found.append({"id": "color", "value": {"mode": "fixed", "fixedColor": value}})
        else:
            found.append({"id": name.replace("__", "."), "value": value})
    return {"matcher": {"id": matcher, "options": series}, "properties": found}


def past() -> dict[str, Any]:
    """Series whose name ends in ` ago`: grey, thin, never stacked."""
    flat = {"mode": "none", "group": "A"}
    return override(_PAST, colour=MUTED, custom__lineWidth=1, custom__fillOpacity=0, custom__stacking=flat)


def marks(series: str, colour: str) -> dict[str, Any]:
    """A series of single events: points without a line."""
    return override(series, colour=colour, custom__drawStyle="points", custom__pointSize=8, custom__showPoints="always")


def limit(series: str) -> dict[str, Any]:
    """A series that is a bound for the others: dashed, thin and grey, without an area."""
    dashed = {"fill": "dash", "dash": [8, 6]}
    return override(series, colour=MUTED, custom__lineStyle=dashed, custom__lineWidth=1, custom__fillOpacity=0)


def legend(*, table: bool, beside: bool = False) -> dict[str, Any]:
    """A list of names, or a table with last and max, below the chart or `beside` it."""
    kind = {"displayMode": "table", "calcs": ["lastNotNull", "max"]} if table else {"displayMode": "list", "calcs": []}
    return {"placement": "right" if beside and table else "bottom", "showLegend": True} | kind


def timeseries(
    title: str,
    description: str,
    unit: str,
    targets: Sequence[Mapping[str, Any]],
    *,
    lines: Sequence[Step] = (),
    ceiling: Any = None,
    decimals: int | None = None,
    stacked: bool = False,
    bars: bool = False,
    many: bool = False,
    wide: bool = False,
    below: bool = False,
    overrides: Iterable[dict[str, Any]] = (),
    nothing: str = "",
    period: str = "",
) -> object:
    """Lines (or stacks, or bars) over time, from zero up (from where they are, if they may be `below`).

    `lines` are drawn dashed at their values, and `ceiling` is the height the axis has at least, so that they are seen.
    `many` says that one of `targets` gives several series, whose legend is then a table, beside the chart where that
    is `wide` (half a page), which leaves the chart its height. `nothing` stands where there
    is no series. `period` fixes the time range (`30d`).
    """
    custom: dict[str, Any] = {"fillOpacity": 80 if bars else 60 if stacked else 8, "showPoints": "never"}
    custom |= {"lineWidth": 0 if stacked else 1 if bars else 2, "drawStyle": "bars" if bars else "line"}
    custom |= {"stacking": {"mode": "normal" if stacked else "none", "group": "A"}}
    custom |= {"axisSoftMax": ceiling} if ceiling is not None else {}
    custom |= {"thresholdsStyle": {"mode": "dashed"}} if lines else {}
    defaults: dict[str, Any] = {"custom": custom | {"axisSoftMin": 0}} if below else {"custom": custom, "min": 0}
    defaults |= {"decimals": decimals} if decimals is not None else {}
    defaults |= {"noValue": nothing} if nothing else {}
    return TimeSeries(
        title=title,
        description=description,
        unit=unit,
        targets=list(targets),
        thresholds=steps(*lines) if lines else [],
        overrides=list(overrides),
        timeFrom=period or None,
        tooltipMode="multi",
        tooltipSort="desc",
        extraJson={
            "fieldConfig": {"defaults": defaults},
            "options": {"legend": legend(table=many or len(targets) > _MANY, beside=wide)},
        },
    )


def heatmap(title: str, description: str, unit: str, query: Mapping[str, Any], nothing: str = "") -> dict[str, Any]:
    """A histogram over time. `query` gives buckets by `le`, or a native histogram; `unit` is that of the bounds.

    A dictionary: grafanalib's Heatmap is that of Angular, and shares `cards` between all its objects.
    """
    options = {
        "calculate": False,
        "cellGap": 1,
        "cellValues": {"unit": "reqps"},
        "color": {"mode": "scheme", "scheme": "Oranges", "scale": "exponential", "exponent": 0.5, "steps": 64,
                  "reverse": False, "fill": "dark-orange"},
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "show": True, "yHistogram": True},
        "yAxis": {"axisPlacement": "left", "unit": unit},
    }  # fmt: skip
    defaults = {"noValue": nothing, "unit": unit} if nothing else {"unit": unit}
    return {
        "type": "heatmap",
        "title": title,
        "description": description,
        "targets": [dict(query)],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }


def state_timeline(
    title: str,
    description: str,
    targets: Sequence[Mapping[str, Any]],
    states: Mapping[int, tuple[str, str]],
    nothing: str = "",
) -> object:
    """Coloured bars over time, one line a series. `states` gives text and colour of each number."""
    texts = {str(value): {"text": text, "color": colour, "index": value} for value, (text, colour) in states.items()}
    defaults = {"unit": "short", "noValue": nothing} if nothing else {"unit": "short"}
    return StateTimeline(
        title=title,
        description=description,
        targets=list(targets),
        mappings=[{"type": "value", "options": texts}],
        colorMode="fixed",  # by thresholds Grafana 9 merges values before it maps them
        showValue="auto",
        extraJson={
            "fieldConfig": {"defaults": {"thresholds": {"mode": "absolute", "steps": steps(base=MUTED)}} | defaults}
        },
    )
