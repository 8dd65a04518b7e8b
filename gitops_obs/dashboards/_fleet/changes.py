"""What changed in the last 24 hours, the newest first.

**Question:** what was it?

**Good:** nothing but deploys.

**What to do:** look for what happened shortly before the trouble began, on the service itself and on those it depends
on. A deploy just before: take it back first. Deploys are
found to the minute in the last hour and to ten minutes before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.dashboards._fleet import _deploys, _links
from gitops_obs.dashboards._fleet._scope import named

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "What changed in the last 24 h"

_ROWS = 200
_WHAT = {
    "deployed": "blue",
    "page fires": kit.BAD,
    "page is over": kit.MUTED,
    "ticket fires": kit.WARN,
    "ticket is over": kit.MUTED,
    "drift found": "purple",
    "drift cleared": kit.MUTED,
}


def build(scope: Scope) -> object:
    """A table out of one query: how long ago, what, service, and which version, checker or alert."""
    events = "\nor\n".join((_deployed(scope), *_alerts(scope), *_drift(scope)))
    owner = () if scope.owner is not None else (kit.Column("owner", "Owner", width=110, link=_links.OWNER),)
    columns = (
        kit.Column("Value", "Ago", "s", 0, width=90),
        kit.Column("what", "What", width=120, cell="coloured", mappings=[_COLOURS]),
        kit.Column("service", "Service", width=160, link=_links.service(scope.project)),
        kit.Column("detail", "Which"),
        *owner,
    )
    return kit.table(
        TITLE,
        "Deploys, alerts and drift, the newest first, at most 200. Look for what came shortly before the trouble, on "
        "the service itself and on those it depends on.",
        [kit.instant(f"bottomk({_ROWS},\ntime() - {scope.described(events)}\n)", kind="table")],
        columns,
        sort="Ago",
        rising=True,
        nothing="Nothing changed",
    )


_COLOURS = {
    "type": "value",
    "options": {what: {"text": what, "color": colour, "index": n} for n, (what, colour) in enumerate(_WHAT.items())},
}


def _deployed(scope: Scope) -> str:
    versions = f"max by (service, detail) ({named(_deploys.lately(scope), 'detail', '$1', 'version')})"
    return named(versions, "what", "deployed")


def _alerts(scope: Scope) -> tuple[str, str]:
    """Alerts that began to fire and still do, by when their condition began; and those that fired, by their end."""
    firing = scope.alerts("ALERTS", 'alertstate="firing"', 'slo!="drift"')
    states = scope.alerts("ALERTS_FOR_STATE", 'slo!="drift"')
    by = "by (service, alertname, severity)"
    now = f"max {by} ({states} and ignoring (alertstate) {firing}) > time() - 86400"
    over = f"max {by} (max_over_time(timestamp({firing})[1d:5m]))\nunless\ngroup {by} ({firing})"
    return _alert(now, "fires"), _alert(over, "is over")


def _alert(expr: str, happened: str) -> str:
    what = named(named(expr, "detail", "$1", "alertname"), "what", f"$1 {happened}", "severity")
    return f"max by (service, detail, what) ({what})"


def _drift(scope: Scope) -> tuple[str, str]:
    """Drift that is there, by when it was found; and drift that is gone, by when it was seen last."""
    by, detected = "by (checker, source)", scope.drift("detected")
    found = f"max {by} ({scope.drift('first_detected_timestamp_seconds')}) > time() - 86400"
    found = f"{found}\nand\nmax {by} ({detected}) == 1"
    cleared = f"max {by} (max_over_time(timestamp({detected} == 1)[1d:5m]))\nand\nmax {by} ({detected}) == 0"
    return _drifted(found, "drift found"), _drifted(cleared, "drift cleared")


def _drifted(expr: str, what: str) -> str:
    of_service = named(named(expr, "service", "$1", "source"), "detail", "$1", "checker")
    return named(f"max by (service, detail) ({of_service})", "what", what)
