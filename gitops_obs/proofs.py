"""The proofs of all rules of a service, joined into as few promtool tests as serve.

A test opens a database of its own and evaluates every rule of the service at every step, so cases that do not disturb
each other share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitops_obs import alerts, proof, recordings, rules, traffic
from gitops_obs.proof import STEP
from gitops_obs.rules import Alert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.model import Service
    from gitops_obs.proof import Case, Claim, Firing, Load, Number, Pace

_STRANGER = "another"
_TEXTS = {"compare_url": ""}  # no version runs in a proof


@dataclass(slots=True)
class Test:
    """One promtool test: cases that share their data."""

    pace: Pace
    cases: list[Case] = field(default_factory=list)

    def takes(self, case: Case, *, native: bool) -> bool:
        """Whether `case` can be joined: no lane or alert twice, no series with two values."""
        if (
            _far_apart(self.end, case.end)
            or case.alone
            or case.every != self.every
            or any(other.alone or other.lane == case.lane or other.names & case.names for other in self.cases)
        ):
            return False
        subjects = {other.subject for other in self.cases if other.subject[0] == case.subject[0]}
        if subjects - {case.subject}:
            return False
        return self._loads_agree(case, native=native) and self._series_agree(case)

    def _series_agree(self, case: Case) -> bool:
        if any(other.metrics & set(case.absent) or case.metrics & set(other.absent) for other in self.cases):
            return False
        known = {series: values for other in self.cases for series, values in other.series}
        return all(known.get(series, values) == values for series, values in case.series)

    def _loads_agree(self, case: Case, *, native: bool) -> bool:
        """Requests are counted once: failing ones and slow ones may be parts of the same, of the same route."""
        loads = [load for other in (*self.cases, case) for load in (other.failing, other.slow) if load]
        twice = any(_differ(o.failing, case.failing) or _differ(o.slow, case.slow) for o in self.cases)
        if twice or (native and len(loads) > 1):
            return False
        return len({(load.total, load.route and load.route.route) for load in loads}) <= 1

    @property
    def every(self) -> int:
        """Minutes between samples, 0 where each step has one."""
        return self.cases[0].every

    @property
    def end(self) -> int:
        """The last step."""
        return max(case.end for case in self.cases)

    def series(self, service: Service) -> dict[str, str]:
        """Series and their values."""
        failing: Load | None = next((case.failing for case in self.cases if case.failing), None)
        slow: Load | None = next((case.slow for case in self.cases if case.slow), None)
        found = dict(traffic.series(service, failing, slow, self.end + 1))
        told = {series: values for case in self.cases for series, values in case.series}
        # whatever is recorded, another service has as well
        own, other = f'service="{service.name}"', f'service="{_STRANGER}"'
        twins = {series.replace(own, other): values for series, values in told.items() if series.startswith("service")}
        return found | told | twins

    @property
    def claims(self) -> list[Claim]:
        """What fires and what does not."""
        return [claim for case in self.cases for claim in case.claims]

    @property
    def numbers(self) -> list[Number]:
        """What is recorded."""
        return [number for case in self.cases for number in case.numbers]

    @property
    def name(self) -> str:
        """What it is about, in words."""
        return "; ".join(dict.fromkeys(case.about for case in self.cases))


def _far_apart(one: int, other: int) -> bool:
    """Whether cases end so far apart that the shorter one's rules would be evaluated in vain for most of the test."""
    return max(one, other) > 2 * min(one, other) + 2


def _differ(one: Load | None, other: Load | None) -> bool:
    return one is not None and other is not None and one != other


def cases(service: Service) -> list[Case]:
    """Every case of every alert and recording that the service has."""
    found: list[Case] = []
    for name in alerts.ids():
        module = alerts.module(name)
        built = [rule for rule in alerts.rules_of(service, name) if isinstance(rule, Alert)]
        if built:
            found += module.prove(service, built)
    for name in recordings.ids():
        found += recordings.module(name).prove(service)
    return found


def tests(service: Service) -> list[Test]:
    """The tests of all cases, the longest first, so that short ones fill what is there."""
    native = service.signal.histogram == "native"
    known = traffic.is_known(service)
    joined: list[Test] = []
    for case in sorted(_usable(cases(service), known=known), key=lambda case: (case.pace, -case.end)):
        fitting = (test for test in joined if test.pace == case.pace and test.takes(case, native=native))
        test = next(fitting, None)
        if test is None:
            test = Test(case.pace)
            joined.append(test)
        test.cases.append(case)
    return joined


def _usable(found: Iterable[Case], *, known: bool) -> list[Case]:
    """Cases whose series can be made."""
    return [case for case in found if known or not case.asks]


def expected(firing: Firing, service: Service, seconds: int) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and annotations of an alert that fires `seconds` after the start.

    Raises ValueError where a template is left that nobody filled in: the proof would be wrong.
    """
    alert = firing.alert
    labels = {**dict(firing.labels), **rules.all_labels(alert, service)}
    texts = {key: _TEXTS.get(key, text) for key, text in rules.all_annotations(alert, service).items()}
    filled = [*_times(alert, seconds), *firing.filled, *((f"{{{{ $labels.{k} }}}}", v) for k, v in firing.labels)]
    texts = _replaced(texts, filled)
    for text in texts.values():
        if any(mark in text for mark in ("{{ $", "{{ query", "{{ with")):
            raise ValueError(f"{alert.name}: a template is left in {text!r}")
    # a route may hold what looks like a template, and comes out as it is
    routes = [(route.label, route.route) for route in service.routes]
    return _replaced(labels, routes), _replaced(texts, routes)


def _replaced(texts: dict[str, str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    for old, new in pairs:
        texts = {key: text.replace(old, new) for key, text in texts.items()}
    return texts


def _times(alert: Alert, seconds: int) -> list[tuple[str, str]]:
    since = int(proof.seconds(alert.since))
    return [
        (rules.milliseconds(rules.looked_back(alert)), str(1000 * (seconds - since))),
        (rules.milliseconds("time()"), str(1000 * seconds)),
    ]


def at(step: int, pace: Pace) -> str:
    """The time of a step as promtool reads it: `3m`, `26h`."""
    unit = {"minutes": ("m", 60), "hours": ("h", 3600), "weeks": ("w", 604800)}[pace]
    return f"{step * STEP[pace] // unit[1]}{unit[0]}"
