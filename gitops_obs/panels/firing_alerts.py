"""Alerts of the service that fire, and since when.

**Question:** what do the rules say is wrong?

**Good:** empty.

**What to do:** start with the oldest page; what came later is mostly its consequence. Each alert's runbook says what
to do first. Read from `ALERTS`, which Prometheus and the rulers of Mimir and Thanos write, so it needs no Grafana
alerting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Firing alerts"


def build(service: Service) -> object:
    """A table, empty while all is well."""
    match = f'service="{service.name}"'
    labels = "alertname, severity, route, checker"
    since = f'ALERTS_FOR_STATE{{{match}}}\nand ignoring (alertstate)\nALERTS{{alertstate="firing",{match}}}'
    expr = f"max by ({labels}) (\n{since}\n) * 1000"
    columns = [
        kit.Column("alertname", "Alert"),
        kit.Column("severity", "Severity", width=60, cell="coloured", mappings=[_SEVERITY]),
        kit.Column("Value", "Since", unit="dateTimeFromNow", width=95),
    ]
    description = "What the service's alert rules say right now. Good: empty. Start with the oldest page."
    return kit.table(
        TITLE,
        description,
        [kit.instant(expr, kind="table")],
        columns,
        header=False,
        sort="Since",
        rising=True,
        hidden=("route", "checker"),
        nothing="No alert fires",
    )


_SEVERITY = {
    "type": "value",
    "options": {
        "page": {"text": "page", "color": kit.BAD, "index": 0},
        "ticket": {"text": "ticket", "color": kit.WARN, "index": 1},
    },
}
