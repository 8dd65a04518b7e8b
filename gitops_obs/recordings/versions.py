"""Requests, failed and slow ones of each version, at the project's rate window: what versions are compared by."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic, units
from gitops_obs.proof import Case, Load, Number
from gitops_obs.recordings import red
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitops_obs.model import Project, Service

GROUP = "red"

_Told = dict["Callable[[Project], str]", tuple[str, str]]
_Rates = list[tuple["Callable[[Project], str]", str]]


def build(service: Service) -> list[Recording | Omitted]:
    """Series for each version that is asked, where the preset knows versions on requests."""
    signal, project = service.signal, service.project
    if signal.label("version") is None:
        return [Omitted(signal.why_not("version"), "version")]
    return [
        Recording(recorded.of_version(name(project)), _named(service, rate), (("service", service.name),))
        for name, rate in (*_requests(service), *_durations(service))
    ]


def has_durations(service: Service) -> bool:
    """Whether it is recorded how many requests of each version are slow."""
    return bool(_durations(service))


def _requests(service: Service) -> _Rates:
    signal, span, (by, known) = service.signal, service.project.rate_window, _of_versions(service)
    asked = signal.requests(span, by, *known), signal.errors(span, by, *known)
    return [(name, rate) for name, rate in zip((recorded.requests, recorded.errors), asked, strict=True) if rate]


def _durations(service: Service) -> _Rates:
    """How many requests were timed, and how many of them were slower than the latency objective wants."""
    signal, span, latency, (by, known) = (
        service.signal,
        service.project.rate_window,
        service.latency,
        _of_versions(service),
    )
    if latency is None or signal.label("version") is None:
        return []
    timed = signal.duration_count(span, by, *known)
    within = signal.within(latency.seconds, latency.le, span, by, *known)
    if timed is None or within is None:
        return []
    return [(recorded.timed, timed), (recorded.slow, f"clamp_min(\n  {timed}\n  -\n  {within},\n  0\n)")]


def _of_versions(service: Service) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels to sum by, and the matcher that leaves out what has no version: an info metric adds it only afterwards."""
    label = service.signal.label("version") or ""
    known = () if service.signal.version_info else (promql.matcher(label, "ne", ""),)
    return (*recorded.level(service.project), label), known


def _named(service: Service, rate: str) -> str:
    """`rate` with the version in the label `version`, whatever the preset calls it."""
    label = service.signal.label("version")
    if label == "version":
        return rate
    copied = f'label_replace({rate}, "version", "$1", "{label}", "(.+)")'
    return promql.aggregate("sum", copied, (*recorded.level(service.project), "version"))


# proofs -------------------------------------------------------------------------------------------------------------

_BAD, _GOOD = "1.5.0", "1.4.2"
_WITHIN = Decimal("0.975")
"""The share of requests of all three instances that are fast."""


def prove(service: Service) -> list[Case]:
    """Two instances of one version, of which some requests are bad, and one of another; strangers that are worse.

    Instances are asked for samples every other minute. What is recorded of the service is the sum of all.
    """
    if service.signal.label("version") is None or "instance" in service.signal.sample.names:
        return []
    failing: _Told = {recorded.requests: ("20", "100"), recorded.errors: ("3", "")}
    slow: _Told = {recorded.timed: ("20", "100"), recorded.slow: ("3", "0")}
    found = [_case(service, "failed requests by version", _requests(service), failing)]
    if has_durations(service) and service.signal.histogram == "classic":
        found.append(_case(service, "slow requests by version", _durations(service), slow, slow=True))
    return found


def _case(
    service: Service,
    about: str,
    rates: _Rates,
    told: _Told,
    *,
    slow: bool = False,
) -> Case:
    at = traffic.begin(service) + proof.steps(service.project.rate_window)  # whole windows have exact rates
    numbers = []
    for name, _ in rates:
        record = recorded.of_version(name(service.project))
        values = zip((_BAD, _GOOD), told[name], strict=True)
        samples = tuple((f"{record}{{{_labels(service, version)}}}", value) for version, value in values if value)
        numbers.append(Number(at, record, samples))
    numbers += _of_all(service, at, rates, slow=slow)
    bad, good = Load("90", "510", "600"), Load("" if not slow else "0", "6e3", "6e3")
    loads = ((_BAD, "a", bad), (_BAD, "b", bad), (_GOOD, "c", good))
    series = traffic.of_versions(service, loads, at + 1, slow=slow)
    seldom = tuple((name, _every_other(values, at)) for name, values in series)
    return Case("versions", about, series=seldom, numbers=tuple(numbers), alone=True)


def _of_all(service: Service, at: int, rates: _Rates, *, slow: bool) -> list[Number]:
    """What is recorded of the service as a whole."""
    names = (name for name, _ in rates)
    told = [
        (f"0 + {recorded.of(service, name(service.project))}", n) for name, n in zip(names, ("120", "3"), strict=False)
    ]
    if slow:
        told += red.told_of_quantiles(service, _WITHIN)
    return [red.number(service, at, *one) for one in told]


def _every_other(values: str, at: int) -> str:
    """A counter with samples at every other step only, `at` among them; a gauge as it is."""
    step, _, count = values.removeprefix("0+").partition("x")
    if not values.startswith("0+"):
        return values
    return " ".join(units.plain(Decimal(step) * n) if (at - n) % 2 == 0 else "_" for n in range(int(count) + 1))


def _labels(service: Service, version: str) -> str:
    return traffic.series_labels(service, f'service="{service.name}"', f'version="{version}"')
