"""What every format is given, and the order, grouping and totals on which all of them agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs.change import KINDS, Change
from gitops_obs.errors import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

KIND_WORDS = {"create": "new", "update": "changed", "delete": "removed", "unchanged": "unchanged"}
_SEVERITY_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PLACES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one command.

    `checked` counts services, or what `noun` says; `source` gives a file's text for excerpts (None where it cannot be
    read), `width` is that of the terminal in cells. `show_duplicates` prints a problem for each service that has it.
    """

    diagnostics: tuple[Diagnostic, ...]
    checked: int
    command: str
    source: Callable[[str], str | None]
    color: bool = False
    changes: tuple[Change, ...] = ()
    width: int = 100
    show_duplicates: bool = False
    noun: str = "service"


@dataclass(frozen=True, slots=True)
class Group:
    """One problem: the finding to print, and the same problem in other files."""

    first: Diagnostic
    others: tuple[Diagnostic, ...] = ()

    @property
    def more(self) -> str:
        """`(and 4 more: a.yaml:1:1, b.yaml:1:1, c.yaml:1:1, …)`, empty when there are no others."""
        if not self.others:
            return ""
        places = [str(other.span) for other in self.others[:_PLACES_SHOWN]]
        if len(self.others) > _PLACES_SHOWN:
            places.append("…")
        return f"(and {len(self.others)} more: {', '.join(places)})"


def ordered(report: Report) -> list[Diagnostic]:
    """Sort the findings by place; every field takes part, so two runs over the same files print the same."""
    return sorted(
        report.diagnostics,
        key=lambda d: (d.sort_key(), d.span.end_line, d.span.end_column, -d.severity, d.label, d.hint),
    )


def grouped(report: Report) -> list[Group]:
    """Group findings, in order: the same problem in several files is one group unless duplicates are asked for.

    Two equal findings in one file stay two: each needs its own edit.
    """
    findings = ordered(report)
    if report.show_duplicates:
        return [Group(finding) for finding in findings]
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for finding in findings:
        problem = (finding.code, finding.severity, finding.message, finding.label, finding.hint)
        times[finding.span.file, problem] += 1
        groups.setdefault((problem, times[finding.span.file, problem]), []).append(finding)
    return [Group(first, tuple(others)) for first, *others in groups.values()]


def totals(report: Report) -> str:
    """Say the last line: `Found 1 error, 2 warnings in 12 services.`, or that there is nothing to say."""
    services = counted(report.checked, report.noun)
    if not report.diagnostics:
        return f"No problems found in {services}."
    counts = Counter(d.severity for d in report.diagnostics)
    parts = [
        counted(counts[severity], word)
        for severity, word in _SEVERITY_WORDS.items()
        if counts[severity] or severity is not Severity.INFO
    ]
    return f"Found {', '.join(parts)} in {services}."


def file_totals(report: Report) -> str:
    """`Files: 1 new, 2 changed, 18 unchanged.`, empty when the command built nothing."""
    counts = Counter(change.kind for change in report.changes)
    parts = [f"{counts[kind]} {KIND_WORDS[kind]}" for kind in KINDS if counts[kind]]
    return f"Files: {', '.join(parts)}." if parts else ""


def touched(report: Report) -> list[Change]:
    """List the changes that do change something, by path."""
    return sorted(
        (c for c in report.changes if c.kind != "unchanged"),
        key=lambda change: (change.path, KINDS.index(change.kind), change.service),
    )


def explained(finding: Diagnostic) -> str:
    """Message, label and hint as lines of plain text, for formats that have one field for all three."""
    lines = [finding.message]
    if finding.label:
        lines.append(f"note: {finding.label}")
    if finding.hint:
        lines.append(f"help: {finding.hint}")
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
