"""For programs: everything there is, versioned; `gitops_obs/schema/diagnostics.schema.json` describes it.

Fields may be added within a schema version; none changes its meaning or goes away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitops_obs.change import KINDS, Change
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.formats._report import ordered

if TYPE_CHECKING:
    from gitops_obs.formats._report import Report

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Write the report as one JSON object in ASCII, so that no byte of it can act on a terminal."""
    document = {
        "type": "gitops-obs.diagnostics",
        "schema_version": SCHEMA_VERSION,
        "command": report.command,
        "checked": report.checked,
        "summary": _summary(report),
        "diagnostics": [_diagnostic(finding) for finding in ordered(report)],
        "changes": [_change(change) for change in sorted(report.changes, key=_place)],
    }
    return json.dumps(document, indent=2) + "\n"


def _summary(report: Report) -> dict[str, int]:
    severities = {s.word: sum(d.severity is s for d in report.diagnostics) for s in sorted(Severity, reverse=True)}
    return severities | {kind: sum(c.kind == kind for c in report.changes) for kind in KINDS}


def _diagnostic(finding: Diagnostic) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        "message": finding.message,
        "label": finding.label,
        "hint": finding.hint,
        "file": finding.span.file or None,
        "range": _range(finding.span),
    }


def _range(span: Span) -> dict[str, int] | None:
    if not span.line:
        return None
    start = (span.line, max(span.column, 1))
    end = max(start, (span.end_line, max(span.end_column, 1)))
    return {"line": start[0], "column": start[1], "end_line": end[0], "end_column": end[1]}


def _change(change: Change) -> dict[str, str]:
    return {"kind": change.kind, "path": change.path, "service": change.service}


def _place(change: Change) -> tuple[str, str, str]:
    return (change.path, change.kind, change.service)
