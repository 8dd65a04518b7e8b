"""YAML text → the OpenSLO objects in it: several documents in a file, or a list of objects in one.

Every value that is read is marked, so that what is left over at the end can be said (OBS144).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gitops_obs import source
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.spec import Problem, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.source import Document, Path

VERSION = "openslo/v1"
KINDS = ("AlertCondition", "AlertNotificationTarget", "AlertPolicy", "DataSource", "SLI", "SLO", "Service")

_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_NO_CONTENT = re.compile(r"\s*(?:(?:---|\.\.\.)?\s*(?:#.*)?|%.*)")
_MOST = 1000  # documents in a file
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,30})?", re.ASCII)
_OWN_HINTS = {
    "OBS002": "save the file as UTF-8 text without control characters",
    "OBS003": "give its documents in several files",
    "OBS005": "give files with documents that begin `apiVersion: openslo/v1`",
    "OBS008": "write the value out where the alias stands",
    "OBS010": "no field of OpenSLO is nested that deep",
}
_TYPES: dict[str, type] = {"text": str, "a list": list, "a mapping": dict, "true or false": bool}


@dataclass
class Fields:
    """One object of a file, field by field: what is read is marked as read, what is wrong becomes a finding.

    `root` is the object's path in its document, empty unless the document is a list. `named` says that another object
    refers to it, `used` that something of it stands in a service file.
    """

    document: Document
    root: Path
    data: dict[str, Any]
    findings: list[Diagnostic] = field(default_factory=list)
    named: bool = False
    used: bool = False
    _read: set[Path] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """Its kind, `SLO` for instance."""
        return str(self.data.get("kind"))

    @property
    def name(self) -> str:
        """Its name, "" where it has none."""
        metadata = self.data.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return name if isinstance(name, str) else ""

    @property
    def title(self) -> str:
        """`SLO checkout-availability`, for messages."""
        return f"{self.kind} {shown(self.name)}"

    def say(self, problem: Problem) -> None:
        """Keep a finding; its path is relative to the object."""
        path = (*self.root, *problem.path)
        self.findings.append(replace(problem, path=path).at(self.document))

    def wrong(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """Keep a finding OBS140: the object does not hold to the specification."""
        self.say(Problem("OBS140", path, message, hint or "the specification: github.com/OpenSLO/OpenSLO", key=key))

    def has(self, *path: str | int) -> bool:
        """Whether there is a value at `path`; null is none."""
        return self._at(path) is not None

    def text(self, *path: str | int, needed: bool = False) -> str:
        """The text at `path`, "" where there is none."""
        found = self._get(path, "text", needed=needed)
        return found if isinstance(found, str) else ""

    def flag(self, *path: str | int) -> bool | None:
        """True, false or None where nothing is said."""
        found = self._get(path, "true or false", needed=False)
        return found if isinstance(found, bool) else None

    def entries(self, *path: str | int, needed: bool = False) -> range:
        """Indices of the list at `path`."""
        found = self._get(path, "a list", needed=needed)
        return range(len(found)) if isinstance(found, list) else range(0)

    def mapping(self, *path: str | int, needed: bool = False) -> dict[str, Any] | None:
        """The mapping at `path`, whose keys stay to be read; None where there is none."""
        found = self._get(path, "a mapping", needed=needed)
        return found if isinstance(found, dict) else None

    def number(self, *path: str | int) -> Decimal | None:
        """The number at `path` as written, exact; numbers in quotes are taken for numbers."""
        found = self._seen(path)
        if found is None:
            return None
        text = "" if isinstance(found, bool) else format(Decimal(str(found)), "f") if _is_number(found) else found
        if isinstance(text, str) and _NUMBER.fullmatch(text.strip()):
            return Decimal(text.strip())
        self.wrong(path, f"`{dotted(path)}` must be a number", "write one such as 0.999")
        return None

    def ignore(self, *path: str | int) -> None:
        """Mark what needs no word: nothing is lost with it."""
        found = self._seen(path)
        for key in found if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ():
            self.ignore(*path, key)

    def left(self) -> list[Path]:
        """Paths of what nobody read, the uppermost of each."""
        return list(_unread(self.data, (), self._read))

    def _get(self, path: Path, kind: str, *, needed: bool) -> Any:
        found = self._seen(path)
        if found is None and needed:
            parent = path[:-1]
            while parent and self._at(parent) is None:
                parent = parent[:-1]
            self.wrong(parent, f"`{dotted(path)}` is missing", key=True)
        elif found is not None and not isinstance(found, _TYPES[kind]):
            self.wrong(path, f"`{dotted(path)}` must be {kind}", f"it is {shown(found)}")
        return found

    def _seen(self, path: Path) -> Any:
        self._read.update(path[: n + 1] for n in range(len(path)))
        return self._at(path)

    def _at(self, path: Path) -> Any:
        found: Any = self.data
        for step in path:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found


@dataclass
class Objects:
    """All objects of all files, by kind and name; names are unique within a kind."""

    by_kind: dict[str, dict[str, Fields]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    findings: list[Diagnostic] = field(default_factory=list)

    def of(self, kind: str) -> list[Fields]:
        """The objects of a kind, in order."""
        return list(self.by_kind[kind].values())


def read(files: Iterable[tuple[str, bytes]]) -> Objects:
    """The objects in `files` (name and content); what is none is a finding (OBS002 to OBS010, OBS140)."""
    found = Objects()
    for file, data in files:
        text, findings = source.decode(file, data)
        found.findings += [_ours(finding) for finding in findings]
        if not findings:
            _documents(file, text, found)
    return found


def _documents(file: str, text: str, found: Objects) -> None:
    starts = [0, *(match.start() for match in _START.finditer(text)), len(text)]
    parts = [(start, text[start:end]) for start, end in pairwise(starts)]
    parts = [(start, part) for start, part in parts if not all(map(_NO_CONTENT.fullmatch, part.splitlines()))]
    if not parts:
        found.findings.append(_ours(source.read(file, "#")[1][0]))
    if len(parts) > _MOST:
        message = f"more than {_MOST} documents in one file"
        found.findings.append(Diagnostic("OBS003", message, Span(file), hint=_OWN_HINTS["OBS003"]))
        return
    for start, part in parts:
        # lines above a document are kept empty, so that its places are those of the file
        document, findings = source.read(file, "\n" * text.count("\n", 0, start) + part)
        # an object's text is what stands there; which of it are numbers is known by field
        findings = [_ours(finding) for finding in findings if finding.code != "OBS011"]
        found.findings += findings
        if not any(finding.severity is Severity.ERROR for finding in findings):
            _objects(document, found)


def _objects(document: Document, found: Objects) -> None:
    value = document.value
    items = [((n,), item) for n, item in enumerate(value)] if isinstance(value, list) else [((), value)]
    for root, item in items:
        if not isinstance(item, dict):
            problem = Problem("OBS140", root, f"{shown(item)} is no OpenSLO object", "begin with `apiVersion:`")
            found.findings.append(problem.at(document))
            continue
        fields = Fields(document, root, item)
        if _is_object(fields):
            known = found.by_kind[fields.kind]
            if fields.name in known:
                fields.wrong(("metadata", "name"), f"{fields.title} is there twice", "delete or rename one of the two")
            else:
                known[fields.name] = fields
        found.findings += fields.findings
        fields.findings = found.findings


def _is_object(fields: Fields) -> bool:
    """Whether the object is one of this version, with a kind, a name and a spec."""
    version, kind = fields.text("apiVersion", needed=True), fields.text("kind", needed=True)
    if version and version != VERSION:
        hint = f"write it as {VERSION}: github.com/OpenSLO/OpenSLO"
        if version == "openslo/v1alpha":
            hint = (
                f"move `ratioMetrics` to `indicator.spec.ratioMetric`, and `timeWindows` to `timeWindow` of {VERSION}"
            )
        fields.wrong(("apiVersion",), f"{shown(version)} is not read, only `{VERSION}` is", hint)
        return False
    if kind and kind not in KINDS:
        fields.wrong(("kind",), f"no kind {shown(kind)} in OpenSLO", nearest(kind, KINDS))
        return False
    if version and kind:
        fields.mapping("metadata", needed=True)
        if fields.has("metadata"):
            fields.text("metadata", "name", needed=True)
        fields.mapping("spec", needed=True)
    return not fields.findings


def _ours(finding: Diagnostic) -> Diagnostic:
    """A finding of reading YAML, with the advice that fits here."""
    return replace(finding, hint=_OWN_HINTS.get(finding.code, finding.hint))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unread(value: Any, path: Path, read: set[Path]) -> Iterator[Path]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        place = (*path, key)
        if place not in read:
            yield place
        else:
            yield from _unread(inner, place, read)


def dotted(path: Path) -> str:
    """A path as people write it: `spec.objectives[0].target`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
