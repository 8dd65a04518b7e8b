"""One version fails more often than all others.

## What it means

More than 1 % of the requests to one version fail, and more than twice as large a share as of all other versions
together. That is what a bad release looks like while it still gets a part of the traffic. What harms all versions
alike, such as a dependency that is down, does not fire it.

It speaks only from ten failed requests of that version on, and while the others get a hundred requests, within five
minutes (`rules.rate_window` of the project).

**Why it is a ticket.** A bad canary hurts as many users as it gets; when they are many, the alerts on the error budget
page. Whoever rolls out is watching, and this tells which version to stop. Where rollouts go on with nobody watching,
set `severity: page`.

## What to do now

1. Stop the rollout of that version, or take it back:

   ```
   kubectl -n shop rollout pause deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Choose the version as `canary` on the dashboard: its row *Canary* compares it with the others, for duration too.
3. Compare what changed between the versions. Is it the old version that fails? Then let the rollout go on.

## How to tune it

`threshold` (share of the version's requests that fail), `min_errors` (failed requests of the version), `min_requests`
(requests to all others), `for`, `keep_firing_for`, `severity`:

```yaml
alerts:
  canary_worse: {threshold: 0.5%, min_errors: 20, severity: page}
```

## When to turn it off

Where versions serve different users or routes, so that their shares of failures cannot be compared.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import proof, recorded, traffic, units
from gitops_obs.alerts import _kubernetes, _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service

NAME = "CanaryWorse"
TITLE = "One version fails more than others"
GROUP = "red"
DEFAULTS = {
    "threshold": "1%",
    "min_errors": "10",
    "min_requests": "100",
    "for": "5m",
    "keep_firing_for": "10m",
    "severity": "ticket",
}
TIMES = 2
"""How many times as large a share must fail as of the other versions."""

_SHARE, _VERSION = "{{ $value | humanizePercentage }}", "{{ $labels.version }}"
_NEW, _OLD = "1.5.0", "1.4.2"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset tells failed requests and versions apart."""
    signal, project = service.signal, service.project
    for question, missing in (("version", signal.label("version") is None), ("errors", signal.preset.errors is None)):
        if missing:
            return [Omitted(signal.why_not(question), question)]
    if _red.window(service) != project.rate_window:
        return [Omitted(f"the preset's source is too coarse to compare versions over {project.rate_window}")]
    return [_alert(Tune(service, "canary_worse", DEFAULTS))]


def _alert(tune: Tune) -> Alert:
    service, span = tune.service, tune.service.project.rate_window
    least_failed, least_asked = tune.text("min_errors"), tune.text("min_requests")
    alert = Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=_expr(tune),
        summary=f"{_red.subject(service)}: version {_VERSION} fails more than the others",
        description=f"{_SHARE} of the requests of the last {span} to version {_VERSION} failed, more than "
        f"{tune.shown('threshold')} and more than {TIMES} times the share of all other versions. Counted from "
        f"{least_failed} failed requests on, while the others get {least_asked}.",
        impact=f"Users of {service.name} who meet version {_VERSION} get errors instead of answers.",
        action=_action(service),
        labels=(_kubernetes.ROLLOUT,),
        panel="version_errors",
    )
    return tune.applied(alert)


def _expr(tune: Tune) -> str:
    service, span = tune.service, tune.service.project.rate_window
    failed, asked = _series(service)
    enough = f"{tune.text('min_requests')} / {units.plain(units.duration(span))}"
    return (
        f"(\n  {failed}\n  /\n  ({asked} > 0)\n  > {tune.text('threshold')}\n)\n>\n{TIMES} * (\n"
        f"  {_others(service, failed)}\n  /\n  ({_others(service, asked)} >= {enough})\n)\n"
        f"and\n{_red.in_window(failed, span, tune.text('min_errors'))}"
    )


def _series(service: Service) -> tuple[str, str]:
    """Failed requests and all, by version."""
    failed, asked = (recorded.of_version(name(service.project)) for name in (recorded.errors, recorded.requests))
    return recorded.of(service, failed), recorded.of(service, asked)


def _others(service: Service, rate: str) -> str:
    """What all other versions have together of `rate`, for each version."""
    level = ("service", *recorded.level(service.project))
    return f"(sum by ({', '.join(level)}) ({rate}) - on ({', '.join(level)}) group_right () {rate})"


def _action(service: Service) -> str:
    undo = f" ({_kubernetes.kubectl(service.workload, 'rollout undo {}')})" if service.workload else ""
    return (
        f"Stop the rollout of {_VERSION} or take it back{undo}. Choose the version as `canary` on the dashboard to "
        "compare it with the others."
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Both sides of the share, of the guards, and of the comparison with the other versions."""
    tune, (alert,) = Tune(service, "canary_worse", DEFAULTS), alerts
    if not _kubernetes.is_short(alert):
        return []
    proofs = _Proofs(tune, alert)
    guarded = [] if tune.has("min_requests") else [proofs.elsewhere("enough", 105, _NEW), proofs.elsewhere("few", 95)]
    return [
        proofs.share(),
        proofs.compared("a little more than twice what fails elsewhere", "2.1e6", _NEW),
        proofs.compared("a little less than twice what fails elsewhere", "1.9e6"),
        *guarded,
    ]


class _Proofs:
    """Cases of one rule: what is recorded of versions, and which of them are named."""

    def __init__(self, tune: Tune, alert: Alert) -> None:
        self.tune, self.alert, self.edge = tune, alert, tune.edge()
        self.service, self.wait = tune.service, proof.steps(alert.for_)

    def share(self) -> Case:
        """Little fails elsewhere: versions a little over and under the share, and with a few failures that are all."""
        versions = {
            _OLD: ("0", "1e15"),
            _NEW: (f"{self.edge.over}e6", "1e6"),
            "1.5.1": (f"{self.edge.under}e6", "1e6"),
            "1.5.2": ("", "1e6"),
        }
        firing = [self._firing(_NEW, self.edge.over_percent)]
        if not self.tune.has("min_errors"):
            enough, few = self._rate(11), self._rate(9)
            versions |= {"1.5.3": (enough, enough), "1.5.4": (few, few)}
            firing.append(self._firing("1.5.3", "100%"))
        before = (Claim(self.wait - 1, NAME),) if self.wait else ()
        claims = (*before, Claim(self.wait, NAME, tuple(firing)))
        return self._case("a little too many requests to one version fail", versions, *claims)

    def compared(self, about: str, asked: str, *firing: str) -> Case:
        """As many fail of one version as of the others, which are `asked` more."""
        bad = f"{self.edge.over}e6"
        versions = {_NEW: (bad, "1e6"), _OLD: (bad, asked)}
        return self._case(about, versions, self._claim(self.edge.over_percent, *firing))

    def elsewhere(self, about: str, requests: int, *firing: str) -> Case:
        """Everything fails of one version, and the others get so many requests within the window."""
        versions = {_NEW: ("1e6", "1e6"), _OLD: ("0", self._rate(requests))}
        return self._case(f"{about} requests elsewhere", versions, self._claim("100%", *firing))

    def _rate(self, requests: int) -> str:
        """So many requests within the window, as a rate per second."""
        return units.plain((requests / units.duration(self.service.project.rate_window)).quantize(Decimal("0.00001")))

    def _claim(self, share: Leaf, *versions: str) -> Claim:
        return Claim(self.wait, NAME, tuple(self._firing(version, share) for version in versions))

    def _firing(self, version: str, share: Leaf) -> Firing:
        data = traffic.of_data(self.service, ("service", self.service.name), ("version", version))
        return Firing(self.alert, data, ((_SHARE, share),))

    def _case(self, about: str, versions: Mapping[str, tuple[Leaf, str]], *claims: Claim) -> Case:
        """`versions` have rates of failed requests ("" for no series) and of all; another service has many as well."""
        names = [recorded.of_version(name(self.service.project)) for name in (recorded.errors, recorded.requests)]
        series = []
        stranger = (f"{self.service.name}-other", {_NEW: ("5e6", "5e6"), "0": ("9e6", "9e6")})
        for service, rates in ((self.service.name, versions), stranger):
            for version, values in rates.items():
                of = traffic.series_labels(self.service, f'service="{service}"', f'version="{version}"')
                pairs = zip(names, values, strict=True)
                series += [(f"{name}{{{of}}}", proof.level(value, self.wait)) for name, value in pairs if value]
        return Case("canary_worse", about, series=tuple(series), claims=claims)
