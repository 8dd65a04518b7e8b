"""What keeps quiet while something else speaks.

A page is silenced by nothing but a page: a ticket may wait for office hours, and must take no page with it. Drift is
silenced by no page, for it is often the lead to the cause. Rules name the team, so that merged fragments leave the
alerts of others alone; a label missing on both sides counts as equal, so they match on labels that ours always carry.
"""

from __future__ import annotations

from typing import Any

ABSENT = "TargetAbsent"
BROKEN_CHECK = ("DriftCheckAbsent", "DriftCheckFailing", "DriftCheckStale", "DesiredStale")
DRIFT = ("GitOpsDrift", "GitOpsDriftFlapping", "GitOpsDriftOld", "GitOpsPendingTooLong")
_NOT_ONE_THING = "drift|none"  # what shares these values of `slo` does not speak of one and the same thing


def rules(owner: str, cluster_label: str = "") -> list[dict[str, Any]]:
    """The inhibition rules of a team, as Alertmanager reads them."""
    where = [cluster_label] if cluster_label else []
    team, page, ticket = (
        matcher("team", "=", owner), matcher("severity", "=", "page"), matcher("severity", "=", "ticket")
    )  # fmt: skip
    objective = matcher("slo", "!~", _NOT_ONE_THING)
    return [
        {
            "source_matchers": [team, page, objective],
            "target_matchers": [team, ticket, objective],
            "equal": ["service", "slo", *where],
        },
        {
            "source_matchers": [team, page, matcher("alertname", "=", ABSENT)],
            "target_matchers": [team, matcher("slo", "!~", f"{_NOT_ONE_THING}|target")],
            "equal": ["service", *where],
        },
        {
            "source_matchers": [team, matcher("alertname", "=~", "|".join(BROKEN_CHECK))],
            "target_matchers": [team, ticket, matcher("alertname", "=~", "|".join(DRIFT))],
            "equal": ["service", "checker", "source"],
        },
    ]


def matcher(label: str, operator: str, value: str) -> str:
    """One matcher. Values are names of ours, without quotes and backslashes, and quoted: 0.27 reads others anew."""
    return f'{label}{operator}"{value}"'
