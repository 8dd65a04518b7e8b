"""What the alerts on single versions share: one version against all others together, its words, and its proof."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import proof, recorded, traffic, units
from gitops_obs.alerts import _kubernetes, _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Project, Service

TIMES = 2
"""How many times as large a share must be bad as of the other versions."""

_SHARE, _VERSION = "{{ $value | humanizePercentage }}", "{{ $labels.version }}"
_NEW, _OLD = "1.5.0", "1.4.2"


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared: bad requests among all, as recorded by version.

    `did` is what bad requests did ("failed"), `meet` what happens to users, `why` what is wrong with the version.
    """

    alert: str
    name: str
    defaults: Mapping[str, str]
    bad: Callable[[Project], str]
    of: Callable[[Project], str]
    panel: str
    did: str
    why: str
    meet: str


# the rule -----------------------------------------------------------------------------------------------------------


def built(service: Service, compared: Compared) -> Alert:
    """The alert, tuned."""
    tune, span = Tune(service, compared.alert, compared.defaults), service.project.rate_window
    least_bad, least_asked = tune.text("min_errors"), tune.text("min_requests")
    alert = Alert(
        name=compared.name,
        severity=compared.defaults["severity"],
        expr=_expr(tune, compared),
        summary=f"{_red.subject(service)}: version {_VERSION} {compared.why} than the others",
        description=f"{_SHARE} of the requests of the last {span} to version {_VERSION} {compared.did}, more than "
        f"{tune.shown('threshold')} and more than {TIMES} times the share of all other versions. Counted from "
        f"{least_bad} such requests on, while the others get {least_asked}.",
        impact=f"Users of {service.name} who meet version {_VERSION} {compared.meet}.",
        action=_action(service),
        labels=(_kubernetes.ROLLOUT,),
        panel=compared.panel,
    )
    return tune.applied(alert)


def _expr(tune: Tune, compared: Compared) -> str:
    service, span = tune.service, tune.service.project.rate_window
    bad, asked = (recorded.of(service, name) for name in _series(service, compared))
    enough = f"{tune.text('min_requests')} / {units.plain(units.duration(span))}"
    return (
        f"(\n  {bad}\n  /\n  ({asked} > 0)\n  > {tune.text('threshold')}\n)\n>\n{TIMES} * (\n"
        f"  {_others(service, bad)}\n  /\n  ({_others(service, asked)} >= {enough})\n)\n"
        f"and\n{_red.in_window(bad, span, tune.text('min_errors'))}"
    )


def _series(service: Service, compared: Compared) -> tuple[str, str]:
    """Names of the series of bad requests and of all, by version."""
    return tuple(recorded.of_version(name(service.project)) for name in (compared.bad, compared.of))  # type: ignore[return-value]  # two


def _others(service: Service, rate: str) -> str:
    """What all other versions have together of `rate`, for each version."""
    level = ", ".join(("service", *recorded.level(service.project)))
    return f"(sum by ({level}) ({rate}) - on ({level}) group_right () {rate})"


def _action(service: Service) -> str:
    undo = f" ({_kubernetes.kubectl(service.workload, 'rollout undo {}')})" if service.workload else ""
    return (
        f"Stop the rollout of {_VERSION} or take it back{undo}. Choose the version as `canary` on the dashboard to "
        "compare it with the others."
    )


# its proof ----------------------------------------------------------------------------------------------------------


def cases(service: Service, compared: Compared, alert: Alert) -> list[Case]:
    """Both sides of the share, of the guards, and of the comparison with the other versions."""
    if not _kubernetes.is_short(alert):
        return []
    proofs = _Proofs(service, compared, alert)
    return [
        proofs.share(),
        proofs.compare("a little more than twice the share of the others", "2.1e6", _NEW),
        proofs.compare("a little less than twice the share of the others", "1.9e6"),
        *proofs.guarded(),
    ]


class _Proofs:
    """Cases of one rule: what is recorded of versions, and which of them are named."""

    def __init__(self, service: Service, compared: Compared, alert: Alert) -> None:
        self.tune, self.compared, self.alert = Tune(service, compared.alert, compared.defaults), compared, alert
        self.service, self.wait, self.edge = service, proof.steps(alert.for_), self.tune.edge()

    def share(self) -> Case:
        """Little is bad elsewhere: versions a little over and under the share, and with few requests, all bad."""
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
        before = (Claim(self.wait - 1, self.alert.name),) if self.wait else ()
        claims = (*before, Claim(self.wait, self.alert.name, tuple(firing)))
        return self._case("a little too large a share", versions, *claims)

    def compare(self, about: str, asked: str, *firing: str) -> Case:
        """As many are bad of one version as of the others, which are `asked` more."""
        bad = f"{self.edge.over}e6"
        versions = {_NEW: (bad, "1e6"), _OLD: (bad, asked)}
        return self._case(about, versions, self._claim(self.edge.over_percent, *firing))

    def guarded(self) -> list[Case]:
        """Everything is bad of one version, and the others get just enough requests within the window, or too few."""
        if self.tune.has("min_requests"):
            return []
        told = (("enough", 105, (_NEW,)), ("too few", 95, ()))
        return [
            self._case(
                f"{about} requests elsewhere",
                {_NEW: ("1e6", "1e6"), _OLD: ("0", self._rate(requests))},
                self._claim("100%", *firing),
            )
            for about, requests, firing in told
        ]

    def _rate(self, requests: int) -> str:
        """So many requests within the window, as a rate per second."""
        return units.plain((requests / units.duration(self.service.project.rate_window)).quantize(Decimal("0.00001")))

    def _claim(self, share: Leaf, *versions: str) -> Claim:
        return Claim(self.wait, self.alert.name, tuple(self._firing(version, share) for version in versions))

    def _firing(self, version: str, share: Leaf) -> Firing:
        data = traffic.of_data(self.service, ("service", self.service.name), ("version", version))
        return Firing(self.alert, data, ((_SHARE, share),))

    def _case(self, about: str, versions: Mapping[str, tuple[Leaf, str]], *claims: Claim) -> Case:
        """`versions` have rates of bad requests ("" for no series) and of all; another service has many as well."""
        names, series = _series(self.service, self.compared), []
        stranger = (f"{self.service.name}-other", {_NEW: ("5e6", "5e6"), "0": ("9e6", "9e6")})
        for service, rates in ((self.service.name, versions), stranger):
            for version, values in rates.items():
                of = traffic.series_labels(self.service, f'service="{service}"', f'version="{version}"')
                pairs = zip(names, values, strict=True)
                series += [(f"{name}{{{of}}}", proof.level(value, self.wait)) for name, value in pairs if value]
        about = f"of one version {about} {self.compared.did}"
        return Case(self.compared.alert, about, series=tuple(series), claims=claims, subject=("versions", "compared"))
