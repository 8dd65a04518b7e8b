"""Requests as series of the service's own metrics: what proofs feed to a preset's selectors.

A preset says how failed and slow requests are told from others; this is the other direction. Beside them stand series
that no selector of the service may take, all of them failing, so that a matcher that gets lost is noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import examples, promql, proof, recorded, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import RouteObjective, Service
    from gitops_obs.preset import Counted, Histogram, Matchers
    from gitops_obs.proof import Load, Series

CLUSTER = "eu"
"""The value of the project's cluster label in proofs."""

ELSEWHERE = "1e12"
"""Good requests a step of another route, beside which those of one route are nothing."""

STRANGERS = "9e6"
"""Requests a step of what is not the service; all of them fail."""

_ELSEWHERE = '"elsewhere"'
_Pair = tuple[str, str]
_USUAL = {"http": ("200", "500"), "http_class": ("2xx", "5xx"), "class_digit": ("2", "5"), "outcome": ("success",)}
_GRPC = ("OK",)
_LEAST_WINDOW = 120  # seconds
_FASTEST, _SLOWEST = -30, 11  # powers of two of seconds, or of milliseconds: below and above any objective


def is_known(service: Service) -> bool:
    """Whether series can be made which the service's selectors take, and which tell failed requests from others.

    Proofs have a sample a minute, of which a rate needs two: shorter windows see nothing of them.
    """
    if proof.seconds(service.project.rate_window) < _LEAST_WINDOW:
        return False
    signal, preset = service.signal, service.signal.preset
    chosen = {name for match in (preset.error_match, *_matches(service)) for name, _ in match}
    names = {signal.label(name) or name for name in chosen} | ({signal.label("route")} - {None})
    return signal.sample.known and not names & set(signal.sample.names)


def series(service: Service, failing: Load | None, slow: Load | None, count: int) -> Series:
    """What the service's metrics hold over `count` steps while it is asked like that."""
    load = failing or slow
    if load is None:
        return ()
    made = _Made(service, load.route, count)
    found = [*made.requests(failing, load), *(made.durations(slow) if slow else ())]
    return tuple(dict(found).items())


def of_versions(service: Service, loads: Iterable[tuple[str, str, Load]], count: int, *, slow: bool = False) -> Series:
    """Requests of versions: what an instance that runs a version is asked, as (version, instance, load).

    What is bad of a load fails, or is slow with `slow`.
    """
    found: list[_Pair] = []
    for version, instance, load in loads:
        made = _Made(service, None, count, (version, instance))
        found += [
            *made.requests(None if slow else load, load),
            *(made.durations(load) if slow else ()),
            *made.version(),
        ]
    return tuple(dict(found).items())


def with_label(service: Service, count: int, label: str, other: str) -> Series:
    """A million good requests a step with `label` (`version="1.4.1"`), and of strangers with `other`."""
    load = proof.Load("", "1e6", "1e6")
    (name, values), *strangers = _Made(service, None, count).requests(load, load)
    return (_labelled(name, label), values), *((_labelled(stranger, other), bad) for stranger, bad in strangers)


def _labelled(series: str, label: str) -> str:
    return f"{series[:-1]},{label}}}"


def first_bound(histogram: Histogram) -> Decimal | None:
    """The least bound above 0 of a classic histogram, in its own unit."""
    return next((bound for bound in histogram.buckets if bound > 0), None)


def begin(service: Service) -> int:
    """The first step by the minute at which rates are known: two samples are needed, and some sources are late."""
    preset = service.signal.preset
    first = 0 if preset.requests and preset.requests.kind == "gauge_per_period" else 1
    return first + preset.delay // 60


def cluster(service: Service) -> tuple[tuple[str, str], ...]:
    """The label that tells clusters apart, where the project has one, with its value in proofs."""
    return tuple((name, CLUSTER) for name in recorded.level(service.project))


def of_data(service: Service, *labels: tuple[str, Leaf]) -> tuple[tuple[str, Leaf], ...]:
    """Labels that an alert has from the data: the cluster, and `labels`."""
    return (*cluster(service), *labels)


def series_labels(service: Service, *parts: Leaf) -> Leaf:
    """Labels of a series in PromQL notation: `parts`, and the cluster."""
    return promql.joined(*parts, *(f'{name}="{value}"' for name, value in cluster(service)))


def _matches(service: Service) -> list[Matchers]:
    preset = service.signal.preset
    parts = (preset.requests, preset.errors, preset.duration, preset.duration_by_route)
    return [part.match for part in parts if part]


class _Made:
    """Makes series of one service, for `count` steps, all of one route or of none; of (version, instance) if given."""

    def __init__(
        self, service: Service, route: RouteObjective | None, count: int, runs: tuple[str, str] | None = None
    ) -> None:
        self.runs = runs
        self.service, self.signal, self.count = service, service.signal, count
        self.preset = service.signal.preset
        self.route = route

    def requests(self, failing: Load | None, load: Load) -> Iterator[_Pair]:
        """Good and failed requests; all are good where nothing is said of failing."""
        good, bad = (failing.good, failing.bad) if failing else (load.total, "")
        counted, errors = self.preset.requests, self.preset.errors
        if counted is None:
            return
        failed = errors.metrics if errors else ()
        by_label = failed == counted.metrics
        metric = counted.metrics[0] if by_label else next(name for name in counted.metrics if name not in failed)
        # failed requests are among the requests, unless a metric of its own counts them
        among = by_label or set(failed) & set(counted.metrics)
        yield self._counted(counted, metric, self._own(), good if among or not errors else load.total, failed=False)
        if self.route:
            yield self._counted(counted, metric, self._own(), ELSEWHERE, failed=False, route=_ELSEWHERE)
        if errors and bad:
            yield self._counted(errors, failed[0], self._own(), bad, failed=True)
        for labels in self._strangers():
            yield self._counted(counted, metric, labels, STRANGERS, failed=by_label)
            if errors and not by_label:
                yield self._counted(errors, failed[0], labels, STRANGERS, failed=True)
        for instead in self._left_out(counted.match):
            yield self._counted(counted, metric, self._own(), STRANGERS, failed=by_label, instead=instead)

    def durations(self, slow: Load) -> Iterator[_Pair]:
        """The duration histogram: how many requests were fast enough, and how many there were."""
        histogram = self.signal.histogram_for((self.signal.label("route") or "",) if self.route else ())
        bucket = self._bucket(histogram)
        if histogram is None or bucket is None:
            return
        own = self._of_histogram(histogram, self._own())
        if self.signal.histogram == "native":
            yield f"{histogram.metric}{{{own}}}", _histogram(slow.good, slow.bad, self.count, slow.total)
            return
        yield from self._buckets(histogram, bucket, own, slow.good, slow.total)
        for labels in self._strangers():
            others = self._of_histogram(histogram, labels)
            yield from self._buckets(histogram, bucket, others, STRANGERS, STRANGERS)
        for instead in self._left_out(histogram.match):
            others = self._of_histogram(histogram, self._own(), instead=instead)
            yield from self._buckets(histogram, bucket, others, STRANGERS, STRANGERS)
        if self.route:
            elsewhere = self._of_histogram(histogram, self._own(), _ELSEWHERE)
            yield from self._buckets(histogram, bucket, elsewhere, ELSEWHERE, ELSEWHERE)

    def _bucket(self, histogram: Histogram | None) -> Leaf | None:
        """The label of the bucket for requests that are fast enough: the objective's, or the first without one."""
        objective = self.route.latency if self.route else self.service.latency
        if objective or self.route or histogram is None:
            return objective.bucket if objective else None
        if self.signal.histogram == "native":
            return ""
        bound = first_bound(histogram)
        return f'le="{units.plain(bound)}"' if bound else None

    def _buckets(self, histogram: Histogram, bucket: Leaf, labels: str, good: str, total: str) -> Iterator[_Pair]:
        """A classic histogram, by bound; its count besides, unless that is what counts requests."""
        for bound, value in ((bucket, good), ('le="+Inf"', total)):
            yield f"{histogram.metric}_bucket{{{promql.joined(labels, bound)}}}", self._rising(value)
        if not self._counts(histogram):
            yield f"{histogram.metric}_count{{{labels}}}", self._rising(total)

    def version(self) -> Iterator[_Pair]:
        """The info metric that tells the version, where the requests themselves do not."""
        if (info := self.signal.version_info) and self.runs:
            own = (self.signal.info_sample.labels, *self._instance(), f'{info.label}="{self.runs[0]}"')
            yield f"{info.metric}{{{series_labels(self.service, *own)}}}", proof.level("1", self.count)

    # labels ------------------------------------------------------------------------------------------------------

    def _own(self) -> str:
        return series_labels(self.service, self.signal.sample.labels, *self._instance(), *self._version())

    def _instance(self) -> list[str]:
        """The labels that tell an instance apart, as far as the selector leaves them open."""
        on = self.signal.version_info.on if self.signal.version_info else ("instance",)
        return [f'{name}="{self.runs[1]}"' for name in on if name not in self.signal.sample.names] if self.runs else []

    def _version(self) -> list[str]:
        """The label that tells the version, unless an info metric does."""
        label = self.signal.label("version")
        return [f'{label}="{self.runs[0]}"'] if self.runs and label and not self.signal.version_info else []

    def _strangers(self) -> list[str]:
        runs = (*self._instance(), *self._version())
        return [series_labels(self.service, other.labels, *runs) for other in self.signal.sample.others]

    def _left_out(self, match: Matchers) -> Iterator[_Pair]:
        """Labels, with values, of what the preset counts among no requests: its own probes, or streams."""
        routed = self.signal.label("route") if self.route else None
        for label, ops in match:
            name = self.signal.label(label) or label
            refused = next((value for op, of in ops if (value := examples.refused(op, of)) is not None), None)
            if refused is not None and name != routed:
                yield name, refused

    def _counted(
        self,
        counted: Counted,
        metric: str,
        labels: str,
        value: str,
        *,
        failed: bool,
        route: Leaf = "",
        instead: _Pair = ("", ""),
    ) -> _Pair:
        outcome = self._outcome(counted.match, failed=failed, instead=instead)
        found = promql.joined(labels, *outcome, self._route(counted.labels, route))
        periodic = counted.kind == "gauge_per_period"
        if self._is_native(metric):
            values = _histogram(value, "", self.count)
            return f"{metric.removesuffix('_count')}{{{found}}}", values
        return f"{metric}{{{found}}}", proof.level(value, self.count) if periodic else self._rising(value)

    def _of_histogram(self, histogram: Histogram, labels: str, route: Leaf = "", instead: _Pair = ("", "")) -> str:
        """Labels of good requests, as far as the histogram has them."""
        found = self._outcome(histogram.match, failed=False, among=histogram.labels, instead=instead)
        return promql.joined(labels, *found, self._route(histogram.labels, route))

    def _route(self, among: Iterable[str], route: Leaf = "") -> str:
        """The matcher of `route`, a quoted string, or of the route that is asked for."""
        label = self.signal.label("route")
        return f"{label}={route or self.route.match}" if self.route and label in set(among) else ""

    def _outcome(
        self, match: Matchers, *, failed: bool, among: Iterable[str] | None = None, instead: _Pair = ("", "")
    ) -> list[str]:
        """Labels that say how a request ended, besides those a metric must have; the label `instead` has its value."""
        wanted: dict[str, list[tuple[str, str]]] = {}
        for label, ops in match:
            wanted.setdefault(self.signal.label(label) or label, []).extend(ops)
        errors = {self.signal.label(label) or label: ops for label, ops in self.preset.error_match}
        names = [*wanted, *(name for name in errors if name not in wanted)]
        if among is not None:
            names = [name for name in names if name in set(among) or name in wanted]
        routed = self.signal.label("route") if self.route else None
        values = {
            name: self._value(wanted.get(name, ()), errors.get(name, ()), failed=failed)
            for name in names
            if name != routed
        }
        values |= {name: value for name, value in [instead] if name in values}
        return [f"{name}={promql.quote(value)}" for name, value in values.items()]

    def _value(self, wanted: Iterable[tuple[str, str]], errors: Iterable[tuple[str, str]], *, failed: bool) -> str:
        wanted, errors = list(wanted), list(errors)
        usual = (*_USUAL.get(self.preset.status_style, _GRPC), *_GRPC)
        made = [ask(op, value) for op, value in (*errors, *wanted) for ask in (examples.accepted, examples.refused)]
        candidates = [value for value in (*(usual if errors else ()), *made) if value is not None]
        for value in candidates:
            is_failed = bool(errors) and all(examples.is_accepted(op, of, value) for op, of in errors)
            if is_failed == (failed and bool(errors)) and all(examples.is_accepted(op, of, value) for op, of in wanted):
                return value
        return "other"

    # values ------------------------------------------------------------------------------------------------------

    def _rising(self, value: str) -> str:
        return proof.rising(value, self.count)

    def _counts(self, histogram: Histogram) -> bool:
        """Whether requests are counted by the histogram itself."""
        counted = self.preset.requests
        return counted is not None and f"{histogram.metric}_count" in counted.metrics

    def _is_native(self, metric: str) -> bool:
        duration = self.preset.duration
        return self.signal.histogram == "native" and duration is not None and metric == f"{duration.metric}_count"


def _histogram(fast: str, slow: str, count: int, total: str = "") -> str:
    """Values of a native histogram with `fast` and `slow` more requests each step."""
    buckets = " ".join([fast, *["0"] * (_SLOWEST - _FASTEST - 1), slow]) if slow else fast
    step = f"{{{{schema:0 sum:1 count:{total or fast} buckets:[{buckets}] offset:{_FASTEST}}}}}"
    return f"{step}+{step}x{count}"
