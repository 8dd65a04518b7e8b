"""Rules of the service are evaluated less often than they should be.

## What it means

For a quarter of an hour Prometheus has left out evaluations of a group of the service's rules, because the one before
was not finished in time. Recorded series get gaps, and alerts come late: each `for` counts only what was evaluated.

This alert stands in a group of its own, `checkout.rules`, which is evaluated while another group is late. What no rule
can see: a Prometheus that is down or cannot reach Alertmanager, a configuration that it refused to load
(`prometheus_config_last_reload_successful` is 0), and this alert's own group, `checkout.rules`, should that be the one
that is late. For those let a second Prometheus scrape the first, or send an alert that always fires to something that
notices when it stops.

## What to do now

1. Which group is slow, and is it only this one? Ask Prometheus, or see its page `/rules`:

   ```
   topk(5, prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds)
   ```
2. Everything is slow: Prometheus lacks processor time, memory or disk speed, or somebody asks it for too much. Look at
   its processor and memory, and at dashboards with long ranges.
3. One group is slow: a selector takes far too many series. Narrow `telemetry.select`, or drop objectives of routes.
4. Meanwhile a longer `rules.interval` in the project file takes load away.

## How to tune it

`for` (15m), `keep_firing_for`, `severity`.

## When to turn it off

Where whoever runs Prometheus is told anyway. The alert is silent, and of no use, where Prometheus does not scrape
itself or its metrics go elsewhere: it reads `prometheus_rule_group_iterations_missed_total`. The rulers of Mimir and
Thanos have metrics of other names, which it does not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts import _rules
from gitops_obs.alerts._tune import Tune
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case
    from gitops_obs.rules import Omitted

NAME = "RuleGroupMissed"
TITLE = "Rules are evaluated too seldom"
GROUP = _rules.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}

_METRIC = "prometheus_rule_group_iterations_missed_total"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, about all groups of the service."""
    name = service.name
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_rules.expression(service, _METRIC),
        summary=f"{name}: rules are evaluated too seldom",
        description=f"Prometheus left out {_rules.TIMES} evaluations of the group {{{{ $labels.rule_group }}}} within "
        f"{_rules.window(service.project)}, because the one before took too long.",
        impact=f"Alerts on {name} come late or not at all, and recorded series have gaps.",
        action="See which groups are slow on the page /rules of Prometheus. All of them: Prometheus is overloaded. "
        "Only this one: narrow what its service file selects.",
        labels=_rules.LABELS,
    )
    return [Tune(service, "rules_missed", DEFAULTS).applied(alert)]


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Evaluations missed by the service's groups, by others, and unknown ones."""
    return _rules.prove(service, alerts[0], "rules_missed", _METRIC, "evaluations are left out")
