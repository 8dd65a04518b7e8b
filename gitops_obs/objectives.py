"""`slos:` of a service file → objectives, with every derived number an exact decimal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gitops_obs import burn, promql, units
from gitops_obs.errors import Severity
from gitops_obs.model import Availability, Latency, RouteObjective
from gitops_obs.spec import Problem, shown

if TYPE_CHECKING:
    from gitops_obs.model import BurnRow, Project
    from gitops_obs.preset import Histogram
    from gitops_obs.project import ProjectFile
    from gitops_obs.signal import Signal
    from gitops_obs.source import Path

_LATENCY = re.compile(r"(\d+(?:[.,]\d+)?) ?%? ?(?:<=?|≤) ?(\S+)")
_MIN_WINDOW, _MAX_WINDOW = 7 * units.DAY, 90 * units.DAY


class _Wrong(Exception):  # noqa: N818  # control flow inside this module only
    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@dataclass(frozen=True, slots=True)
class Objectives:
    """The objectives of one service."""

    availability: Availability | None
    latency: Latency | None
    routes: tuple[RouteObjective, ...]


def read(data: dict[str, Any], signal: Signal, project: ProjectFile, problems: list[Problem]) -> Objectives:
    """The objectives in a service file; what cannot be meant is added to `problems` (OBS104, 109, 110, 113, 117).

    `project` has the period for files that name none.
    """
    slos = data.get("slos")
    if not slos:
        return Objectives(None, None, ())
    window = slos.get("window", project.window)
    reader = _Reader(signal, data["telemetry"].get("buckets"), window, project.model, problems)
    routes: dict[str, Any] = slos.get("routes", {})
    label = signal.label("route")
    if routes and label is None:
        message = f"`{signal.preset.id}` cannot tell routes apart"
        problems.append(Problem("OBS117", ("slos", "routes"), message, signal.why_not("route"), key=True))
        routes = {}
    return Objectives(
        reader.availability(slos, ("slos",)),
        reader.latency(slos, ("slos",)),
        tuple(reader.route(route, value, label or "") for route, value in routes.items()),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    signal: Signal
    own_buckets: list[float] | None
    window: str
    project: Project
    problems: list[Problem]

    def route(self, route: str, value: dict[str, Any], label: str) -> RouteObjective:
        path: Path = ("slos", "routes", route)
        availability, latency = self.availability(value, path), self.latency(value, path, label)
        return RouteObjective(
            route, promql.quote(route), promql.untemplated(route), quote(route, safe=""), availability, latency
        )

    def availability(self, slos: dict[str, Any], path: Path) -> Availability | None:
        if "availability" not in slos:
            return None
        path = (*path, "availability")
        if self.signal.preset.errors is None:
            message = f"`{self.signal.preset.id}` cannot tell errors, so no availability can be measured"
            self.problems.append(Problem("OBS104", path, message, self.signal.why_not("errors"), key=True))
            return None
        try:
            least = self.signal.preset.min_window
            found = _availability(*self._unpacked(slos["availability"]), least, self.project)
        except _Wrong as wrong:
            self.problems.append(Problem(wrong.code, path, wrong.message, wrong.hint))
            return None
        self._say_unreachable(found, path)
        return found

    def latency(self, slos: dict[str, Any], path: Path, *by: str) -> Latency | None:
        if "latency" not in slos:
            return None
        path = (*path, "latency")
        histogram = self.signal.histogram_for(by)
        if histogram is None:
            message = f"`{self.signal.preset.id}` has no duration histogram" + (" by route" if by else "")
            self.problems.append(Problem("OBS110", path, message, self.signal.why_not("quantiles")))
            return None
        bounds = tuple(Decimal(str(b)) for b in self.own_buckets) if self.own_buckets else histogram.buckets
        kept = () if self.signal.histogram == "native" else bounds
        try:
            text, window = self._unpacked(slos["latency"])
            found = _latency(text, window, kept, histogram, self.project)
        except _Wrong as wrong:
            self.problems.append(Problem(wrong.code, path, wrong.message, wrong.hint))
            return None
        self._say_unreachable(found, path)
        return found

    def _say_unreachable(self, found: Availability | Latency, path: Path) -> None:
        """An objective so low that not even an outage alerts must not look as if it were watched (sloth #341)."""
        if lost := burn.unreachable(Decimal(found.budget), units.duration(found.window)):
            message = f"at {found.percent} nothing can alert over {', '.join(lost)}"
            hint = "raise the objective; longer windows decide alone until then"
            self.problems.append(Problem("OBS111", path, message, hint, severity=Severity.WARNING))

    def _unpacked(self, value: Any) -> tuple[Any, str]:
        if isinstance(value, dict):
            return value["objective"], value.get("window", self.window)
        return value, self.window


def _paging(rows: tuple[BurnRow, ...]) -> tuple[str, str, bool]:
    """Threshold of the first row that pages, in percent as well, and whether there is one."""
    row = next((row for row in rows if row.severity == "page"), None)
    return (row.threshold, row.percent, True) if row else ("", "", False)


@lru_cache(maxsize=1024)
def _availability(text: str | float, window: str, least: int, project: Project) -> Availability:
    """The objective in `text`; `least` is the shortest window in seconds that makes sense for its source."""
    ratio, seconds = _ratio(text), _period(window)
    rows = burn.rows(1 - ratio, seconds, least, project)
    page_threshold, page_percent, can_page = _paging(rows)
    return Availability(
        percent=units.percent(ratio),
        ratio=units.plain(ratio),
        budget=units.plain(1 - ratio),
        budget_percent=units.percent(1 - ratio),
        page_threshold=page_threshold,
        page_percent=page_percent,
        window=units.short_duration(seconds),
        can_page=can_page,
        rows=rows,
    )


@lru_cache(maxsize=1024)
def _latency(text: str, window: str, bounds: tuple[Decimal, ...], histogram: Histogram, project: Project) -> Latency:
    """The objective in `text`; `bounds` are the classic histogram's in its unit, empty for a native one."""
    found = _LATENCY.fullmatch(text.strip())
    if found is None:
        raise _Wrong("OBS109", f"{shown(text)} is not a latency objective",
                     "write the share and the time, such as `99% < 250ms`")  # fmt: skip
    ratio, seconds, threshold = _ratio(found[1] + "%"), _period(window), _time(found[2])
    scale = 1000 if histogram.unit == "ms" else 1
    if bounds and threshold * scale not in bounds:
        near = sorted(filter(None, bounds), key=lambda bound: abs(bound - threshold * scale))[:2]
        hint = "nearest: " + " or ".join(units.short_duration(bound / scale) for bound in sorted(near))
        message = f"{units.short_duration(threshold)} is not a bucket of `{histogram.metric}`"
        raise _Wrong("OBS110", message, hint + "; or list your own in `telemetry.buckets`")
    rows = burn.rows(1 - ratio, seconds, 0, project)
    page_threshold, page_percent, can_page = _paging(rows)
    return Latency(
        percent=units.percent(ratio),
        ratio=units.plain(ratio),
        threshold=units.short_duration(threshold),
        seconds=units.plain(threshold),
        le=promql.le_matcher(units.plain(threshold * scale)) if bounds else "",
        bucket=f'le="{units.plain(threshold * scale)}"' if bounds else "",
        budget=units.plain(1 - ratio),
        budget_percent=units.percent(1 - ratio),
        page_threshold=page_threshold,
        page_percent=page_percent,
        quantile=units.plain(ratio),
        window=units.short_duration(seconds),
        can_page=can_page,
        rows=rows,
    )


def _ratio(text: str | float) -> Decimal:
    try:
        ratio = units.fraction(text)
    except ValueError as error:
        raise _Wrong("OBS109", *units.advice(error)) from None
    if 0 < ratio < 1:
        return ratio
    consequence = "leaves no error budget" if ratio >= 1 else "asks for nothing"
    raise _Wrong("OBS109", f"an objective of {units.percent(ratio)} {consequence}",
                 "choose one between 0 % and 100 %, such as 99.9%")  # fmt: skip


def _period(window: str) -> Decimal:
    try:
        seconds = units.duration(window)
    except ValueError:
        seconds = Decimal(0)
    if _MIN_WINDOW <= seconds <= _MAX_WINDOW and seconds % units.DAY == 0:
        return seconds
    message = f"a window of {window} is not whole days from 7d to 90d"
    raise _Wrong("OBS113", message, "use 28d or 30d unless you have a reason")


def _time(text: str) -> Decimal:
    try:
        seconds = units.duration(text)
    except ValueError as error:
        raise _Wrong("OBS109", *units.advice(error)) from None
    if not seconds:
        raise _Wrong("OBS109", f"no request takes {text}", "write a time above 0, such as 250ms")
    return seconds
