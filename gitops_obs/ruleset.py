"""Every rule of a service in its groups: recordings first, then the alerts that read them, in the same group.

Prometheus evaluates a group in order, so an alert sees what was recorded a moment before. Group names are stable: a
renamed group forgets for how long its alerts have been pending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import alerts, customs, recordings, ruletimes
from gitops_obs.rules import Group, Omitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.customs import CustomAlert
    from gitops_obs.model import Service
    from gitops_obs.rules import Alert, Recording

CUSTOM = "custom"
GROUPS = ("red", "burn", "slo", "drift", "kubernetes", CUSTOM)


def groups(service: Service, custom: Iterable[CustomAlert] = ()) -> tuple[list[Group], list[tuple[str, Omitted]]]:
    """The service's rule groups, and what it does not get as (id of recording or alert, why)."""
    rules: dict[str, list[Recording | Alert]] = {name: [] for name in GROUPS}
    omitted: list[tuple[str, Omitted]] = []
    for group, name, rule in _all(service, custom):
        if isinstance(rule, Omitted):
            omitted.append((name, rule))
        else:
            rules[group].append(rule)
    return [group for name in GROUPS for group in _split(service, name, rules[name])], omitted


def _all(service: Service, custom: Iterable[CustomAlert]) -> Iterator[tuple[str, str, Recording | Alert | Omitted]]:
    for name, recording in recordings.build(service):
        yield recordings.module(name).GROUP, name, recording
    for name, alert in alerts.build(service):
        yield alerts.module(name).GROUP, name, alert
    for own in custom:
        for rule in customs.built_alert(own, service):
            yield CUSTOM, own.id, rule


def _split(service: Service, name: str, rules: list[Recording | Alert]) -> Iterator[Group]:
    """At most `max_rules_per_group` rules each: `checkout.drift`, then `checkout.drift-2` and so on."""
    size, interval = service.project.max_rules_per_group, ruletimes.interval(service.project, name)
    for n, start in enumerate(range(0, len(rules), size), start=1):
        suffix = f"-{n}" if n > 1 else ""
        yield Group(f"{service.name}.{name}{suffix}", interval, tuple(rules[start : start + size]))
