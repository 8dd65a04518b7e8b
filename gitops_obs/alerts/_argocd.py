"""What the alerts on Argo CD share: the application that the service names, its metrics, and proofs with them.

Sync and health are labels of `argocd_app_info`, which is always 1, so each change of either is another series. Alerts
therefore group by what stays: an application that wavers between OutOfSync and Unknown is out of sync all the while.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Application, Service
    from gitops_obs.proof import Pace, Series
    from gitops_obs.rules import Alert

GROUP = "drift"
INFO, SYNCS = "argocd_app_info", "argocd_app_sync_total"
RECENT = "10m"
"""Within so long an application must have been seen in the state that an alert is about."""

_ONE, _TWO = "https://one.example", "https://two.example"
_QUICK = 900  # seconds; what waits longer is proven by the hour


def build(
    service: Service,
    alert: str,
    defaults: Mapping[str, str],
    *rules: Callable[[Service, Application], Alert],
    fors: Sequence[str] = (),
) -> list[Alert | Omitted]:
    """The rules of one alert, tuned; omitted where the service file names no application. `fors` is `for` by rule."""
    application = service.argocd
    if application is None:
        return [Omitted("the service file names no application under `drift.argocd`")]
    waits = fors or [defaults["for"]] * len(rules)
    return [
        Tune(service, alert, {**defaults, "for": wait}).applied(rule(service, application))
        for rule, wait in zip(rules, waits, strict=True)
    ]


def labels(application: Application) -> tuple[tuple[str, str], ...]:
    """Labels as on every alert on drift."""
    return (("slo", "drift"), ("checker", "argocd"), ("source", application.name))


def info(service: Service, application: Application, *match: str, recent: str = "") -> str:
    """1 for the application where a series of it is like that, now or within `recent`, whatever its other labels."""
    found = promql.selector(INFO, application.select, *match)
    whole = f"present_over_time({found}[{recent}])" if recent else found
    return promql.aggregate("group", whole, by(service, application))


def by(service: Service, application: Application) -> tuple[str, ...]:
    """Labels that stay while sync and health change: what the service file leaves open, and where it deploys to."""
    return (*where(service, application), "dest_server")


def where(service: Service, application: Application) -> tuple[str, ...]:
    """Labels that single out an application beside what the service file says of it."""
    left = (("namespace", application.has_namespace), ("project", application.has_project))
    return (*recorded.level(service.project), *(label for label, is_said in left if not is_said))


# proofs --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What Argo CD tells of `application`, for cases about `alert`, which its id names as `lane`."""

    service: Service
    application: Application
    alert: Alert
    lane: str

    @property
    def pace(self) -> Pace:
        """By the minute where that takes few steps."""
        return "minutes" if proof.seconds(self.alert.for_) <= _QUICK else "hours"

    @property
    def wait(self) -> int:
        """Steps until the alert fires."""
        return proof.steps(self.alert.for_, self.pace)

    def case(self, about: str, series: Series, *claims: Claim) -> Case:
        """A case that shares no test with others about the application, except those called the same."""
        return Case(self.lane, about, self.pace, series, claims=claims, subject=("argocd", about))

    def fires(self, begin: int = 0, *, twice: bool = False) -> tuple[Claim, ...]:
        """The alert fires when its `for` is over, counted from step `begin`; `twice` for the second server as well."""
        at, found = begin + self.wait, tuple(self.firing(second=second) for second in (False, True)[: 1 + twice])
        before = (Claim(at - 1, self.alert.name),) if at else ()
        return (*before, Claim(at, self.alert.name, found))

    def silent(self, at: int = 0) -> Claim:
        """Nothing fires, however long it waits."""
        return Claim(at + self.wait, self.alert.name)

    def own(self, values: str, *match: str, metric: str = INFO, second: bool = False) -> tuple[str, str]:
        """A series of the application, on the first server or the second; `match` are the labels that change."""
        return self._named(self._identity, values, match, metric, _TWO if second else _ONE)

    def strangers(self, *match: str, metric: str = INFO, values: str = "") -> Series:
        """Series of applications that differ in one label from what the service file says."""
        application, own = self.application, dict(self._identity)
        chosen = (("name", True), ("namespace", application.has_namespace), ("project", application.has_project))
        others = (own | {label: f"{own[label]}-other"} for label, is_chosen in chosen if is_chosen)
        lasting = values or self.lasting()
        return tuple(self._named(tuple(other.items()), lasting, match, metric, _ONE) for other in others)

    def lasting(self, more: int = 0) -> str:
        """Values of a series that exists all the time."""
        return proof.level("1", self.wait + more)

    def turns(self, of: int) -> list[str]:
        """Values of `of` series that exist in turn: a label flips with every step."""
        gone = ("_", "stale")
        steps = range(self.wait + 1)
        return [" ".join("1" if at % of == n else gone[at > n] for at in steps) for n in range(of)]

    def good(self) -> Case:
        """In sync and healthy, or suspended on purpose; everything is wrong with the strangers."""
        synced, states = 'sync_status="Synced"', ('autosync_enabled="true"', 'autosync_enabled="false"')
        series = (
            self.own(self.lasting(), synced, 'health_status="Healthy"', states[0]),
            self.own(self.lasting(), synced, 'health_status="Suspended"', states[1], second=True),
            *self.strangers('sync_status="OutOfSync"', 'health_status="Degraded"', states[0]),
            *self.strangers('sync_status="Unknown"', 'health_status="Unknown"', states[1]),
        )
        return self.case("the application is in sync and healthy", series, self.silent())

    @property
    def _identity(self) -> tuple[tuple[str, Leaf], ...]:
        application = self.application
        namespace = application.namespace if application.has_namespace else "argocd"
        project = application.project if application.has_project else "default"
        return (("name", application.name), ("namespace", namespace), ("project", project))

    def firing(self, *, second: bool = False) -> Firing:
        """The alert fires, for what is deployed to the first server or the second."""
        left = where(self.service, self.application)
        labels = (pair for pair in self._identity if pair[0] in left)
        return Firing(self.alert, traffic.of_data(self.service, *labels, ("dest_server", _TWO if second else _ONE)))

    def _named(
        self, identity: Sequence[tuple[str, Leaf]], values: str, match: Sequence[str], metric: str, server: str
    ) -> tuple[str, str]:
        parts = (*(f'{label}="{value}"' for label, value in identity), f'dest_server="{server}"', *match)
        return f"{metric}{{{traffic.series_labels(self.service, *parts)}}}", values
