"""A preset bound to one service: it answers questions in PromQL, and panels, alerts and recordings ask.

This is the only code that knows how a preset's metrics are put together. Every answer is one expression; a question
that the preset cannot answer gives None, and `why_not(question)` says why. Durations are in seconds, rates per second.
Where a window is asked for, "" asks for the counters themselves instead of their rates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from gitops_obs import examples, promql
from gitops_obs.promql import RATE_INTERVAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitops_obs.leaf import Leaf
    from gitops_obs.preset import Counted, Histogram, Matchers, Preset, VersionInfo

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Other:
    """Labels (`job="checkout-other"`) of series that a selector must not take: one label differs from the sample."""

    labels: Leaf


@dataclass(frozen=True, slots=True)
class Sample:
    """Labels that a selector takes, for proofs: `names` in order, `labels` the same with values (`job="checkout"`).

    `others` are labels that it must not take, one for each matcher. `known` is false where no values were found.
    """

    NESTED: ClassVar = ("others",)

    names: tuple[str, ...]
    labels: Leaf
    others: tuple[Other, ...]
    known: bool


NOTHING = Sample((), "", (), known=True)


def sample(pairs: Mapping[str, Mapping[str, str]]) -> Sample:
    """The sample of the selector made of `pairs`, which map labels to operators and values."""
    ops = [(label, *next(iter(op.items()))) for label, op in pairs.items()]
    taken = {label: examples.accepted(op, value) for label, op, value in ops}
    if None in taken.values():
        return Sample(tuple(taken), "", (), known=False)
    refused = ((label, examples.refused(op, value)) for label, op, value in ops)
    others = tuple(Other(_labels({**taken, label: other})) for label, other in refused if other is not None)
    return Sample(tuple(taken), _labels(taken), others, known=True)


def _labels(values: Mapping[str, str | None]) -> str:
    return ",".join(f"{label}={promql.quote(value or '')}" for label, value in values.items())


@dataclass(frozen=True, slots=True)
class Signal:
    """A preset, the service's matchers, and what the service file says differs from the preset's defaults.

    `select` is PromQL matchers without braces, the preset's fixed ones included. `target_select` is the part of it
    that also stands on `up` ("" where none does), `info_select` the part that stands on the version's info metric.
    `labels` maps roles to label names. `histogram` is classic or native. `common` names labels that stand on every
    series whatever the preset, such as the project's cluster label. The samples are labels that the three selectors
    take.
    """

    NESTED: ClassVar = ("sample", "target_sample", "info_sample")

    preset: Preset
    select: Leaf
    target_select: Leaf
    info_select: Leaf
    has_target: bool
    labels: tuple[tuple[str, str], ...]
    histogram: str = "classic"
    version_info: VersionInfo | None = None
    common: tuple[str, ...] = ()
    offset: str = ""
    sample: Sample = NOTHING
    target_sample: Sample = NOTHING
    info_sample: Sample = NOTHING

    def scoped(self, *extra: str) -> Signal:
        """The same signal with further matchers, such as a dashboard's variables."""
        return replace(self, select=promql.joined(self.select, *extra))

    def shifted(self, ago: str) -> Signal | None:
        """What histograms and counters said `ago` (`1w`, `$compare`); None where samples come late as it is."""
        return None if self.preset.delay else replace(self, offset=f" offset {ago}")

    def label(self, role: str) -> str | None:
        """The label that plays `role` (status, route, method, version) on the request metrics, None if none does."""
        if role == "version" and self.version_info:
            return self.version_info.label
        return dict(self.labels).get(role)

    @property
    def panel_window(self) -> str:
        """The range for panels: `$__rate_interval`, or a literal one where the source is slower than Grafana thinks."""
        return f"{max(self.preset.min_window, 300) // 60}m" if self._is_periodic else RATE_INTERVAL

    @property
    def _is_periodic(self) -> bool:
        requests = self.preset.requests
        return requests is not None and requests.kind == "gauge_per_period"

    # requests and errors -------------------------------------------------------------------------------------------

    def requests(self, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """Requests per second over `window`, summed by labels."""
        if self.preset.requests is None:
            return None
        return self._counted(self.preset.requests, window, tuple(by), *match)

    def errors(self, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """Failed requests per second; no series where nothing failed yet."""
        if self.preset.errors is None:
            return None
        return self._counted(self.preset.errors, window, tuple(by), self._matchers(self.preset.error_match), *match)

    def error_ratio(self, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """Failed requests of all, 0 to 1; 0 without errors, no sample without traffic."""
        by = tuple(by)
        errors, requests = self.errors(window, by, *match), self.requests(window, by, *match)
        return promql.ratio(errors, requests) if errors and requests else None

    def status_classes(self, window: str, *match: str) -> str | None:
        """Requests per second by `class`: 2xx … 5xx for HTTP, the status itself elsewhere. None without a status."""
        status = self.label("status")
        requests = self.requests(window, (status,), *match) if status else None
        if requests is None or status is None:
            return None
        value = {"http": ("${1}xx", "([0-9])[0-9x]+"), "class_digit": ("${1}xx", "([0-9])")}
        replacement, pattern = value.get(self.preset.status_style, ("$1", "(.*)"))
        labelled = f'label_replace({requests}, "class", "{replacement}", "{status}", "{pattern}")'
        return promql.aggregate("sum", labelled, ("class",))

    # duration ------------------------------------------------------------------------------------------------------

    def quantile(self, q: str, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """The `q` quantile of duration in seconds; `q` is text such as `0.99`."""
        by = tuple(by)
        histogram = self.histogram_for(by)
        if histogram is None:
            return dict(self._gauges()).get(f"p{_points(q)}") if not by else None
        inner = self._rate_of(histogram, window, by, *match)
        return self._seconds(histogram, f"histogram_quantile({q}, {inner})")

    def mean(self, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """Mean duration in seconds."""
        by = tuple(by)
        histogram = self.histogram_for(by)
        if histogram is None:
            return dict(self._gauges()).get("mean") if not by else None
        total, count = (self._part(histogram, part, window, by, *match) for part in ("sum", "count"))
        return self._seconds(histogram, f"{total} / ({count} > 0)")

    def buckets(self, window: str, *match: str) -> str | None:
        """Requests per bucket and second, by `le` (classic) or as one native histogram: what a heatmap draws."""
        histogram = self.preset.duration
        return self._rate_of(histogram, window, (), *match) if histogram else None

    def duration_count(self, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """Requests per second that the duration histogram saw: the whole of `within`."""
        by = tuple(by)
        histogram = self.histogram_for(by)
        return self._part(histogram, "count", window, by, *match) if histogram else None

    def within(self, bound: str, le: str, window: str, by: Iterable[str] = (), *match: str) -> str | None:
        """Requests per second that took at most `bound` seconds.

        `le` is the matcher of that bucket (`promql.le_matcher` of the bound in the histogram's own unit), which
        classic histograms need; native ones interpolate at `bound`.
        """
        by = tuple(by)
        histogram = self.histogram_for(by)
        if histogram is None:
            return None
        if self.histogram == "native":
            inner = self._rate_of(histogram, window, by, *match)
            return f"histogram_fraction(0, {bound}, {inner}) * histogram_count({inner})"
        return self._sum(f"{histogram.metric}_bucket", histogram.match, window, by, le, *match)

    @property
    def exemplars(self) -> bool:
        """Whether the duration metric carries exemplars."""
        return bool(self.preset.duration and self.preset.duration.exemplars)

    # versions, targets, and what else there is -----------------------------------------------------------------------

    def versions(self, by: Iterable[str] = ()) -> str | None:
        """Series or requests by version label and `by`, one sample a running version. None if the preset knows none."""
        label = self.label("version")
        if label is None or self.preset.requests is None:
            return None
        by, known = (*by, label), promql.matcher(label, "ne", "")
        if self.version_info:
            return promql.aggregate("count", promql.selector(self.version_info.metric, self.info_select, known), by)
        requests = self.requests(self.panel_window if self._is_periodic else "5m", by, known)
        return f"{requests} > 0"

    def up(self) -> str | None:
        """`up` of the service's own targets, None where its series come from a proxy or an exporter."""
        return promql.selector("up", self.target_select) if self.has_target else None

    def series(self) -> str | None:
        """A selector of the first request metric: what label values are listed from."""
        requests = self.preset.requests
        if requests is None:
            return None
        return promql.selector(self._name(requests.metrics[0]), self.select, self._matchers(requests.match))

    def query(self, name: str, window: str) -> str | None:
        """One of the preset's further expressions (`queries:`), None where it has none of that name."""
        query = dict(self.preset.queries).get(name)
        if query is None:
            return None
        return dict(query.expr)[""].replace("${window}", window).replace("${select}", self.select)

    def why_not(self, question: str) -> str:
        """Why a question has no answer here, one sentence for a person."""
        return self.preset.reason(question)

    # how metrics are put together ------------------------------------------------------------------------------------

    def _name(self, metric: str) -> str:
        if self.histogram == "native" and self.preset.duration and metric == f"{self.preset.duration.metric}_count":
            return self.preset.duration.metric
        return metric

    def _counted(self, counted: Counted, window: str, by: tuple[str, ...], *match: str) -> str:
        own = self._matchers(counted.match)
        parts = [self._rate(metric, counted.kind, counted.period, window, own, *match) for metric in counted.metrics]
        joined = self._with_version(promql.union(parts), by, several=len(parts) > 1)
        return promql.aggregate("sum", joined, by)

    def _rate(self, metric: str, kind: str, period: int, window: str, *match: str) -> str:
        name = self._name(metric)
        if not window:
            counter = promql.selector(name, self.select, *match)
            return f"histogram_count({counter})" if name != metric else counter
        offset = f" offset {self.preset.delay // 60}m" if self.preset.delay else self.offset
        ranged = f"{promql.selector(name, self.select, *match)}[{window}]{offset}"
        if kind == "gauge_per_period":
            return f"sum_over_time({ranged}) / {_window_seconds(window, period)}"
        rate = f"rate({ranged})"
        return f"histogram_count({rate})" if name != metric else rate

    def histogram_for(self, by: tuple[str, ...] = ()) -> Histogram | None:
        """The duration histogram that carries all labels in `by`; versions may come from the info metric."""
        joined = (self.version_info.label,) if self.version_info else ()
        wanted = set(by) - set(joined) - set(self.common)
        for histogram in (self.preset.duration, self.preset.duration_by_route):
            if histogram and wanted <= (histogram.labels | set(self.preset.target)):
                return histogram
        return None

    def _rate_of(self, histogram: Histogram, window: str, by: tuple[str, ...], *match: str) -> str:
        if self.histogram == "native":
            return self._sum(histogram.metric, histogram.match, window, by, *match)
        return self._sum(f"{histogram.metric}_bucket", histogram.match, window, ("le", *by), *match)

    def _part(self, histogram: Histogram, part: str, window: str, by: tuple[str, ...], *match: str) -> str:
        if self.histogram == "native":
            return f"histogram_{part}({self._sum(histogram.metric, histogram.match, window, by, *match)})"
        return self._sum(f"{histogram.metric}_{part}", histogram.match, window, by, *match)

    def _sum(self, metric: str, own: Matchers, window: str, by: tuple[str, ...], *match: str) -> str:
        counter = promql.selector(metric, self.select, self._matchers(own), *match)
        rate = f"rate({counter}[{window}]{self.offset})" if window else counter
        return promql.aggregate("sum", self._with_version(rate, by), by)

    def _with_version(self, rate: str, by: tuple[str, ...], *, several: bool = False) -> str:
        info = self.version_info
        if info is None or info.label not in by:
            return rate
        on = ", ".join(info.on)
        # two versions may overlap on one target during a restart: topk keeps the join one-to-many
        one = f"topk by ({on}) (1, {promql.selector(info.metric, self.info_select)})"
        inner = f"({rate})" if several else rate
        return f"{inner} * on ({on}) group_left ({info.label}) {one}"

    def _matchers(self, match: Matchers) -> str:
        roles = dict(self.labels)
        return promql.joined(
            *(promql.matcher(roles.get(label, label), op, value) for label, ops in match for op, value in ops)
        )

    def _gauges(self) -> Iterable[tuple[str, str]]:
        return ((name, expr.replace("${select}", self.select)) for name, expr in self.preset.gauges)

    @staticmethod
    def _seconds(histogram: Histogram, expr: str) -> str:
        return f"{expr} / 1000" if histogram.unit == "ms" else expr


def _points(q: str) -> str:
    """`0.99` → `99`, the name of a ready-made quantile gauge."""
    return q.removeprefix("0.").ljust(2, "0")


def _window_seconds(window: str, period: int) -> int:
    """Seconds in a literal window, at least one period."""
    unit = window[-1]
    return max(int(window[:-1]) * _SECONDS[unit], period) if window[:-1].isdigit() else period
