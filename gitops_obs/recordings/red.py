"""Requests, errors and durations of the whole service, at the project's rate window."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import recorded, traffic, units
from gitops_obs.proof import Case, Load, Number
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Latency, Service

    Told = tuple[str, str]
    """An expression, and the value of its one sample: "" where it has none."""

GROUP = "red"
QUANTILES = ("0.5", "0.9", "0.99")


def build(service: Service) -> list[Recording | Omitted]:
    """Rates and ratio, then quantiles, then what a latency objective counts."""
    return [*_rates(service), *_quantiles(service), *(_slow(service, service.latency) if service.latency else ())]


def _rates(service: Service) -> Iterator[Recording | Omitted]:
    signal, project = service.signal, service.project
    by, labels = recorded.level(project), (("service", service.name),)
    requests = signal.requests(project.rate_window, by)
    if requests is None:
        yield Omitted(signal.why_not("requests"), "requests")
        return
    yield Recording(recorded.requests(project), requests, labels)
    errors = signal.errors(project.rate_window, by)
    if errors is None:
        yield Omitted(signal.why_not("errors"), "errors")
        return
    yield Recording(recorded.errors(project), f"{errors}\nor\n0 * {requests}", labels)
    part, whole = (recorded.of(service, name(project)) for name in (recorded.errors, recorded.requests))
    yield Recording(recorded.error_ratio(project), f"{part}\n/\n({whole} > 0)", labels)


def _quantiles(service: Service) -> Iterator[Recording | Omitted]:
    project, found = service.project, _known_quantiles(service)
    for q, expr in found.items():
        # a histogram without traffic has NaN for a quantile: `>= 0` records nothing then
        yield Recording(recorded.quantile(project, q), f"{expr} >= 0", (("service", service.name),))
    if not found:
        yield Omitted(service.signal.why_not("quantiles"), "quantiles")


def _known_quantiles(service: Service) -> dict[str, str]:
    """Expressions of the quantiles that the service has, by quantile."""
    signal, project = service.signal, service.project
    wanted = {*QUANTILES, service.latency.quantile} if service.latency else set(QUANTILES)
    found = {q: signal.quantile(q, project.rate_window, recorded.level(project)) for q in sorted(wanted, key=Decimal)}
    return {q: expr for q, expr in found.items() if expr is not None}


def _slow(service: Service, latency: Latency) -> Iterator[Recording | Omitted]:
    signal, project = service.signal, service.project
    by, labels = recorded.level(project), (("service", service.name),)
    timed = signal.duration_count(project.rate_window, by)
    within = signal.within(latency.seconds, latency.le, project.rate_window, by)
    if timed is None or within is None:
        yield Omitted(signal.why_not("quantiles"), "quantiles")
        return
    yield Recording(recorded.timed(project), timed, labels)
    slow = f"clamp_min(\n  {timed}\n  -\n  {within},\n  0\n)"
    yield Recording(recorded.slow(project), slow, labels)


# proofs --------------------------------------------------------------------------------------------------------------

_BAD, _GOOD, _TOTAL = "0.0170e6", "0.9830e6", "1.0000e6"  # as nobody else writes them: whatever is equal is shared
_NONE, _GOOD_ONLY = Load("0", "0", "0"), Load("", "1e6", "1e6")


def prove(service: Service) -> list[Case]:
    """1.7 % of a million requests a minute fail and are slow; no traffic at all; and no series of failed requests."""
    return [
        _case(service, "what is counted of requests, 1.7 % of them failing and slow", _mixed(service), _told(service)),
        _case(service, "no traffic", _NONE, _told_of_none(service)),
        _case(service, "nothing fails", _GOOD_ONLY, _told_of_good(service)),
    ]


def _case(service: Service, about: str, load: Load, told: Iterable[Told]) -> Case:
    at, counted = traffic.begin(service) + 1, service.signal.preset.requests
    numbers = tuple(number(service, at, *one) for one in told)
    # nobody else may bring requests, which are counted here
    alone = counted.metrics if counted else ()
    return Case("red", about, failing=load, slow=load, numbers=numbers, absent=alone)


def _mixed(service: Service) -> Load:
    bad = service.signal.preset.errors is not None
    return Load(_BAD, _GOOD, _TOTAL) if bad else Load("", _TOTAL, _TOTAL)


def number(service: Service, at: int, expr: str, value: str) -> Number:
    """The claim that the expression has that value for the service, "" for none."""
    labels = traffic.series_labels(service, f'service="{service.name}"')
    return Number(at, expr, ((f"{{{labels}}}", value),) if value else ())


def _told(service: Service) -> Iterator[Told]:
    """Expressions and their values at the second step: two minutes' requests stand in the window."""
    project, signal = service.project, service.signal
    window = units.plain(units.duration(project.rate_window))
    # how far the first samples of native histograms are extrapolated is not the same in every Prometheus
    native = signal.histogram == "native"
    rounded = "1e6, 1000" if native else "1e6"
    counted = [(recorded.requests, "2000000")]
    if signal.preset.errors:
        counted.append((recorded.errors, "34000"))
        yield f"round({recorded.of(service, recorded.error_ratio(project))} * {rounded})", "17000"
    if service.latency:
        counted += [(recorded.timed, "2000000"), (recorded.slow, "34000")]
        slow, timed = (recorded.of(service, name(project)) for name in (recorded.slow, recorded.timed))
        yield f"round({slow} / {timed} * {rounded})", "17000"
    for name, value in counted:
        series = recorded.of(service, name(project))
        yield (f"{series} > bool 0", "1") if native else (f"round({series} * {window})", value)
    yield from told_of_quantiles(service, Decimal("0.983"))


def told_of_quantiles(service: Service, share: Decimal) -> Iterator[Told]:
    """In thousandths of the bound that `share` keep to; of a native histogram, whether it is beyond all reason."""
    bound = _bound(service)
    for q in _known_quantiles(service):
        series = recorded.of(service, recorded.quantile(service.project, q))
        if service.signal.histogram == "native":
            yield f"{series} > bool 1000", "1" if Decimal(q) > share else "0"
        elif bound is not None:
            thousandths = min(Decimal(q) / share * 1000, Decimal(1000)).to_integral_value()
            yield f"round({series} / {bound} * 1000)", units.plain(thousandths)


def _told_of_none(service: Service) -> Iterator[Told]:
    """Nothing is zero requests, and no ratio and no quantile."""
    project = service.project
    yield f"0 + {recorded.of(service, recorded.requests(project))}", "0"
    if service.signal.preset.errors:
        yield f"0 + {recorded.of(service, recorded.errors(project))}", "0"
        yield recorded.of(service, recorded.error_ratio(project)), ""
    if _bound(service) is not None:
        yield from ((recorded.of(service, recorded.quantile(project, q)), "") for q in _known_quantiles(service))


def _told_of_good(service: Service) -> Iterator[Told]:
    """Without a series of failed requests there are none of them, and a ratio of 0."""
    if service.signal.preset.errors:
        for name in (recorded.errors, recorded.error_ratio):
            yield f"0 + {recorded.of(service, name(service.project))}", "0"
    if service.latency and service.signal.histogram == "classic":
        yield f"0 + {recorded.of(service, recorded.slow(service.project))}", "0"


def _bound(service: Service) -> Leaf | None:
    """Seconds of the bucket that proofs fill, None where there is none."""
    histogram = service.signal.histogram_for()
    if service.latency:
        return service.latency.seconds
    bound = traffic.first_bound(histogram) if histogram else None
    if histogram is None or bound is None:
        return None
    return units.plain(bound / (1000 if histogram.unit == "ms" else 1))
