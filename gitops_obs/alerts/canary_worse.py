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

from gitops_obs import promql, proof, recorded, traffic, units
from gitops_obs.alerts import _kubernetes, _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing, Load
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
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

_SHARE = "{{ $value | humanizePercentage }}"
_NEW, _OLD = "1.5.0", "1.4.2"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, where the preset tells failed requests and versions apart."""
    tune, span, label = Tune(service, "canary_worse", DEFAULTS), _red.window(service), service.signal.label("version")
    if label is None:
        return [Omitted(service.signal.why_not("version"), "version")]
    rates = _rates(service, span, label)
    if rates is None:
        return [Omitted(service.signal.why_not("errors"), "errors")]
    return [tune.applied(_alert(tune, _expr(tune, *rates), label, span))]


def _rates(service: Service, span: str, label: str) -> tuple[str, str] | None:
    """Failed requests and all by version; those of which the version is not known are left out."""
    signal, by = service.signal, (*recorded.level(service.project), label)
    known = () if signal.version_info else (promql.matcher(label, "ne", ""),)
    errors, requests = signal.errors(span, by, *known), signal.requests(span, by, *known)
    return (errors, requests) if errors and requests else None


def _expr(tune: Tune, errors: str, requests: str) -> str:
    service = tune.service
    seconds = units.plain(units.duration(_red.window(service)))
    failed, asked = (_others(service, rate) for rate in (errors, requests))
    return (
        f"(\n  {errors}\n  /\n  ({requests} > 0)\n  > {tune.text('threshold')}\n)\n>\n{TIMES} * (\n"
        f"  ({failed})\n  /\n  ({asked} >= {tune.text('min_requests')} / {seconds})\n)\n"
        f"and\n{_red.in_window(errors, _red.window(service), tune.text('min_errors'))}"
    )


def _others(service: Service, rate: str) -> str:
    """`rate` of all other versions, for each version."""
    level = recorded.level(service.project)
    return f"{promql.aggregate('sum', rate, level)} - on ({', '.join(level)}) group_right () {rate}"


def _alert(tune: Tune, expr: str, label: str, span: str) -> Alert:
    service, version = tune.service, f"{{{{ $labels.{label} }}}}"
    return Alert(
        name=NAME,
        severity=DEFAULTS["severity"],
        expr=expr,
        summary=f"{_red.subject(service)}: version {version} fails more than the others",
        description=f"{_SHARE} of the requests of the last {span} to version {version} failed, more than "
        f"{tune.shown('threshold')} and more than {TIMES} times the share of all other versions. Counted from "
        f"{tune.text('min_errors')} failed requests on, while the others get {tune.text('min_requests')}.",
        impact=f"Users of {service.name} who meet version {version} get errors instead of answers.",
        action=_action(service, version),
        labels=(_kubernetes.ROLLOUT,),
        panel="version_errors",
    )


def _action(service: Service, version: str) -> str:
    undo = f" ({_kubernetes.kubectl(service.workload, 'rollout undo {}')})" if service.workload else ""
    return (
        f"Stop the rollout of {version} or take it back{undo}. Choose the version as canary on the dashboard to compare."
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Both sides of the share, of the guards, and of the comparison with the other versions."""
    tune, (alert,) = Tune(service, "canary_worse", DEFAULTS), alerts
    if _red.window(service) != service.project.rate_window or "instance" in service.signal.sample.names:
        return []
    proofs = _Proofs(tune, alert)
    return [
        *proofs.share(),
        proofs.compared("a little more than twice what fails elsewhere", "1.1e6", _NEW),
        proofs.compared("a little less than twice what fails elsewhere", "0.9e6"),
        *([] if tune.has("min_requests") else [proofs.elsewhere("enough", 105, _NEW), proofs.elsewhere("few", 95)]),
    ]


class _Proofs:
    """Cases of one rule: what versions are asked each minute, and which of them are named."""

    def __init__(self, tune: Tune, alert: Alert) -> None:
        self.tune, self.alert, self.edge = tune, alert, tune.edge()
        self.service = tune.service
        self.begin, self.wait = traffic.begin(self.service), proof.steps(alert.for_)
        self.minutes = int(proof.seconds(self.service.project.rate_window)) // 60

    def share(self) -> list[Case]:
        """Little fails elsewhere: versions a little over and under the share, and with a few failures that are all."""
        over, under = Load(f"{self.edge.over}e6", f"{self.edge.over_rest}e6", "1e6"), self.edge
        good = (_OLD, "a", Load("", "1e15", "1e15"))
        less = ("1.5.1", "c", Load(f"{under.under}e6", f"{under.under_rest}e6", "1e6"))
        guards = () if self.tune.has("min_errors") else (("1.5.2", "d", self._all(11)), ("1.5.3", "e", self._all(9)))
        last = self.begin + self.minutes + self.wait
        all_fail = () if self.tune.has("min_errors") else (self._firing("1.5.2", "100%"),)
        found = (
            *((Claim(self.begin + self.wait - 1, NAME),) if self.wait else ()),
            Claim(self.begin + self.wait, NAME, (self._firing(_NEW, self.edge.over_percent),)),
            Claim(last, NAME, (self._firing(_NEW, self.edge.over_percent), *all_fail)),
        )
        return [self._case("a little too many requests to one version fail", (good, (_NEW, "b", over), less, *guards), found)]

    def compared(self, about: str, more: str, *firing: str) -> Case:
        """As many fail of one version as of the others, which get `more` requests besides."""
        over = Load(f"{self.edge.over}e6", f"{self.edge.over_rest}e6", "1e6")
        loads = ((_NEW, "a", over), (_OLD, "b", over), (_OLD, "c", Load("", more, more)))
        return self._case(about, loads, self._claims(self.begin + self.wait, self.edge.over_percent, *firing))

    def elsewhere(self, about: str, requests: int, *firing: str) -> Case:
        """Everything fails of one version, and the others get so many requests within the window."""
        count = units.plain((Decimal(requests) / self.minutes).quantize(Decimal("0.001")))
        loads = ((_NEW, "a", Load("1e6", "0", "1e6")), (_OLD, "b", Load("", count, count)))
        last = self.begin + self.minutes + self.wait
        return self._case(f"{about} requests elsewhere", loads, self._claims(last, "100%", *firing))

    def _all(self, failed: int) -> Load:
        """So many requests within the window, all of which fail."""
        count = units.plain((Decimal(failed) / self.minutes).quantize(Decimal("0.001")))
        return Load(count, "0", count)

    def _claims(self, at: int, share: str, *firing: str) -> tuple[Claim, ...]:
        return (Claim(at, NAME, tuple(self._firing(version, share) for version in firing)),)

    def _firing(self, version: str, share: str) -> Firing:
        label = self.service.signal.label("version") or ""
        return Firing(self.alert, traffic.of_data(self.service, (label, version)), ((_SHARE, share),))

    def _case(self, about: str, loads: tuple[tuple[str, str, Load], ...], claims: tuple[Claim, ...]) -> Case:
        end = max(claim.at for claim in claims)
        series = traffic.of_versions(self.service, loads, end + 1)
        return Case("canary_worse", about, series=series, claims=claims, asked=True)
