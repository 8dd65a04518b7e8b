"""A table for a job summary or a pull request comment. Text from files shows as itself and is never markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs.errors import Severity
from gitops_obs.formats._report import KIND_WORDS, Group, Report, counted, file_totals, grouped, totals, touched
from gitops_obs.formats._visible import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEVERITIES = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.INFO: "ℹ️ info"}  # noqa: RUF001
# GitHub takes 65,536 characters in a comment
_LIMIT = 60_000
_CELL = 500
_CODE = re.compile(r"`([^`]+)`")
# A numeric entity never has a structural meaning in CommonMark, so these alone end tables, HTML, links and emphasis.
_MARKUP = re.compile(r"[#$&*:<>@\[\\\]_`{|}~]|(?<=www)\.", re.IGNORECASE)
# GitHub looks for mentions, references and addresses after rendering, when entities are plain again; a zero-width
# space inside them is what is left.
_LINKED = re.compile(r"[@#](?=\w)|:(?=//)|\bwww(?=\.)|\bGH(?=-\d)", re.IGNORECASE)
_GAP = "\u200b"
_AT = "&#64;"
_LINE_ENDS = re.compile(r"\r\n|[\r\n]")


def render(report: Report) -> str:
    """Write a heading, the totals, a table of problems and a folded list of changed files, cut to a comment's size."""
    parts = [f"### gitops-obs {_text(report.command)}", f"**{totals(report)}**"]
    if files := file_totals(report):
        parts.append(files)
    groups = grouped(report)
    room = _LIMIT
    if groups:
        rows = _within(room, [_row(group) for group in groups], "finding")
        parts.append("\n".join(["| | Where | Problem | What to do |", "|---|---|---|---|", *rows]))
        room -= sum(map(len, rows))
    if changes := [f"- {KIND_WORDS[c.kind]} {_code(c.path)}" for c in touched(report)]:
        listed = "\n".join(_within(room, changes, "file"))
        parts.append(f"<details><summary>Changed files</summary>\n\n{listed}\n\n</details>")
    return "\n\n".join(parts) + "\n"


def _row(group: Group) -> str:
    finding = group.first
    where = " ".join(filter(None, [_code(str(finding.span)) if finding.span.file else "", _text(group.more)]))
    label = f"<br>{_text(finding.label)}" if finding.label else ""
    problem = f"{_code(finding.code)} {_text(finding.message)}{label}"
    return f"| {_SEVERITIES[finding.severity]} | {where} | {problem} | {_text(finding.hint)} |"


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


def _text(text: str) -> str:
    """`text` as one table cell: names between backticks as code, line ends as breaks, all else as it is."""
    short = text if len(text) <= _CELL else text[:_CELL] + "…"
    return "<br>".join(_line(line) for line in _LINE_ENDS.split(short))


def _line(line: str) -> str:
    # split() with one group alternates: text, code, text, code, …
    parts = _CODE.split(printable(line))
    return "".join(_code(part) if n % 2 else _escaped(_LINKED.sub(_parted, part)) for n, part in enumerate(parts))


def _parted(match: re.Match[str]) -> str:
    return match.group() + _GAP


def _code(text: str) -> str:
    """`text` as code. Written in HTML because a code span can hold neither a pipe in a table nor a backtick."""
    # the comment keeps `a@b.yaml` from being taken for an e-mail address, and unlike a space leaves it fit to copy
    return f"<code>{_escaped(printable(text)).replace(_AT, f'<!-- -->{_AT}')}</code>"


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda match: f"&#{ord(match.group())};", text)
