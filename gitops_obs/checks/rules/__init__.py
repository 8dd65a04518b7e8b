"""What is checked in rules, generated and written by hand, one check a file, the file name being its id.

The checks are those of pint that need no Prometheus, and some of our own. A module's docstring is its page, with a bad
and a good example that its test runs; `CODE` is the finding's code, and `check(rules)` gives an `Issue` for each fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gitops_obs.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Issue, Rules

LEFT_OUT = {
    "alerts/count": "needs the past of the series: `gitops-obs backtest`",
    "alerts/external_labels, labels/conflict": "external labels stand in Prometheus' configuration, not in rules",
    "promql/aggregate": "which labels must stay is a question of taste that needs configuring",
    "promql/features, promql/offset, promql/range_query": "version, flags and retention are those of one Prometheus",
    "promql/series, promql/counter (types), query/cost": "asked of a Prometheus by `gitops-obs lint --online`",
    "ignore/file, pint/comment": "suppressions have findings of their own: OBS014 to OBS018",
    "rule/link": "opens addresses that files name, which a pull request could choose",
    "rule/owner": "every service file names its owner, and every generated alert carries it as `team`",
    "rule/reject, rule/report": "forbid and say what somebody configured; there is nothing to say unasked",
    "yaml/parse": "not a check that can be switched off: OBS004 to OBS011 and OBS101 to OBS104",
}
"""Checks of pint (cloudflare.github.io/pint/checks) that are not here, and why."""


class Module(Protocol):
    """What a file in this folder offers."""

    CODE: str

    def check(self, rules: Rules) -> Iterator[Issue]:
        """The faults of rules that are looked at together."""


_FOLDER: Folder[Module] = Folder(__name__, __path__)
ids, module = _FOLDER.ids, _FOLDER.module


def run(rules: Rules) -> list[tuple[str, Issue]]:
    """Code and issue of every fault; what is the same to a reader, of several places in one expression, once."""
    found = ((check.CODE, issue) for check in _FOLDER.modules() for issue in check.check(rules))
    return list(
        {(code, issue.rule, issue.group, issue.at, issue.message): (code, issue) for code, issue in found}.values()
    )
