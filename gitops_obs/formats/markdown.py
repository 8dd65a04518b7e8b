"""A table for a job summary or a pull request comment. Text from files shows as itself and is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.errors import Severity
from gitops_obs.formats._markup import LIMIT, code, text
from gitops_obs.formats._report import KIND_WORDS, Group, Report, counted, file_totals, grouped, totals, touched

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEVERITIES = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.INFO: "ℹ️ info"}  # noqa: RUF001


def render(report: Report) -> str:
    """Write a heading, the totals, a table of problems and a folded list of changed files, cut to a comment's size."""
    parts = [f"### gitops-obs {text(report.command)}", f"**{totals(report)}**"]
    if files := file_totals(report):
        parts.append(files)
    groups = grouped(report)
    room = LIMIT
    if groups:
        rows = _within(room, [_row(group) for group in groups], "finding")
        parts.append("\n".join(["| | Where | Problem | What to do |", "|---|---|---|---|", *rows]))
        room -= sum(map(len, rows))
    if changes := [f"- {KIND_WORDS[c.kind]} {code(c.path)}" for c in touched(report)]:
        listed = "\n".join(_within(room, changes, "file"))
        parts.append(f"<details><summary>Changed files</summary>\n\n{listed}\n\n</details>")
    return "\n\n".join(parts) + "\n"


def _row(group: Group) -> str:
    finding = group.first
    where = " ".join(filter(None, [code(str(finding.span)) if finding.span.file else "", text(group.more)]))
    label = f"<br>{text(finding.label)}" if finding.label else ""
    problem = f"{code(finding.code)} {text(finding.message)}{label}"
    return f"| {_SEVERITIES[finding.severity]} | {where} | {problem} | {text(finding.hint)} |"


def _within(room: int, lines: Iterable[str], noun: str) -> list[str]:
    """As many of `lines` as fit, then how many are missing."""
    all_lines = list(lines)
    kept: list[str] = []
    for line in all_lines:
        room -= len(line) + 1
        if room < 0:
            left = counted(len(all_lines) - len(kept), f"more {noun}")
            kept.append(f"| … | | {left} | |" if noun == "finding" else f"- … {left}")
            break
        kept.append(line)
    return kept
