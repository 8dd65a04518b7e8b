"""`backtest` for people: one line an alert, worst first, and its episodes with `--verbose`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _backtest_report as words

if TYPE_CHECKING:
    from gitops_obs.cli._backtest_report import Report, Row
    from gitops_obs.prometheus.backtest import Outcome

_GAP = "  "
_NUMBERS = frozenset({"FIRES", "TIME", "LONGEST"})
_COLORS = {"page": {"fg": "red", "bold": True}, "ticket": {"fg": "yellow"}}


def render(report: Report, *, verbose: bool, color: bool) -> str:
    """The heading, the table, the totals. Quiet alerts are counted, and listed with `verbose`."""
    period = report.period
    head = f"{words.span(period.until - period.since)} until {words.moment(period.until)} UTC, asked of {report.url}"
    shown = [row for row in report.rows() if verbose or _matters(row, report)]
    cells = [_cells(row, report) for row in shown]
    lines = [head, ""]
    if cells:
        lines += [*_table(shown, cells, report, verbose=verbose, color=color), ""]
    return "\n".join([*lines, *_end(report, hidden=len(report.rows()) - len(shown))]) + "\n"


def _matters(row: Row, report: Report) -> bool:
    if report.revision:
        return row.changed
    # a guard that held, and gaps, are worth a line although nothing fired
    return row.any.state != "quiet" or bool(words.unguarded(row.any) or words.gaps(row.any))


def _cells(row: Row, report: Report) -> dict[str, str]:
    case = row.any.case
    cells = {"SERVICE": case.service, "ALERT": words.name(case), "SEVERITY": case.severity}
    if report.revision:
        return cells | {
            "BEFORE": words.told(row.before),
            "": "→",
            "NOW": words.told(row.now),
            "NOTE": words.change(row),
        }
    outcome = row.any
    firing = outcome.state == "fired"
    return cells | {
        "FIRES": f"{len(outcome.episodes)}x" if firing else words.WORDS[outcome.state],
        "TIME": words.span(words.seconds(outcome.episodes)) if firing else "",
        "LONGEST": words.span(words.longest(outcome.episodes)) if firing else "",
        "WITHOUT GUARD": words.unguarded(outcome),
        "NOTE": words.gaps(outcome),
    }


def _table(shown: list[Row], cells: list[dict[str, str]], report: Report, *, verbose: bool, color: bool) -> list[str]:
    columns = [key for key in cells[0] if any(row[key] for row in cells)]
    widths = {key: max(len(key), *(len(row[key]) for row in cells)) for key in columns}
    lines = [_line({key: key for key in columns}, widths)]
    for row, texts in zip(shown, cells, strict=True):
        line = _line(texts, widths)
        style = _COLORS.get(row.any.case.severity, {}) if row.any.state == "fired" else {}
        lines.append(click.style(line, **style) if color and style else line)  # type: ignore[arg-type]
        if verbose:
            lines += _episodes(row, report)
    return lines


def _line(texts: dict[str, str], widths: dict[str, int]) -> str:
    cells = [texts[key].rjust(w) if key in _NUMBERS else texts[key].ljust(w) for key, w in widths.items()]
    return _GAP.join(cells).rstrip()


def _episodes(row: Row, report: Report) -> list[str]:
    lines = []
    for title, outcome in ((report.revision, row.before), ("now" if report.revision else "", row.now)):
        if outcome and outcome.episodes:
            lines += [f"    {title}:"] if title else []
            lines += [f"    {text}" for text in _listed(outcome)]
    return lines


def _listed(outcome: Outcome) -> list[str]:
    lines = []
    for episode in outcome.episodes:
        end = "still firing" if episode.ongoing else f"until {words.moment(episode.end)}"
        begun = "before " if episode.begun_before else ""
        parts = [f"{begun}{words.moment(episode.start)}", end, words.span(episode.seconds)]
        lines.append(_GAP.join(filter(None, [*parts, words.labels(episode, outcome.case)])))
    return lines


def _end(report: Report, hidden: int) -> list[str]:
    lines = [", ".join(words.totals(report) or ["No alert rules to ask about"]) + "."]
    what = "the same as before" if report.revision else "quiet"
    folded = f" (-v lists {hidden} that {'is' if hidden == 1 else 'are'} {what})" if hidden else ""
    lines.append(f"{len(report.outcomes)} alert rules{words.counts(report.outcomes)}{folded}.")
    if report.partial:
        lines.append("This is only a part: some questions to Prometheus failed.")
    return lines
