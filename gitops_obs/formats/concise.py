"""One line for each finding, `file:line:column: CODE message`, as editors and CI logs make it clickable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.formats._report import Report, file_totals, ordered, totals, touched
from gitops_obs.formats._visible import SYMBOLS, printable

if TYPE_CHECKING:
    from collections.abc import Iterator


def render(report: Report) -> str:
    """List findings, then changed files, then totals, each on a line of its own."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    for finding in ordered(report):
        yield _line(finding)
    for change in touched(report):
        yield f"{SYMBOLS[change.kind]} {printable(change.path)}"
    if files := file_totals(report):
        yield files
    yield totals(report)


def _line(finding: Diagnostic) -> str:
    place = f"{printable(str(finding.span))}: " if finding.span.file else ""
    severity = "" if finding.severity is Severity.ERROR else f" ({finding.severity.word})"
    return f"{place}{finding.code} {printable(finding.message)}{severity}"
