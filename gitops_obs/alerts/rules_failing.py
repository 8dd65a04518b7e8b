"""Rules of the service fail when Prometheus evaluates them.

## What it means

For a quarter of an hour Prometheus could not evaluate one or more rules of the service: a query timed out or read too
many samples, two series came out with the same labels, or the group has more results than its limit allows. A rule that
fails records nothing and raises no alert, so what it watches is not watched. The other rules of its group go on.

This alert stands in a group of its own, `checkout.rules`, which goes on while another group fails. What no rule can
see: a Prometheus that is down or cannot reach Alertmanager, a configuration that it refused to load
(`prometheus_config_last_reload_successful` is 0), and this alert's own group, `checkout.rules`, should that be the one
that fails. For those let a second Prometheus scrape the first, or send an alert that always fires to something that
notices when it stops.

## What to do now

1. Which rule, and why? Prometheus' page `/rules` shows it in red with the error; or, with the address of Prometheus:

   ```
   curl -s http://prometheus:9090/api/v1/rules |
     jq -r '.data.groups[].rules[] | select(.health == "err") | .name + ": " + .lastError'
   ```
2. Same labels twice: something that the service file selects is there twice, mostly two exporters or a copied label.
   Correct `telemetry.select`, or `runs_on`.
3. Timed out, or too many samples: Prometheus is overloaded, or a selector takes far too much. `gitops-obs lint` tells
   the latter.
4. Only since the last change of the rules? Revert it; then see why the generated tests did not find it.

## How to tune it

`for` (15m), `keep_firing_for`, `severity`.

## When to turn it off

Where whoever runs Prometheus is told anyway. The alert is silent, and of no use, where Prometheus does not scrape
itself or its metrics go elsewhere: it reads `prometheus_rule_evaluation_failures_total`. The rulers of Mimir and Thanos
have metrics of other names, which it does not read.
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

NAME = "RuleEvaluationFailing"
TITLE = "Rules fail"
GROUP = _rules.GROUP
DEFAULTS = {"for": "15m", "keep_firing_for": "10m", "severity": "ticket"}

_METRIC = "prometheus_rule_evaluation_failures_total"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, about all groups of the service."""
    name = service.name
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_rules.expression(service, _METRIC),
        summary=f"{name}: rules fail, so something is not watched",
        description=f"Rules of the group {{{{ $labels.rule_group }}}} failed {_rules.TIMES} times within "
        f"{_rules.window(service.project)}.",
        impact=f"A rule that fails raises no alert: {name} may be broken and nobody is told.",
        action="Open the page /rules of Prometheus: it shows the rule in red with its error. If the last change of the "
        "rules began it, revert that.",
        labels=_rules.LABELS,
    )
    return [Tune(service, "rules_failing", DEFAULTS).applied(alert)]


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Failures of the service's groups, of others, and unknown ones."""
    return _rules.prove(service, alerts[0], "rules_failing", _METRIC, "rules fail")
