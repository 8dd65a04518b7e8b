"""SARIF 2.1.0 for code scanning: results at their places, rules with the help of their pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gitops_obs import findings
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.formats._report import explained, ordered

if TYPE_CHECKING:
    from gitops_obs.formats._report import Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# GitHub refuses a result without a location, so what concerns no file is put on the folder of service files
_NOWHERE = "services"


def render(report: Report) -> str:
    """Write one run with the rules that were broken and every finding as a result."""
    found = ordered(report)
    codes = sorted({finding.code for finding in found})
    run = {
        "tool": {"driver": {"name": "gitops-obs", "rules": [_rule(code, found) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code)) for finding in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, found: list[Diagnostic]) -> dict[str, Any]:
    try:
        page = findings.page(code)
    except KeyError:  # a plug-in's code has no page here
        worst = max(finding.severity for finding in found if finding.code == code)
        return {"id": code, "defaultConfiguration": {"level": _LEVELS[worst]}}
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in page.slug.split("-")),
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.lead},
        "help": {"text": page.body, "markdown": page.body},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }


def _result(finding: Diagnostic, rule: int) -> dict[str, Any]:
    uri = quote(finding.span.file or _NOWHERE, safe="/")
    place = {"artifactLocation": {"uri": uri}, "region": _region(finding.span)}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _plain(explained(finding))},
        "locations": [{"physicalLocation": place}],
    }


def _region(span: Span) -> dict[str, int]:
    """Lines and columns from 1, the end exclusive, as spans have them; a whole file is shown at its first line."""
    if not span.line:
        return {"startLine": 1}
    region = {"startLine": span.line, "startColumn": max(span.column, 1)}
    if (span.end_line, span.end_column) > (span.line, span.column):
        region |= {"endLine": span.end_line, "endColumn": max(span.end_column, 1)}
    return region


def _plain(text: str) -> str:
    # `[text](target)` is a link even in plain SARIF messages (§3.11.6); a blank takes that meaning away
    return text.replace("](", "] (")
