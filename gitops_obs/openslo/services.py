"""The SLOs of each service → what its service file says: preset, select, and one objective of each kind."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitops_obs import units
from gitops_obs.errors import Severity
from gitops_obs.openslo import reading
from gitops_obs.openslo.documents import dotted
from gitops_obs.openslo.wanted import Wanted, left_out, wanted
from gitops_obs.spec import Problem, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitops_obs.openslo.documents import Fields, Objects
    from gitops_obs.openslo.reading import Reading
    from gitops_obs.preset import Preset
    from gitops_obs.source import Path

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,34}[a-z0-9])?", re.ASCII)
_OWNERS = ("owner", "team", "squad")
_ALERTS = "alerts follow from the objectives: `gitops-obs list alerts`; what differs stands under `alerts:`"
_UNUSED = {
    "AlertPolicy": _ALERTS,
    "AlertCondition": _ALERTS,
    "AlertNotificationTarget": "where alerts go is said of the owner, in gitops-obs.yaml",
    "DataSource": "data sources are named in gitops-obs.yaml, under `environments:`",
    "SLI": "no SLO in these files refers to it",
    "Service": "no SLO in these files can be taken over for it, and a service file needs one to know its metrics",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What is known besides the documents. `presets` by name; `window` is the project's, such as `30d`.

    `owner` and `preset` are what the person says, "" to read them from the documents; `owners` are the project's.
    """

    presets: Mapping[str, Preset]
    owner: str = ""
    preset: str = ""
    owners: tuple[str, ...] = ()
    window: str = "30d"


@dataclass(slots=True)
class Objectives:
    """`slos:` of a service file or of a route: kind → text and window ("" for that of the project)."""

    found: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A service file to be: `select` are matchers, `labels` renamed roles, `buckets` bounds the preset does not list.

    `place` is an SLO of the service: where to say what is wrong with the whole. `also` are presets that fit as well.
    """

    name: str
    owner: str
    description: str
    preset: str
    place: Fields
    select: tuple[reading.Matcher, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    native: bool | None = None
    buckets: list[str] = field(default_factory=list)
    slos: Objectives = field(default_factory=Objectives)
    routes: dict[str, Objectives] = field(default_factory=dict)


def drafts(objects: Objects, given: Given) -> list[Draft]:
    """What each service's file says; all findings are in `objects`."""
    asked: dict[str, list[Wanted]] = {}
    for slo in objects.of("SLO"):
        found = wanted(slo, objects)
        if found is not None and (name := _name(found.slo, ("spec", "service"), found.service, "service")):
            asked.setdefault(name, []).append(found)
    made = [draft for name, found in asked.items() if (draft := _draft(name, found, objects, given))]
    _say_what_is_left(objects)
    return made


def _draft(name: str, asked: list[Wanted], objects: Objects, given: Given) -> Draft | None:
    preset, readings = _preset(asked, given)
    for one, read in zip(asked, readings, strict=True):
        if read is None:
            _unknown(one, preset, given)
    kept = [(one, read) for one, read in zip(asked, readings, strict=True) if read]
    described = objects.by_kind["Service"].get(asked[0].service)
    owner = _owner(kept, described, given)
    if not kept or not owner:
        return None
    draft = Draft(name, owner, _description(described), preset, kept[0][0].slo)
    _take(draft, kept, given)
    if described:
        described.used = described.named = True
    return draft


# the preset ----------------------------------------------------------------------------------------------------------


def _preset(asked: Sequence[Wanted], given: Given) -> tuple[str, list[Reading | None]]:
    """The preset that reads most SLOs of a service with fewest differences, and its readings."""
    names = [given.preset] if given.preset else sorted(given.presets)
    scores = {}
    for name in names:
        found = [reading.read(one, given.presets[name]) for one in asked]
        read = [one for one in found if one]
        noted = sum(one.preset == name for one in asked)
        differences = sum(len(one.differences) + bool(one.bucket) for one in read)
        scores[name] = ((len(read), noted, -differences, -sum(len(one.labels) for one in read)), found)
    best = max(scores, key=lambda name: scores[name][0])
    alike = [name for name in names if name != best and scores[name][0] == scores[best][0]]
    if alike and any(scores[best][1]):
        listed = ", ".join(f"`{name}`" for name in alike)
        message = f"the queries fit preset {listed} as well; `{best}` is taken"
        hint = f"`gitops-obs explain {best}` says what it is for; `--preset {alike[0]}` takes the other"
        asked[0].differs(message, hint)
    return best, scores[best][1]


def _unknown(one: Wanted, preset: str, given: Given) -> None:
    fields, path = one.queries
    metrics = ", ".join(dict.fromkeys(f"`{found.selector.name}`" for found in (*one.total, *one.part)))
    which = f"preset `{given.preset or preset}`" if given.preset or _reads_any(one, given) else "no preset"
    verb = "does not explain" if which != "no preset" else "explains"
    hint = "`gitops-obs list presets` shows what there is; a file in presets/ can describe your own metrics"
    message = f"{one.slo.title} cannot be read: {which} {verb} {metrics} with these labels"
    fields.say(Problem("OBS143", path, message, hint, key=True))


def _reads_any(one: Wanted, given: Given) -> bool:
    return any(reading.read(one, preset) for preset in given.presets.values())


# objectives ----------------------------------------------------------------------------------------------------------


def _take(draft: Draft, kept: list[tuple[Wanted, Reading]], given: Given) -> None:
    """One select for all, the one most SLOs have, and one objective of each kind and route."""
    selects = Counter(frozenset(read.select) for _, read in kept)
    chosen = max(selects, key=lambda select: selects[select])
    draft.select = next(read.select for _, read in kept if frozenset(read.select) == chosen)
    natives = Counter(read.native for _, read in kept if read.native is not None and frozenset(read.select) == chosen)
    draft.native = max(natives, key=lambda native: natives[native], default=None)
    for one, read in kept:
        if frozenset(read.select) != chosen:
            hint = "a service file has one `select`; write a file of its own for what is another service"
            why = f"its series are {reading.shown(read.select)}, those of the service {reading.shown(draft.select)}"
            left_out(one.slo, (), why, hint)
        elif read.native not in (None, draft.native):
            left_out(one.slo, (), "it reads another kind of histogram than the others", "take one kind for all")
        else:
            _objective(draft, one, read, given)


def _objective(draft: Draft, one: Wanted, read: Reading, given: Given) -> None:
    where = draft.routes.setdefault(read.route, Objectives()) if read.route else draft.slos
    of = f" of the route {shown(read.route)}" if read.route else ""
    if read.kind in where.found:
        why = f"`{draft.name}` has an objective of {read.kind}{of} already"
        left_out(one.slo, (), why, "a service file has one of a kind; keep the one that matters")
        return
    one.slo.used = one.queries[0].used = True
    text = units.percent(one.ratio)
    if read.bound is not None:
        text += f" < {units.short_duration(read.bound)}"
    where.found[read.kind] = (text, "" if one.window == given.window else one.window)
    draft.labels |= dict(read.labels)
    for difference in read.differences:
        one.differs(difference, f"`gitops-obs explain {draft.preset}` says what it counts; presets/ can hold your own")
    if read.bucket is not None:
        _own_bucket(draft, one, units.plain(read.bucket))


def _own_bucket(draft: Draft, one: Wanted, bound: str) -> None:
    if bound not in draft.buckets:
        draft.buckets.append(bound)
    message = f"{bound} is no bucket of preset `{draft.preset}`; `telemetry.buckets` lists those the queries name"
    one.differs(message, "list all buckets of the histogram there")


# names and people ----------------------------------------------------------------------------------------------------


def _name(fields: Fields, path: tuple[str, ...], text: str, what: str) -> str:
    """`text` as a name of ours, "" (and a finding) where it cannot be made one."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not _NAME.fullmatch(name):
        hint = "use small letters, digits and dashes, at most 36, such as `checkout-api`"
        fields.wrong(path, f"{shown(text)} cannot be the name of a {what}", hint)
        return ""
    if name != text:
        message = f"{what} {shown(text)} is called `{name}` here"
        hint = "names have small letters, digits and dashes"
        fields.say(Problem("OBS142", path, message, hint, severity=Severity.WARNING))
    return name


def _owner(kept: list[tuple[Wanted, Reading]], described: Fields | None, given: Given) -> str:
    """Who owns the service: what the person says, a label of the service or of its SLOs, or the project's only team."""
    found = [_label(fields) for fields in [*([described] if described else []), *(one.slo for one, _ in kept)]]
    if given.owner or not kept:
        return given.owner
    for path, fields, text in filter(None, found):
        return _name(fields, path, text, "owner")
    if len(given.owners) == 1:
        return given.owners[0]
    labels = ", ".join(f"`{label}`" for label in _OWNERS)
    slo = kept[0][0].slo
    slo.wrong(("metadata",), f"nothing says who owns {shown(kept[0][0].service)}",
              f"give --owner, or one of the labels {labels} to its Service or SLOs", key=True)  # fmt: skip
    return ""


def _label(fields: Fields) -> tuple[tuple[str, ...], Fields, str] | None:
    """The label that names an owner; the first of several values."""
    labels = fields.mapping("metadata", "labels") or {}
    key = next((label for label in _OWNERS if labels.get(label)), None)
    if key is None:
        return None
    path = ("metadata", "labels", key)
    value = labels[key]
    if isinstance(value, list):
        fields.entries(*path)
        return path, fields, fields.text(*path, 0)
    return path, fields, fields.text(*path)


def _description(described: Fields | None) -> str:
    if described is None:
        return ""
    text = described.text("spec", "description") or described.text("metadata", "displayName")
    return " ".join(text.split())[:500]


# what is left --------------------------------------------------------------------------------------------------------


def _say_what_is_left(objects: Objects) -> None:
    """OBS144 for every object nobody read, and for every field of the others that nobody read."""
    for found in objects.by_kind.values():
        for fields in found.values():
            left = fields.left() if fields.used else []
            if fields.kind in _UNUSED and not fields.named:
                fields.say(_info(("metadata", "name"), f"{fields.title} is left out", _UNUSED[fields.kind]))
            elif left:
                listed = ", ".join(f"`{dotted(path)}`" for path in left)
                hint = "a service file has no place for it; nothing to do if it is not missed"
                fields.say(_info(left[0], f"left out of {fields.title}: {listed}", hint))


def _info(path: Path, message: str, hint: str) -> Problem:
    return Problem("OBS144", path, message, hint, severity=Severity.INFO, key=True)
