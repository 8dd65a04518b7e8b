"""What a preset would call the counters that an SLO names: availability or latency, of which series, of which route.

A preset reads an SLO if its metrics are the ones counted and the labels say no less. Where they say something else
(errors by another pattern, a fixed label that is not asked for), the reading stands and names the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs.promql import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.openslo.wanted import Wanted
    from gitops_obs.preset import Histogram, Matchers, Preset
    from gitops_obs.promql import Addend

Matcher = tuple[str, str, str]
"""Label, operator as PromQL writes it, value."""

_NEGATED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_BOUND = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_STATUS = re.compile(r"[\^(|]*[1-5](?:\d\d|\.\.|xx|\[0-9\]\{2\}|\\d\\d|\.[*+])")


@dataclass(frozen=True, slots=True)
class Reading:
    """One SLO as a preset has it.

    `select` are the matchers that single out the series, without those the preset adds itself. `route` is the route
    or "", `bound` the seconds of a latency or None, `bucket` that bound in the histogram's own unit where the preset
    does not list it. `labels` are roles whose label has another name. `native` says which kind of histogram is read,
    None where none is. `differences` are sentences.
    """

    kind: str
    select: tuple[Matcher, ...]
    route: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    native: bool | None = None
    bound: Decimal | None = None
    bucket: Decimal | None = None
    differences: tuple[str, ...] = ()


def read(wanted: Wanted, preset: Preset) -> Reading | None:
    """The reading of an SLO by a preset with the fewest differences, None where it is about other metrics."""
    found = [*_availability(wanted, preset), *_latency(wanted, preset)]
    return min(found, key=lambda reading: (len(reading.differences), len(reading.labels)), default=None)


def shown(matchers: Iterable[Matcher]) -> str:
    """Matchers as a person reads them: `code=~"5.."`."""
    return "`" + ",".join(f'{label}{op}"{value}"' for label, op, value in matchers) + "`"


# availability --------------------------------------------------------------------------------------------------------


def _availability(wanted: Wanted, preset: Preset) -> Iterator[Reading]:
    if preset.requests is None or preset.errors is None:
        return
    for native, total, errors, note in _counters(preset):
        whole = _common(wanted.total, total, preset, preset.requests.match, native=native)
        if whole is None:
            continue
        compared = _compared(wanted, preset, total, errors)
        if compared is not None:
            labels, differences = compared
            scope = _scope(whole, wanted, preset, labels)
            yield _reading("availability", scope, (*note, *differences), native=native)


def _counters(preset: Preset) -> Iterator[tuple[bool | None, set[str], set[str], tuple[str, ...]]]:
    """Whether histograms are native, the names of what is counted in all and of errors, and what differs so far."""
    requests, errors, duration = preset.requests, preset.errors, preset.duration
    if requests is None or errors is None:
        return
    count = f"{duration.metric}_count" if duration else ""
    of_histogram = False if requests.metrics == (count,) else None
    yield of_histogram, set(requests.metrics), set(errors.metrics), ()
    if duration and requests.metrics == errors.metrics:
        if requests.metrics == (count,) and duration.native:
            yield True, {duration.metric}, {duration.metric}, ()
        elif requests.metrics != (count,):
            # sloth's own examples count requests by the histogram
            note = f"requests are counted by `{count}` there, by `{requests.metrics[0]}` here"
            yield False, {count}, {count}, (note,)


def _compared(
    wanted: Wanted, preset: Preset, total: set[str], errors: set[str]
) -> tuple[dict[str, str], tuple[str, ...]] | None:
    """Renamed roles and differences of what is an error, None where the SLO is about something else."""
    names = {found.selector.name for found in wanted.part}
    if errors != total:
        expected = errors if wanted.bad else total - errors
        same = names == expected and expected and not _further(wanted)
        return ({}, ()) if same else None
    further = _further(wanted)
    if names != errors or not further:
        return None
    meant = _resolved(preset.error_match, dict(preset.labels))
    if not wanted.bad:
        further = tuple((label, _NEGATED[op], value) for label, op, value in further)
    return _same_errors(further, meant, preset, bad=wanted.bad)


def _same_errors(
    further: tuple[Matcher, ...], meant: tuple[Matcher, ...], preset: Preset, *, bad: bool
) -> tuple[dict[str, str], tuple[str, ...]] | None:
    if set(further) == set(meant):
        return {}, ()
    status = dict(preset.labels).get("status")
    known = {label for label, _, _ in meant} | {status}
    label = further[0][0]
    names = {} if status is None or any(one in known for one, _, _ in further) else {"status": label}
    if names and not (len(further) == 1 and (further[0][1:] == meant[0][1:] or _STATUS.match(further[0][2]))):
        return None
    renamed = tuple((names.get("status", one) if one == status else one, op, value) for one, op, value in meant)
    if set(further) == set(renamed):
        return names, ()
    there = further if bad else tuple((one, _NEGATED[op], value) for one, op, value in further)
    what = "bad" if bad else "good"
    return names, (f"{what} requests are {shown(there)} there, and bad ones {shown(renamed)} here",)


def _further(wanted: Wanted) -> tuple[Matcher, ...] | None:
    """What the part asks for beyond the whole; None where it asks for less or its counters disagree."""
    found = [_beyond(one, wanted.total) for one in wanted.part if one.sign > 0]
    return found[0] if len(found) == len(wanted.part) and len(set(found)) == 1 else None


def _beyond(part: Addend, total: tuple[Addend, ...]) -> tuple[Matcher, ...] | None:
    same = [one for one in total if one.selector.name == part.selector.name] or total
    whole = set(same[0].selector.matchers)
    matchers = part.selector.matchers
    return tuple(matcher for matcher in matchers if matcher not in whole) if whole <= set(matchers) else None


# latency -------------------------------------------------------------------------------------------------------------


def _latency(wanted: Wanted, preset: Preset) -> Iterator[Reading]:
    if wanted.bad or len(wanted.part) != 1 or len(wanted.total) != 1:
        return
    for histogram in (preset.duration, preset.duration_by_route):
        if histogram is not None:
            yield from _timed(wanted, preset, histogram)


def _timed(wanted: Wanted, preset: Preset, histogram: Histogram) -> Iterator[Reading]:
    part, total = wanted.part[0], wanted.total[0]
    native = histogram.native and (part.part, total.part) == ("within", "count")
    names = {histogram.metric} if native else {f"{histogram.metric}_count"}
    whole = _common(wanted.total, names, preset, histogram.match, native=native)
    further, part_name = _further(wanted), histogram.metric if native else f"{histogram.metric}_bucket"
    if whole is None or further is None or part.selector.name != part_name:
        return
    bounds = [matcher for matcher in further if matcher[0] == "le"]
    bound = Decimal(part.bound) if native else _bound(bounds)
    scope = _scope(whole, wanted, preset, {}, drop_status=True)
    if bound is None or not bound or not _is_asked(histogram, preset, route=bool(scope.route)):
        return
    rest = [matcher for matcher in further if matcher[0] != "le"]
    differences = (f"only quick requests with {shown(rest)} are good there, all quick ones here",) if rest else ()
    scale = 1 if native or histogram.unit == "s" else 1000
    bucket = None if native or bound in histogram.buckets else bound
    yield _reading("latency", scope, differences, native=native, bound=bound / scale, bucket=bucket)


def _is_asked(histogram: Histogram, preset: Preset, *, route: bool) -> bool:
    """Whether a service's objective would be measured by this histogram."""
    if not route:
        return histogram is preset.duration
    label = dict(preset.labels).get("route")
    both = (preset.duration, preset.duration_by_route)
    return histogram is next((one for one in both if one and label in one.labels), None)


def _bound(matchers: list[Matcher]) -> Decimal | None:
    """The bound in `le="0.25"`, or in a pattern for both spellings of a whole number: `le=~"1([.]0)?"`, `1|1.0`."""
    if len(matchers) != 1 or matchers[0][1] not in ("=", "=~"):
        return None
    _, op, value = matchers[0]
    number = _BOUND.search(value)
    if number is None or (op == "=" and number[0] != value):
        return None
    if op == "=~" and value.strip("^$") not in _spellings(number[0]):
        return None
    return Decimal(number[0])


def _spellings(number: str) -> set[str]:
    whole = number.removesuffix(".0")
    dotted = {f"{whole}.0", f"{whole}\\.0", f"{whole}[.]0"}
    optional = {f"{whole}({dot}0)?" for dot in ("\\.", "[.]", ".")}
    either = {f"{whole}|{other}" for other in dotted} | {f"{other}|{whole}" for other in dotted}
    return {number, *dotted, *optional, *either, *(f"({one})" for one in either)}


# what both have in common ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scope:
    select: tuple[Matcher, ...]
    route: str
    labels: tuple[tuple[str, str], ...]
    differences: tuple[str, ...]


def _common(
    total: tuple[Addend, ...], names: set[str], preset: Preset, match: Matchers, *, native: bool | None
) -> tuple[Matcher, ...] | None:
    """The matchers of the whole without those in `match`, None where it counts other metrics than `names`."""
    found, part = {one.selector.name for one in total}, "count" if native else ""
    if found != names or len(total) != len(names) or any(one.sign < 0 or one.part != part for one in total):
        return None
    own = set(_resolved(match, dict(preset.labels)))
    each = {frozenset(one.selector.matchers) - own for one in total}
    if len(each) != 1:
        return None
    return tuple(matcher for matcher in total[0].selector.matchers if matcher not in own)


def _scope(
    whole: tuple[Matcher, ...], wanted: Wanted, preset: Preset, labels: dict[str, str], *, drop_status: bool = False
) -> _Scope:
    """What singles out the service, the route, and what differs, in the matchers of the whole."""
    fixed, roles = _resolved(preset.fixed, {}), dict(preset.labels)
    named = {label for label, _, _ in whole}
    differences = [f"the preset also asks for {shown([matcher])}" for matcher in fixed if matcher[0] not in named]
    select = [matcher for matcher in whole if matcher not in fixed]
    status = [matcher for matcher in select if matcher[0] == roles.get("status")] if drop_status else []
    if status:
        differences.append(f"only requests with {shown(status)} are timed there, all of them here")
        select = [matcher for matcher in select if matcher not in status]
    route_label = wanted.route or roles.get("route")
    routes = [matcher for matcher in select if matcher[:2] == (route_label, "=") and matcher[2]]
    rest = [matcher for matcher in select if matcher not in routes]
    if len(routes) == 1 and route_label and any(op in ("=", "=~") for _, op, _ in rest):
        if roles.get("route") != route_label:
            labels = labels | {"route": route_label}
        return _Scope(tuple(rest), routes[0][2], tuple(sorted(labels.items())), tuple(differences))
    return _Scope(tuple(select), "", tuple(sorted(labels.items())), tuple(differences))


def _reading(
    kind: str,
    scope: _Scope,
    differences: tuple[str, ...],
    *,
    native: bool | None,
    bound: Decimal | None = None,
    bucket: Decimal | None = None,
) -> Reading:
    said = (*scope.differences, *differences)
    return Reading(kind, scope.select, scope.route, scope.labels, native, bound, bucket, said)


def _resolved(match: Matchers, roles: dict[str, str]) -> tuple[Matcher, ...]:
    return tuple((roles.get(label, label), OPERATORS[op], value) for label, ops in match for op, value in ops)
