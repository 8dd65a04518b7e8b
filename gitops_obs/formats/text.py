"""For people: each problem with the line it stands on, what is wrong there and what to do next."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gitops_obs import checks, findings
from gitops_obs.errors import Severity
from gitops_obs.formats._excerpt import excerpt, lines_of
from gitops_obs.formats._report import Group, Report, file_totals, grouped, totals, touched
from gitops_obs.formats._visible import SYMBOLS, printable

if TYPE_CHECKING:
    from collections.abc import Callable

_BOLD, _FRAME = "1", "1;34"
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_KIND_COLORS = {"create": "32", "update": "33", "delete": "31"}
_SUCCESS = "1;32"
_LEAST_ROOM = 20


def render(report: Report) -> str:
    """Print findings with excerpts, changed files, and the totals as last line."""
    lines = _reader(report)
    blocks = ["\n".join(_block(group, report, lines)) for group in grouped(report)]
    if report.changes:
        blocks.append("\n".join([*_changes(report), file_totals(report)]))
    above = "\n\n".join(blocks) + "\n" if blocks else ""
    return f"{above}{_last_line(report)}\n"


def _reader(report: Report) -> Callable[[str], list[str]]:
    @cache
    def lines(file: str) -> list[str]:
        text = report.source(file)
        return [] if text is None else lines_of(text)

    return lines


def _block(group: Group, report: Report, lines: Callable[[str], list[str]]) -> list[str]:
    finding = group.first
    color = _COLORS[finding.severity]
    pad = " " * (len(str(finding.span.line or 1)) + 1)
    head = _paint(f"{finding.severity.word}[{finding.code}]", color, report)
    out = [head + _paint(f": {printable(finding.message)}", _BOLD, report)]
    if finding.span.file:
        place = " ".join(filter(None, [printable(str(finding.span)), printable(group.more)]))
        out.append(f"{pad}{_paint('-->', _FRAME, report)} {place}")
    out += _excerpt(group, report, lines, pad)
    docs = f"gitops-obs explain {finding.code}" if _has_page(finding.code) else ""
    notes = {"help": finding.hint, "docs": docs}
    for name, text in notes.items():
        out += _note(name, text, f"{pad} {_paint('=', _FRAME, report)} ", report)
    return out


def _has_page(code: str) -> bool:
    """Whether `explain` knows the code: each finding has a page and so has each check, a plug-in's code has none."""
    return code in findings.codes() or code in _check_codes()


@cache
def _check_codes() -> frozenset[str]:
    # imports every check, so only where a finding has no page of its own
    return frozenset(checks.module(name).CODE for name in checks.ids())


def _excerpt(group: Group, report: Report, lines: Callable[[str], list[str]], pad: str) -> list[str]:
    finding = group.first
    if not finding.span.line:
        return []
    found = excerpt(lines(finding.span.file), finding.span, max(report.width - len(pad) - 3, _LEAST_ROOM))
    if found is None:
        return []
    bar = _paint("|", _FRAME, report)
    number = _paint(f" {finding.span.line} |", _FRAME, report)
    marks = _paint(f"{'^' * found.carets} {printable(finding.label)}".rstrip(), _COLORS[finding.severity], report)
    return [
        f"{pad} {bar}",
        f"{number} {found.text}".rstrip(),
        f"{pad} {bar} {' ' * found.indent}{marks}",
        f"{pad} {bar}",
    ]


def _note(name: str, text: str, prefix: str, report: Report) -> list[str]:
    """`= help: text`; further lines keep the `=`, so no line of a message can pose as one of ours."""
    if not text:
        return []
    first, *rest = text.splitlines()
    indent = " " * (len(name) + 2)
    head = f"{prefix}{_paint(f'{name}:', _BOLD, report)} {printable(first)}"
    return [head, *(f"{prefix}{indent}{printable(line)}".rstrip() for line in rest)]


def _changes(report: Report) -> list[str]:
    shown = [(f"  {SYMBOLS[c.kind]} {printable(c.path)}", _KIND_COLORS[c.kind]) for c in touched(report)]
    return [_paint(line, color, report) for line, color in shown]


def _last_line(report: Report) -> str:
    worst = max((d.severity for d in report.diagnostics), default=None)
    return _paint(totals(report), _COLORS[worst] if worst else _SUCCESS, report)


def _paint(text: str, color: str, report: Report) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if report.color and text else text
