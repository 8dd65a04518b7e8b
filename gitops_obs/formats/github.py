"""Workflow commands with which GitHub Actions annotates the changed lines of a pull request.

Escaping: `%`, CR and LF everywhere, `:` and `,` in properties as well (actions/toolkit, `command.ts`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.formats._report import explained, ordered, totals
from gitops_obs.formats._visible import printable

if TYPE_CHECKING:
    from gitops_obs.formats._report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_LINE = re.compile(r"[^\r\n]+")


def render(report: Report) -> str:
    """One command for each finding, then the totals as a plain line of the log."""
    return "\n".join([*map(_command, ordered(report)), totals(report)]) + "\n"


def _command(finding: Diagnostic) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(finding).items())
    place = f"{finding.span}: " if finding.span.file else ""
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(f'{place}{finding.code} {explained(finding)}')}"


def _properties(finding: Diagnostic) -> dict[str, str]:
    span = finding.span
    found = {"title": f"gitops-obs ({finding.code})"}
    if not span.file:
        return found
    found["file"] = span.file
    if span.line:
        found |= {"line": str(span.line), "col": str(span.column)}
    # an annotation that ends on a later line loses its column, and one that ends with the file is not shown
    if span.line and span.end_line == span.line and span.end_column > span.column:
        found |= {"endLine": str(span.end_line), "endColumn": str(span.end_column)}
    return found


def _data(text: str) -> str:
    # line ends have their own escapes, every other control character is shown
    shown = _LINE.sub(lambda line: printable(line.group()), text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
