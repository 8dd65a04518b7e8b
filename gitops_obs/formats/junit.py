"""JUnit XML for CI systems that show test results: an error fails its case, a warning or a note skips it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.formats._report import explained, ordered, totals

if TYPE_CHECKING:
    from gitops_obs.formats._report import Report

# XML 1.0 has no way to write these, not even escaped; DEL and the C1 controls are legal and of no use
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """Write one suite; a case for each finding, or a single passed case when there is none."""
    found = ordered(report)
    failures = sum(finding.severity is Severity.ERROR for finding in found)
    counts = {"tests": str(max(len(found), 1)), "failures": str(failures), "errors": "0"}
    root = ET.Element("testsuites", {"name": "gitops-obs"} | counts)
    name = _legal(f"gitops-obs {report.command}")
    suite = ET.SubElement(root, "testsuite", {"name": name} | counts | {"skipped": str(len(found) - failures)})
    for finding in found:
        _case(suite, finding)
    if not found:
        ET.SubElement(suite, "testcase", name=totals(report), classname="gitops-obs")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, finding: Diagnostic) -> None:
    span = finding.span
    name = f"{finding.code} {span}" if span.file else finding.code
    case = ET.SubElement(suite, "testcase", name=_legal(name), classname=_legal(span.file or "gitops-obs"))
    if span.file:
        case.set("file", _legal(span.file))
    if span.line:
        case.set("line", str(span.line))
    tag = "failure" if finding.severity is Severity.ERROR else "skipped"
    outcome = ET.SubElement(case, tag, type=finding.code, message=_legal(finding.message))
    outcome.text = _legal(f"{span}: {explained(finding)}" if span.file else explained(finding))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
