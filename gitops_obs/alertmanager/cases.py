"""Where each alert of each owner must land, as data: what `gitops_obs.amtool` asks Alertmanager's own routing about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import alertmanager, rules, ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.customs import Customs
    from gitops_obs.model import Service
    from gitops_obs.routing import Routing


@dataclass(frozen=True, slots=True)
class Case:
    """An alert's labels and the receiver that must get it, "" for whichever the root of the routes names."""

    labels: tuple[tuple[str, str], ...]
    receiver: str

    def label(self, name: str) -> str:
        """The value of a label, "" where the alert has none of that name."""
        return dict(self.labels).get(name, "")


def cases(routing: Routing, services: Iterable[Service], customs: Customs) -> list[Case]:
    """One case for each owner, severity and alert, with the labels of the first service that has such an alert.

    Routes look at nothing else, so that a thousand services need no more cases than one. Empty where no routing is
    generated. Labels that only data fill in are left out.
    """
    if routing.output == "off":
        return []
    found: dict[tuple[str, str, str], Case] = {}
    for service in services:
        for alert, labels in _alerts(service, customs):
            owner, severity = labels["team"], labels["severity"]
            told = alertmanager.receiver(owner, severity) if routing.channel(owner, severity) else ""
            known = {name: text for name, text in labels.items() if "{{" not in text}
            case = Case(tuple(({"alertname": alert} | known).items()), told)
            found.setdefault((owner, severity, alert), case)
    return [found[key] for key in sorted(found)]


def _alerts(service: Service, customs: Customs) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and labels of each alert of `service`."""
    for group in ruleset.groups(service, customs.alerts_of(service))[0]:
        for rule in group.rules:
            found = rules.as_dict(rule, service)
            if "alert" in found:
                yield found["alert"], found["labels"]
