"""Findings that a comment silences, with a reason, in service files and in rule files.

    # gitops-obs: disable OBS332 — the series is recorded by the platform team
    # gitops-obs: snooze 2026-12-01 OBS334 — waits for the new pager

A comment behind something counts for its line. One that stands alone counts for what begins on the next line, with all
that is nested in it; above everything else in a file, for the whole file. A comment that is not understood, has no
reason, silences nothing or has run out is a finding itself. What stops a build cannot be silenced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from gitops_obs import checks, findings, source
from gitops_obs.errors import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMENT = re.compile(r"#\s*gitops-obs:\s*(?P<order>.*?)\s*$")
_ORDER = re.compile(
    r"(?P<verb>disable|snooze\s+(?P<until>\S+))\s+(?P<codes>OBS\d{3}(?:\s*,\s*OBS\d{3}|\s+OBS\d{3})*)"
    r"\s*(?:(?:[\u2013\u2014]|--|:)\s*(?P<reason>.*))?"
)
_FORM = "write `# gitops-obs: disable OBS332 — why`, or `snooze 2026-12-01 OBS332 — why`"
_EMPTY = re.compile(r"\s*(?:#.*|---\s*)?")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: from line `first` to `last` it silences `codes`, before the day `until` where that is given."""

    codes: tuple[str, ...]
    first: int
    last: int
    span: Span
    until: date | None = None

    def covers(self, finding: Diagnostic) -> bool:
        """Whether it is about `finding`; what is said of a file as a whole is covered by the whole file only."""
        span = finding.span
        return span.file == self.span.file and finding.code in self.codes and self.first <= span.line <= self.last


def applied(
    file: str,
    text: str,
    said: list[Diagnostic],
    today: date | None = None,
    asked: Callable[[str], bool] | None = None,
) -> list[Diagnostic]:
    """`said` about `file` without what comments in `text` silence, and findings about the comments themselves.

    `today` is the day by which snoozes run out (None: they do not). `asked` tells which codes were looked for, so that
    a comment about one of them that silences nothing is a finding (OBS016); None for no such findings.
    """
    orders, result = read(file, text)
    in_force = [order for order in orders if not (order.until and today and order.until <= today)]
    result += [_ended(order) for order in orders if order not in in_force]
    used: set[tuple[Suppression, str]] = set()
    for finding in said:
        by = [order for order in in_force if order.covers(finding)]
        used.update((order, finding.code) for order in by)
        if not by or is_firm(finding):
            result += [finding, *(_firm(order, finding) for order in by)]
    if asked:
        unused = ((o, code) for o in in_force for code in o.codes if (o, code) not in used and asked(code))
        result += [_unused(order, code) for order, code in unused]
    return result


def is_firm(finding: Diagnostic) -> bool:
    """Whether nothing silences `finding`: an error that would make a build or a rule file wrong.

    Errors of dashboard checks (OBS410 to OBS426) are about taste: Grafana shows the page all the same.
    """
    soft = {checks.dashboards.module(name).CODE for name in checks.dashboards.ids()}
    return finding.severity is Severity.ERROR and finding.code not in soft


def read(file: str, text: str) -> tuple[list[Suppression], list[Diagnostic]]:
    """The comments in `text`, and findings about those that are no order (OBS014) or give no reason (OBS015)."""
    orders: list[Suppression] = []
    said: list[Diagnostic] = []
    lines = text.split("\n")
    for line, column, comment in source.comments(text):
        found = _COMMENT.match(comment)
        if not found:
            continue
        span = Span(file, line, column, line, column + len(comment))
        order = _ORDER.fullmatch(found["order"])
        why, hint = ("this is no suppression", _FORM) if order is None else _fault(order)
        if why:
            code = "OBS015" if order is not None and not order["reason"] else "OBS014"
            said.append(Diagnostic(code, why, span, Severity.WARNING, hint=hint))
        elif order:
            codes = tuple(re.findall(r"OBS\d{3}", order["codes"]))
            until = date.fromisoformat(order["until"]) if order["until"] else None
            orders.append(Suppression(codes, *_scope(lines, line, column), span, until))
    return orders, said


def _fault(order: re.Match[str]) -> tuple[str, str]:
    if order["until"]:
        try:
            date.fromisoformat(order["until"])
        except ValueError:
            return f"`{order['until']}` is not a day", "write the day as 2026-12-01"
    for code in re.findall(r"OBS\d{3}", order["codes"]):
        if code not in checks.codes() and code not in findings.codes():
            return f"there is no finding `{code}`", "`gitops-obs list codes` and `gitops-obs list checks` have them all"
    if not order["reason"]:
        return "a suppression without a reason silences nothing", "add ` — ` and why the finding may stay"
    return "", ""


def _scope(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """First and last line that a comment counts for."""
    if lines[line - 1][: column - 1].strip():
        return line, line
    if all(_EMPTY.fullmatch(before) for before in lines[: line - 1]):
        return 0, len(lines)
    first = next((n for n in range(line, len(lines)) if not _EMPTY.fullmatch(lines[n])), len(lines) - 1)
    return first + 1, _end(lines, first)


def _end(lines: list[str], first: int) -> int:
    """The last line of what begins at index `first`: all that is indented deeper, and a list's items below its key."""
    indent = _indent(lines[first])
    is_item = lines[first].lstrip().startswith("- ")
    last = first
    for n in range(first + 1, len(lines)):
        if _EMPTY.fullmatch(lines[n]):
            continue
        item = lines[n].lstrip().startswith("- ")
        if _indent(lines[n]) < indent or (_indent(lines[n]) == indent and (is_item or not item)):
            break
        last = n
    return last + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _firm(order: Suppression, finding: Diagnostic) -> Diagnostic:
    message = f"{finding.code} cannot be suppressed here: it stops what is wrong from being used"
    return Diagnostic("OBS018", message, order.span, Severity.WARNING, hint="mend it, and delete the comment")


def _ended(order: Suppression) -> Diagnostic:
    message = f"the snooze of {', '.join(order.codes)} ended on {order.until}"
    hint = "mend what it silenced, or give it a later day and the reason for it"
    return Diagnostic("OBS017", message, order.span, Severity.WARNING, hint=hint)


def _unused(order: Suppression, code: str) -> Diagnostic:
    message = f"nothing here has the finding {code}"
    return Diagnostic("OBS016", message, order.span, Severity.WARNING, hint="delete the comment, or the code from it")
