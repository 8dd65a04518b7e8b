"""Rule files that were not made here: plain groups, `PrometheusRule` manifests, and mimirtool's with `namespace:`.

What Prometheus would refuse when it reads the file (unknown keys, wrong types, two groups of one name) is found here,
at its place; what the rules say is left to `checks/rules/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitops_obs import source
from gitops_obs.spec import Problem, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitops_obs.errors import Diagnostic
    from gitops_obs.source import Document, Path

OPERATOR = "monitoring.coreos.com/v1"

NEITHER = "give a rule file (`groups:`), a PrometheusRule, or the JSON of a dashboard"

_MARKER = re.compile(r"^(?:---(?=\s|$)|\.\.\.(?=\s|$)).*$", re.MULTILINE)
_DURATION = re.compile(r"(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?|0")
_UNITS = {"y": 31536000000, "w": 604800000, "d": 86400000, "h": 3600000, "m": 60000, "s": 1000, "ms": 1}
_TEXT, _NUMBER = (str, int, float, bool, type(None)), (int, type(None))
_FILE = {"groups": list, "namespace": str}
_GROUP = {
    "name": str, "interval": "duration", "query_offset": "duration", "limit": int, "labels": dict, "rules": list,
    "partial_response_strategy": str, "source_tenants": list, "evaluation_delay": "duration",
    "align_evaluation_time_on_interval": bool,
}  # fmt: skip
_RECORDING = {"record": str, "expr": "expr", "labels": dict}
_ALERT = {
    "alert": str, "expr": "expr", "for": "duration", "keep_firing_for": "duration", "labels": dict, "annotations": dict,
}  # fmt: skip
_WORDS = {list: "a list", dict: "a mapping", str: "text", int: "a whole number", bool: "true or false",
          "duration": "a duration such as 5m", "expr": "an expression"}  # fmt: skip
_TRY_DURATION = "write a number and its unit, such as 30s, 5m, 1h30m or 7d"


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule as Prometheus reads it. `path` is where it stands in `document`, None where it was built, not read."""

    data: Mapping[str, Any]
    group: Group
    path: Path = ()
    document: Document | None = None

    @cached_property
    def is_alert(self) -> bool:
        """Whether it alerts; else it records."""
        return "alert" in self.data

    @cached_property
    def name(self) -> str:
        """The alert's name, or that of the recorded series."""
        return str(self.data.get("alert", self.data.get("record", "")))

    @cached_property
    def expr(self) -> str:
        """The expression."""
        return str(self.data.get("expr", ""))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels that the rule sets."""
        return {key: _written(value) for key, value in (self.data.get("labels") or {}).items()}

    @cached_property
    def annotations(self) -> dict[str, str]:
        """Texts of an alert."""
        return {key: _written(value) for key, value in (self.data.get("annotations") or {}).items()}

    def seconds(self, key: str) -> float | None:
        """The duration at `key` in seconds, None where there is none."""
        return seconds(str(self.data[key])) if key in self.data else None


@dataclass(frozen=True, eq=False)
class Group:
    """A rule group; `interval` is text such as `1m`, "" where the group leaves it to Prometheus."""

    name: str
    interval: str = ""
    path: Path = ()
    document: Document | None = None

    @property
    def file(self) -> str:
        """The file it stands in, "" where it was built."""
        return self.document.file if self.document else ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: its rules, its groups (those without rules as well), and what Prometheus would refuse."""

    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    findings: tuple[Diagnostic, ...]


def seconds(duration: str) -> float:
    """Seconds in a Prometheus duration such as `1h30m` (prometheus/common/model/time.go). Raises ValueError."""
    if not duration or not _DURATION.fullmatch(duration):
        raise ValueError(f"`{duration}` is not a duration")
    parts = re.findall(r"(\d+)(ms|[ywdhms])", duration)
    return sum(int(number) * _UNITS[unit] for number, unit in parts) / 1000


def is_rules(value: Any) -> bool:
    """Whether a YAML document looks like rules."""
    return isinstance(value, dict) and ("groups" in value or value.get("kind") == "PrometheusRule")


def read(file: str, text: str) -> Read:
    """Read the rule file `text`; findings of reading (OBS004 to OBS011) and of its form (OBS101 to OBS107)."""
    documents = list(_documents(text))
    found: list[Rule] = []
    groups: list[Group] = []
    findings: list[Diagnostic] = []
    values = []
    for part in documents:
        document, said = source.read(file, part)
        findings += [replace(finding, hint=hint(finding)) for finding in said]
        if not said:
            values.append(document)
    if len(values) > 1 and not all(_is_manifest(document.value) for document in values):
        problem = Problem("OBS006", (), "a second document starts here", "Prometheus reads the first one only")
        return Read((), (), (*findings, problem.at(values[1])))
    for document in values:
        problems: list[Problem] = []
        rules, some = _document(document, problems)
        found, groups = [*found, *rules], [*groups, *some]
        findings += [problem.at(document) for problem in problems[: source.MOST]]
    return Read(tuple(found), tuple(groups), tuple(findings))


def of_groups(groups: Sequence[Mapping[str, Any]], document: Document | None = None, at: Path = ()) -> Iterator[Rule]:
    """The rules of groups as Prometheus reads them, which must be sound."""
    for n, data in enumerate(groups):
        group = Group(data["name"], str(data.get("interval", "")), (*at, n), document)
        for m, rule in enumerate(data.get("rules") or ()):
            yield Rule(rule, group, (*group.path, "rules", m), document)


def hint(finding: Diagnostic) -> str:
    """Advice for a rule file where `source` speaks of service files."""
    own = {
        "OBS003": "split it into several files",
        "OBS005": "write `groups:` with rules, or delete the file",
        "OBS008": "write the value out; Prometheus before 3.3 does not read all anchors",
        "OBS010": "no key of a rule file is nested that deep",
    }
    return own.get(finding.code, finding.hint)


def _documents(text: str) -> Iterator[str]:
    """Each YAML document of `text` with empty lines for the others, so that lines keep their numbers."""
    start = 0
    for marker in _MARKER.finditer(text):
        if text[start : marker.start()].strip():
            yield "\n" * text.count("\n", 0, start) + text[start : marker.start()]
        start = marker.start() if marker[0].startswith("--- ") else marker.end()
    if text[start:].strip() or not start:
        yield "\n" * text.count("\n", 0, start) + text[start:]


def _is_manifest(value: Any) -> bool:
    return isinstance(value, dict) and "kind" in value


def _document(document: Document, problems: list[Problem]) -> tuple[list[Rule], list[Group]]:
    value, at = _spec(document.value, problems)
    if value is None:
        return [], []
    if not isinstance(value, dict) or not get_close_matches("groups", value):
        problems.append(Problem("OBS019", at, "neither rules nor a dashboard", NEITHER))
        return [], []
    if not _holds(value, _FILE, (), at, problems):
        return [], []
    sound: list[Rule] = []
    groups: list[Group] = []
    names: set[str] = set()
    for n, data in enumerate(value.get("groups") or ()):
        path = (*at, "groups", n)
        _holds(data, _GROUP, ("name",), path, problems)
        if not isinstance(data, dict) or not isinstance(data.get("rules") or [], list):
            continue
        name, interval = _written(data.get("name")), _written(data.get("interval"))
        groups.append(Group(name, interval if _DURATION.fullmatch(interval) else "", path, document))
        sound += _rules(data, groups[-1], document, problems)
        if name in names:
            hint = "rename one of the two, or put their rules together"
            message = f"group {shown(name)} stands in this file twice"
            problems.append(Problem("OBS104", (*path, "name"), message, hint))
        names.add(name)
    return sound, groups


def _spec(value: Any, problems: list[Problem]) -> tuple[Any, Path]:
    """What holds the groups, and where it stands; None for a manifest of another kind."""
    if not _is_manifest(value):
        return value, ()
    if value["kind"] != "PrometheusRule":
        return None, ()
    if value.get("apiVersion") != OPERATOR:
        hint = f"write `apiVersion: {OPERATOR}`"
        problems.append(Problem("OBS104", ("apiVersion",), "the Prometheus Operator knows no such version", hint))
    return value.get("spec") or {}, ("spec",)


def _rules(data: Mapping[str, Any], group: Group, document: Document, problems: list[Problem]) -> Iterator[Rule]:
    for n, rule in enumerate(data.get("rules") or ()):
        path = (*group.path, "rules", n)
        if isinstance(rule, dict) and "alert" in rule and "record" in rule:
            message, hint = "a rule either alerts or records", "make two rules of it"
            problems.append(Problem("OBS104", (*path, "record"), message, hint, key=True))
        elif isinstance(rule, dict) and "alert" not in rule and "record" not in rule:
            message, hint = "a rule needs `alert` or `record`", "name the alert, or the series to record"
            problems.append(Problem("OBS102", path, message, hint))
        elif _holds(rule, _ALERT if "alert" in (rule or ()) else _RECORDING, ("expr",), path, problems):
            yield Rule(rule, group, path, document)


def _holds(value: Any, known: Mapping[str, Any], needed: tuple[str, ...], path: Path, problems: list[Problem]) -> bool:
    """Whether `value` is a mapping with no other keys than `known`, each of its type."""
    before = len(problems)
    if not isinstance(value, dict):
        message = f"{_dotted(path)} must be a mapping"
        problems.append(Problem("OBS103", path, message, f"with {', '.join(f'`{key}`' for key in needed)} in it"))
        return False
    missing = (key for key in needed if value.get(key) is None)
    hint = "Prometheus refuses the file without"
    problems += [Problem("OBS102", path, f"key `{key}` is missing", hint) for key in missing]
    for key, inner in value.items():
        if key not in known:
            message, label = f"unknown key {shown(key)}", f"not a field of {_dotted(path)}"
            problems.append(Problem("OBS101", (*path, key), message, nearest(key, known), label, key=True))
        elif inner is not None:
            problems += _typed(known[key], key, inner, (*path, key))
    return len(problems) == before


def _typed(wanted: Any, key: str, value: Any, path: Path) -> Iterator[Problem]:
    if wanted == "duration":
        if not isinstance(value, (str, int)) or isinstance(value, bool) or not _DURATION.fullmatch(str(value)):
            yield Problem("OBS104", path, f"{shown(value)} is not a duration", _TRY_DURATION)
        return
    fitting = _TEXT if wanted in ("expr", str) else wanted
    if not isinstance(value, fitting):
        yield Problem("OBS103", path, f"`{key}` must be {_WORDS[wanted]}", "write it as in Prometheus' documentation")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(inner, _TEXT):
                yield Problem("OBS103", (*path, name), f"`{key}.{name}` must be text", "quote it")


def _dotted(path: Path) -> str:
    if not path:
        return "the file"
    names = {"groups": "a group", "rules": "a rule"}
    return names.get(str(path[-2]), f"`{path[-1]}`") if isinstance(path[-1], int) else f"`{path[-1]}`"


def _written(value: Any) -> str:
    """A scalar as YAML has it: labels and texts may be numbers and switches there."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
