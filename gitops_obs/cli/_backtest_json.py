"""`backtest` for programs. Fields may be added within a schema version; none changes its meaning or goes away.

Times are RFC 3339 in UTC, lengths are seconds. `unguarded` is null for a rule without a low-traffic guard, `before` for
one that was not there at the revision compared with, `data` where nobody had to ask.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitops_obs.cli import _backtest_report as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitops_obs.cli._backtest_report import Report, Row
    from gitops_obs.errors import Diagnostic
    from gitops_obs.prometheus.backtest import Episode, Outcome

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """The whole report, all alerts and all episodes."""
    document = {
        "type": "gitops-obs.backtest",
        "schema_version": SCHEMA_VERSION,
        "prometheus": report.url,
        "since": words.stamp(report.period.since),
        "until": words.stamp(report.period.until),
        "compared_with": report.revision or None,
        "partial": report.partial,
        "severities": {
            severity: {"fires": fires, "seconds": length}
            for severity, (fires, length) in words.by_severity(report).items()
        },
        "alerts": [_row(row, report) for row in report.rows()],
        "findings": [_finding(found) for found in report.problems()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _row(row: Row, report: Report) -> dict[str, Any]:
    case = row.any.case
    found: dict[str, Any] = {
        "service": case.service,
        "owner": case.owner,
        "file": case.file,
        "group": case.group,
        "alert": case.name,
        "severity": case.severity,
        "labels": dict(case.labels),
        "change": _change(row) if report.revision else None,
        "now": _outcome(row.now),
    }
    return found | ({"before": _outcome(row.before)} if report.revision else {})


def _change(row: Row) -> str:
    if row.before is None:
        return "new"
    return "removed" if row.now is None else "changed" if row.changed else "same"


def _outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    case = outcome.case
    return {
        "state": outcome.state,
        **_amount(outcome.episodes),
        "episodes": [_episode(episode) for episode in outcome.episodes],
        "unguarded": None if outcome.unguarded is None else _amount(outcome.unguarded),
        "data": outcome.data,
        "interval": case.interval,
        "for": case.hold,
        "keep_firing_for": case.keep,
        "query": case.expr or None,
        "problem": _finding(outcome.problem) if outcome.problem else None,
    }


def _amount(episodes: Sequence[Episode]) -> dict[str, Any]:
    return {"fires": len(episodes), "seconds": words.seconds(episodes), "longest": words.longest(episodes)}


def _episode(episode: Episode) -> dict[str, Any]:
    return {
        "start": words.stamp(episode.start),
        "end": words.stamp(episode.end),
        "seconds": episode.seconds,
        "begun_before": episode.begun_before,
        "ongoing": episode.ongoing,
        "labels": dict(episode.labels),
    }


def _finding(found: Diagnostic) -> dict[str, str]:
    return {
        "code": found.code,
        "severity": found.severity.word,
        "message": found.message,
        "place": str(found.span),
        "hint": found.hint,
    }
