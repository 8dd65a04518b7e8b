"""Alert rules of compiled services, each with the questions about raw series that tell what it would have done."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import alerts, rules, ruleset, units
from gitops_obs.prometheus import guard
from gitops_obs.prometheus.inline import InlineError, Recordings, inline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from gitops_obs.customs import Customs
    from gitops_obs.model import Service
    from gitops_obs.rules import Alert, Group

    Keep = Callable[[str, Decimal], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """One alert rule. `labels` are those that the rule adds, `interval`, `hold` and `keep` seconds.

    `expr` is over raw series, `unguarded` the same without the low-traffic guard ("" where there is none); both are ""
    where `why_not` says why the rule cannot be asked of the past.
    """

    service: str
    owner: str
    file: str
    group: str
    name: str
    severity: str
    labels: tuple[tuple[str, str], ...]
    interval: float
    hold: float
    keep: float
    expr: str = ""
    unguarded: str = ""
    why_not: str = ""

    @property
    def identity(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What tells the rule from others, the same after a change of its severity or owner."""
        return self.service, self.name, tuple(pair for pair in self.labels if pair[0] not in _CHANGING)

    @property
    def own_labels(self) -> dict[str, str]:
        """Labels beyond those that every alert of a service has."""
        return {label: value for label, value in self.labels if label not in _EVERY}


_CHANGING = frozenset({"severity", "team", "tier"})
_EVERY = _CHANGING | {"service", "slo"}


def of(
    service: Service, groups: Sequence[Group], wanted: Iterable[str], recordings: Recordings, keep: Keep
) -> list[Case]:
    """The alert rules of `service` whose names match one of `wanted`, all where it is empty, in order."""
    patterns = tuple(wanted)
    return [
        _case(service, group, rule, recordings, keep)
        for group in groups
        for rule in group.rules
        if isinstance(rule, rules.Alert) and _is_wanted(rule.name, patterns)
    ]


def groups(service: Service, customs: Customs) -> list[Group]:
    """The rule groups of a service. Raises whatever a custom alert in Python raises."""
    return ruleset.groups(service, customs.alerts_of(service))[0]


def _is_wanted(name: str, patterns: tuple[str, ...]) -> bool:
    """Patterns are names of alerts in Prometheus, or ids of built-in alerts."""
    return not patterns or any(
        fnmatch.fnmatchcase(name, pattern) or (pattern in alerts.ids() and name == alerts.module(pattern).NAME)
        for pattern in patterns
    )


def _case(service: Service, group: Group, alert: Alert, recordings: Recordings, keep: Keep) -> Case:
    labels: dict[str, str] = rules.as_dict(alert, service)["labels"]
    interval = units.duration(group.interval)
    expr = unguarded = why_not = ""
    try:
        expr = inline(alert.expr, interval, recordings, keep)
        if text := guard.without(alert.expr):
            unguarded = inline(text, interval, recordings, keep)
    except InlineError as error:
        expr, unguarded, why_not = "", "", str(error)
    return Case(
        service=str(service.name),
        owner=str(service.owner),
        file=str(service.file),
        group=group.name,
        name=alert.name,
        severity=alert.severity,
        labels=tuple((label, str(value)) for label, value in labels.items()),
        interval=float(interval),
        hold=_seconds(alert.for_),
        keep=_seconds(alert.keep_firing_for),
        expr=expr,
        unguarded=unguarded,
        why_not=why_not,
    )


def _seconds(text: str) -> float:
    return float(units.duration(text)) if text else 0.0
