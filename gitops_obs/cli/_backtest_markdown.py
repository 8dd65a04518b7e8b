"""`backtest` as a comment on a pull request: the totals, a table, and the episodes folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.cli import _backtest_report as words
from gitops_obs.formats._markup import LIMIT, code, text

if TYPE_CHECKING:
    from gitops_obs.cli._backtest_report import Report, Row
    from gitops_obs.errors import Diagnostic

_COMPARED = ("service", "alert", "severity", "before", "now", "")
_ALONE = ("service", "alert", "severity", "would have fired", "longest", "without guard")


def render(report: Report) -> str:
    """Cut to what GitHub takes in a comment; what did not fit is counted."""
    period = report.period
    when = f"{words.span(period.until - period.since)} until {words.moment(period.until)} UTC"
    parts = [
        "### gitops-obs backtest",
        f"**{text(', '.join(words.totals(report)) or 'No alert rules to ask about')}**",
        text(f"{when}; {len(report.outcomes)} alert rules{words.counts(report.outcomes)}."),
    ]
    if report.partial:
        parts.append("⚠️ This is only a part: some questions to Prometheus failed.")
    rows = [row for row in report.rows() if (row.changed if report.revision else row.any.state != "quiet")]
    room = LIMIT - sum(map(len, parts))
    if rows:
        head = _COMPARED if report.revision else _ALONE
        lines = _within(room, [_row(row, report) for row in rows], "| … {} more | | | | | |")
        room -= sum(map(len, lines))
        parts.append("\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines]))
    for summary, lines in (("Episodes", _episodes(rows)), ("Findings", [_finding(f) for f in report.problems()])):
        if lines:
            kept = _within(room, lines, "- … {} more")
            room -= sum(map(len, kept))
            listed = "\n".join(kept)
            parts.append(f"<details><summary>{summary}</summary>\n\n{listed}\n\n</details>")
    return "\n\n".join(parts) + "\n"


def _row(row: Row, report: Report) -> str:
    case, outcome = row.any.case, row.any
    cells = [text(case.service), code(words.name(case)), text(case.severity)]
    if report.revision:
        cells += [text(words.told(row.before)), text(words.told(row.now)), text(words.change(row))]
    else:
        longest = words.span(words.longest(outcome.episodes)) if outcome.episodes else ""
        cells += [text(words.told(outcome)), longest, text(words.unguarded(outcome))]
    return f"| {' | '.join(cells)} |"


def _episodes(rows: list[Row]) -> list[str]:
    lines = []
    for outcome in (row.now for row in rows if row.now):
        for episode in outcome.episodes:
            end = "still firing" if episode.ongoing else words.moment(episode.end)
            times = f"{words.moment(episode.start)} to {end} ({words.span(episode.seconds)})"
            where = " ".join(filter(None, [words.name(outcome.case), words.labels(episode, outcome.case)]))
            lines.append(f"- {text(outcome.case.service)} {code(where)} {text(times)}")
    return lines


def _finding(found: Diagnostic) -> str:
    return f"- {code(found.code)} {code(str(found.span))} {text(found.message)}: {text(found.hint)}"


def _within(room: int, lines: list[str], rest: str) -> list[str]:
    """As many of `lines` as fit, then how many are missing."""
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return [*kept, rest.format(len(lines) - len(kept))]
        kept.append(line)
    return kept
