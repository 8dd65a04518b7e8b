"""What the alerts on the rules themselves share: Prometheus' own counters, by rule group.

`rule_group` is the file and the group, `/etc/prometheus/rules/payments/checkout.yaml;checkout.red` (verified with
Prometheus 2.42), and the counters are there from 0 on as soon as a group is loaded. The groups of a service are called
`checkout.red`, `checkout.slo` and so on, whatever the file is called where the rules end up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, ruletimes, traffic, units
from gitops_obs.proof import Case, Claim, Firing

if TYPE_CHECKING:
    from gitops_obs.model import Project, Service
    from gitops_obs.rules import Alert

GROUP = "rules"
LABELS = (("slo", "rules"),)
TIMES = '{{ printf "%.0f" $value }}'

_FILE = "/etc/prometheus/rules/a.yaml"
_LEAST = Decimal(300)
_GROUPS = ("red", "slo", "drift")  # the shortest interval, the longest, and one between


def window(project: Project) -> str:
    """The range that counters are looked at: five minutes, or enough for three evaluations and four scrapes."""
    slowest = max(units.duration(ruletimes.interval(project, group)) for group in _GROUPS)
    return units.short_duration(max(_LEAST, 3 * slowest, 4 * units.duration(project.scrape_interval)))


def expression(service: Service, metric: str) -> str:
    """By how much `metric` grew for each group of the service, where it grew; the most of all Prometheus servers."""
    groups = promql.selector(metric, f'rule_group=~".*;{service.name}[.].+"')
    by = (*recorded.level(service.project), "rule_group")
    return f"{promql.aggregate('max', f'increase({groups}[{window(service.project)}])', by)} > 0"


def prove(service: Service, alert: Alert, lane: str, metric: str, word: str) -> list[Case]:
    """It grows, by less than one a window; it stands still while that of other groups grows; nobody collects it."""
    span, wait = int(proof.seconds(window(service.project))) // 60, proof.steps(alert.for_)
    fires = max(1 + wait, span + 1)

    def series(group: str, grown: str, server: str = "a") -> tuple[str, str]:
        step = units.plain((Decimal(grown) / span).quantize(Decimal("0.00001")))
        labels = traffic.series_labels(service, f'instance="{server}"', f'rule_group="{_FILE};{group}"')
        return f"{metric}{{{labels}}}", proof.rising(step, fires)

    def case(about: str, own: dict[str, str], *claims: Claim) -> Case:
        mine = (series(f"{service.name}.red", grown, server) for server, grown in own.items())
        others = (f"{service.name}-two.red", f"not-{service.name}.red", f"red.{service.name}")
        told = (*mine, *(series(other, "9") for other in others))
        return Case(lane, f"{word} {about}", series=tuple(told), claims=claims)

    firing = Firing(alert, traffic.of_data(service, ("rule_group", f"{_FILE};{service.name}.red")), ((TIMES, "1"),))
    before = (Claim(wait, alert.name),) if wait else ()
    return [
        case("here and there", {"a": "0.8", "b": "0.4", "c": "0.4"}, *before, Claim(fires, alert.name, (firing,))),
        case("elsewhere", {"a": "0"}, Claim(fires, alert.name)),
        case("elsewhere, and nobody knows of here", {}, Claim(fires, alert.name)),
    ]
