"""Every service in one row, the worst first.

**Question:** which service, and what is wrong with it?

**Good:** state "well" all the way down. Columns to the right say why a state is what it is: failed requests, durations
against the latency objective (100 % is as many slow requests as it allows), budget and its burn in the last hour
(1 uses it up exactly at the end of the period), objects that differ from Git.

**What to do:** click the service: its page opens with the same time range. "no data" means that no requests are
recorded: the service file selects nothing, the scrape is gone, or its telemetry knows no requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.dashboards._fleet import _deploys, _links, _measures

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "Services"


def build(scope: Scope) -> object:
    """A table of instant queries joined on the service. The first has a row for each."""
    others = (
        _measures.requests(scope),
        _measures.error_ratio(scope),
        _measures.p99(scope),
        _measures.slow_of_allowed(scope),
        _measures.budget_left(scope),
        _measures.burn(scope),
        f"({_measures.drifted(scope)})",
        _version(scope),
    )
    return kit.table(
        TITLE,
        "Every service, the worst first. Good: all well. Click a service to open its page. Slow of allowed: 100 % is "
        "as many slow requests as the latency objective allows. Burn: 1 uses the budget up just at the end.",
        [
            kit.instant(expr, kind="table")
            for expr in (scope.described(_measures.state(scope), "tier"), *map(scope.listed, others))
        ],
        _columns(scope),
        sort=("State", "Burn, 1 h"),
        nothing="No service matches, or no rules are loaded",
    )


def _columns(scope: Scope) -> list[kit.Column]:
    owner = () if scope.owner is not None else (kit.Column("owner", "Owner", width=105, link=_links.OWNER),)
    return [
        kit.Column("service", "Service", link=_links.service(scope.project)),
        kit.Column("Value #A", "State", width=80, cell="background", colours=_STEPS, mappings=[_STATES]),
        kit.Column("Value #B", "Requests", "reqps", width=95),
        kit.Column("Value #C", "Error ratio", "percentunit", 2, 90),
        kit.Column("Value #D", "p99", "s", width=80),
        kit.Column("Value #E", "Slow of allowed", "percentunit", 0, 125, "coloured", [(1, kit.WARN)], kit.NEUTRAL),
        kit.Column("Value #F", "Budget left", "percentunit", 0, 100, "background", _BUDGET),
        kit.Column("Value #G", "Burn, 1 h", _TIMES, 1, 90, "background", _BURN),
        kit.Column("Value #H", "Drift", width=80, cell="coloured", colours=_DRIFT, mappings=[_WORDS]),
        kit.Column("version", "Version", width=110),
        kit.Column("Value #I", "Age", "s", 0, width=90, mappings=[_OLD]),
        *owner,
        kit.Column("tier", "Tier", width=50),
    ]


_STATES = {
    "type": "value",
    "options": {
        str(value): {"text": text, "index": n}
        for n, (value, text) in enumerate(
            (
                (_measures.HURT, "hurt"),
                (_measures.RISK, "at risk"),
                (_measures.DRIFT, "drift"),
                (_measures.UNKNOWN, "no data"),
                (_measures.WELL, "well"),
            )
        )
    },
}
_STEPS = [
    (_measures.WELL, kit.GOOD),
    (_measures.UNKNOWN, kit.MUTED),
    (_measures.DRIFT, "purple"),
    (_measures.RISK, kit.WARN),
    (_measures.HURT, kit.BAD),
]
_TIMES = "suffix: \N{MULTIPLICATION SIGN}"
_BUDGET = [(-1e9, kit.BAD), (0, kit.WARN), (0.25, "transparent")]
_BURN = [(1, kit.WARN), (float(_measures.PAGE_BURN), kit.BAD)]
_DRIFT = [(0, kit.NEUTRAL), (1, "purple")]
_WORDS = {
    "type": "value",
    "options": {"-1": {"text": "unknown", "color": "purple", "index": 0}, "0": {"text": "in sync", "index": 1}},
}
_LONG = 10**9
_OLD = {"type": "value", "options": {str(_LONG): {"text": "over a day", "index": 0}}}


def _version(scope: Scope) -> str:
    """The youngest version that runs, and since how many seconds; a billion where that is more than a day."""
    running = _deploys.running(scope)
    young = f"time() - (\n{_deploys.lately(scope)}\n)\nand\n{running}"
    return f"bottomk by (service) (1,\n{young}\nor\n{_LONG} * {running}\n)"
