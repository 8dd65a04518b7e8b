"""Proofs of the alerts on drift: metrics of a drift exporter for every source of the service, and for strangers.

The sources of a service share the names of their alerts, so each claim speaks of all of them. Beside them stand
another source of the same checker and another checker of the same source, in quite another state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitops_obs import proof
from gitops_obs.alerts import _drift
from gitops_obs.proof import STEP, Case, Claim, Firing

if TYPE_CHECKING:
    from gitops_obs.alerts._tune import Tune
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service
    from gitops_obs.proof import Pace, Series
    from gitops_obs.rules import Alert

COUNT, AGE = "{{ $value }}", "{{ $value | humanizeDuration }}"
DRIFTED = ("changed", "missing", "extra")

_OBJECTS = {"changed": "0", "missing": "0", "extra": "0", "pending": "1", "ignored": "16", "unknown": "32"}
_LONG = 24  # steps: cases whose series are equal to the letter share a test
_ONE = 'kind="Deployment",namespace="shop",name="example",status="changed"'
_LISTED = " Among them: Deployment shop/example (changed);"


@dataclass(frozen=True, slots=True)
class Told:
    """What a drift exporter tells of the sources of `service`, one sample a step of `pace`; `alerts` are theirs."""

    service: Service
    alerts: list[Alert]
    pace: Pace = "minutes"

    @property
    def end(self) -> int:
        """The step at which the slowest of the alerts fires."""
        return max(proof.steps(alert.for_, self.pace) for alert in self.alerts)

    # series ----------------------------------------------------------------------------------------------------------

    def level(self, value: Leaf) -> str:
        """Values of a gauge that stays."""
        return proof.level(value, max(self.end, _LONG))

    def aged(self, seconds: Leaf) -> str:
        """Values of a timestamp that is always `seconds` ago."""
        return f"-{seconds}+{STEP[self.pace]}x{max(self.end, _LONG)}"

    def own(self, metric: str, values: str, *match: str) -> Series:
        """`metric` for each source of the service."""
        return tuple((_drift.series(metric, source, *match), values) for source in self.service.drift)

    def strangers(self, metric: str, values: str, *match: str) -> Series:
        """`metric` for another source of each checker, and for another checker of the source, which all have."""
        drift = self.service.drift
        others = (*(replace(source, source="another") for source in drift), replace(drift[0], checker="another"))
        return tuple((_drift.series(metric, other, *match), values) for other in others)

    def both(self, metric: str, own: str, strange: str, *match: str) -> Series:
        """`metric` for each source of the service, and for strangers."""
        return (*self.own(metric, own, *match), *self.strangers(metric, strange, *match))

    def latest(self, metric: str, seconds: Leaf) -> Series:
        """A timestamp as two exporters tell it, `seconds` ago and long before; just now for strangers."""
        first = self.both(metric, self.aged(seconds), self.aged("1"), 'instance="a"')
        return (*first, *self.own(metric, self.aged("8e8"), 'instance="b"'))

    def objects(self, **other: str) -> Series:
        """How many objects are in which status: none that drifted, unless `other` says how many."""
        many, found = self.level("64"), {s: self.level(other.get(s, some)) for s, some in _OBJECTS.items()}
        parts = (self.both("drift_resources", some, many, f'status="{status}"') for status, some in found.items())
        return tuple(pair for part in parts for pair in part)

    def listed(self) -> Series:
        """An object that the exporter names, of the first source only."""
        return ((_drift.series("drift_resource_info", self.service.drift[0], _ONE), self.level("1")),)

    # claims ----------------------------------------------------------------------------------------------------------

    def fires(self, *filled: tuple[str, str], begin: int = 0) -> tuple[Claim, ...]:
        """Each source's alert fires when its `for` is over, counted from step `begin`, and no step earlier."""
        waits = [begin + proof.steps(alert.for_, self.pace) for alert in self.alerts]
        firing = [
            (self._firing(n, alert, *filled), wait)
            for n, (alert, wait) in enumerate(zip(self.alerts, waits, strict=True))
        ]
        moments = sorted({at for wait in waits for at in (wait - 1, wait) if at >= 0})
        return tuple(Claim(at, self.alerts[0].name, tuple(one for one, wait in firing if wait <= at)) for at in moments)

    @property
    def silent(self) -> Claim:
        """None fires, however long it waits."""
        return Claim(self.end, self.alerts[0].name)

    def _firing(self, n: int, alert: Alert, *filled: tuple[str, str]) -> Firing:
        source = self.service.drift[n]
        named = (_drift.AMONG_THEM, "" if n else _LISTED)
        return Firing(alert, (("checker", source.checker), ("source", source.source)), (*filled, named))


def by_objects(tune: Tune, alerts: list[Alert], statuses: tuple[str, ...], *about: str) -> list[Case]:
    """The cases of an alert on how many objects are in one of `statuses`: a few too many, and as many as may be."""
    told = Told(tune.service, alerts, "hours")

    def case(text: str, objects: dict[str, Leaf], *claims: Claim) -> Case:
        return Case(tune.id, text, "hours", (*told.objects(**objects), *told.listed()), claims=claims)

    others = dict.fromkeys((*DRIFTED, "pending"), "1") | dict.fromkeys(statuses, "0")
    if tune.has("threshold"):
        edge, last = tune.edge(), statuses[-1]
        over = [case(about[0], others | {last: edge.over}, *told.fires((COUNT, edge.over)))]
        return [*over, case(about[1], others | {last: edge.under}, told.silent)]
    some = [statuses[-1:]] if len(statuses) == 1 else [statuses[-1:], statuses]
    many = [case(about[0], others | dict.fromkeys(which, "1"), *told.fires((COUNT, str(len(which))))) for which in some]
    return [*many, case(about[1], others, told.silent)]
