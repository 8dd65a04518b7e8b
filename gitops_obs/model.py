"""What a service file means: frozen values that panels, alerts and outputs read, with nothing left to look up.

Fields of type `Leaf` are text that differs from service to service without changing the shape of what is built
(names, matchers, thresholds). Code that builds panels and rules only ever pastes leaves into text; it never computes
with them or branches on their content (whether one is empty may be asked only through the `has_…` fields). That is
what lets `template.py` build each shape once and fill it in, and a test holds the two paths to the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.signal import Signal


@dataclass(frozen=True, slots=True)
class Project:
    """What the project file says, with defaults. Durations are PromQL text; the same for every service.

    `custom` is a digest of the project's own panels, alerts and presets: what is built from them changes with it.
    """

    cluster_label: str = ""
    repository: str = ""
    branch: str = "main"
    grafana_url: str = ""
    editable: bool = False
    datasource: str = ""
    interval: str = "30s"
    rate_window: str = "5m"
    scrape_interval: str = "30s"
    max_rules_per_group: int = 20
    custom: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """Numbers a little beyond and short of a threshold, for the proofs that an alert fires and stays silent there.

    `over` and `under` have three significant digits and are about 5 % away; `over_rest` and `under_rest` are what is
    left to 1 ("0" where nothing is); `over_percent`, `under_percent`, `over_duration` and `over_number` are what
    Prometheus prints.
    """

    over: Leaf
    under: Leaf
    over_rest: Leaf
    under_rest: Leaf
    over_percent: Leaf
    under_percent: Leaf
    over_duration: Leaf
    over_number: Leaf


@dataclass(frozen=True, slots=True)
class BurnRow:
    """One row of multi-window, multi-burn-rate alerting (SRE workbook ch. 5) for one objective.

    Bad requests above `threshold` ("0.0144"; `percent` "1.44%") over the windows `long` and `short` burn the error
    budget `factor` times as fast as it may go: `share` of it within the long window, all of it within `exhausted`.
    `min_requests` are the requests within the long window of which ten would be bad at the threshold. `quick` is the
    first row of its severity (page, ticket), which speaks only of that many; the other one decides for quiet services.
    `few` and `enough` are rates a second of which one sample counts as 5 % fewer and more than that.
    """

    NESTED: ClassVar = ("edge",)

    severity: str
    quick: bool
    long: str
    short: str
    factor: str
    share: str
    exhausted: str
    threshold: Leaf
    percent: Leaf
    min_requests: Leaf
    few: Leaf
    enough: Leaf
    edge: Edge


@dataclass(frozen=True, slots=True)
class Availability:
    """Share of requests that must succeed. Texts are exact decimals.

    `percent` "99.9%", `ratio` "0.999", `budget` "0.001" (the share that may fail). `window` is the period, a duration
    such as `30d`. `rows` are the burn rates that alert, the quickest first, without those that no error ratio reaches.
    `page_threshold` is the error ratio of the first row that pages ("0.0144" for 99.9 % over 30d), `page_percent` the
    same in percent; `can_page` is false where there is none.
    """

    NESTED: ClassVar = ("rows",)

    percent: Leaf
    ratio: Leaf
    budget: Leaf
    budget_percent: Leaf
    page_threshold: Leaf
    page_percent: Leaf
    window: str
    can_page: bool
    rows: tuple[BurnRow, ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """`percent` of requests take at most `threshold` ("250ms"; `seconds` "0.25").

    `ratio` "0.99" is the share, `quantile` the same for quantiles; `le` the bucket's matcher for `Signal.within` and
    `bucket` its label (`le="0.25"`), both "" for native histograms. `budget`, `rows` and the page threshold are
    those of `Availability`, for requests slower than the threshold.
    """

    NESTED: ClassVar = ("rows",)

    percent: Leaf
    ratio: Leaf
    threshold: Leaf
    seconds: Leaf
    le: Leaf
    bucket: Leaf
    budget: Leaf
    budget_percent: Leaf
    page_threshold: Leaf
    page_percent: Leaf
    quantile: str
    window: str
    can_page: bool
    rows: tuple[BurnRow, ...]


@dataclass(frozen=True, slots=True)
class RouteObjective:
    """Objectives of one route: `route` is the route itself, `match` its quoted PromQL string (`"/pay"` with quotes).

    `label` is the route as the label of an alert rule, where `{{` would begin a template; `query` the route as a value
    in the query of a URL.
    """

    NESTED: ClassVar = ("availability", "latency")

    route: Leaf
    match: Leaf
    label: Leaf
    query: Leaf
    availability: Availability | None
    latency: Latency | None


@dataclass(frozen=True, slots=True)
class Workload:
    """The Kubernetes workload: `kind` deployment, statefulset or daemonset; matchers without braces.

    `pod` is a name that one of its pods could have, which `pods` matches.
    """

    kind: str
    name: Leaf
    namespace: Leaf
    workload: Leaf
    pods: Leaf
    pod: Leaf


@dataclass(frozen=True, slots=True)
class DriftSource:
    """Something Git describes and a checker compares with what is live; `source` is the label on the drift metrics."""

    checker: str
    source: Leaf
    path: Leaf


@dataclass(frozen=True, slots=True)
class Application:
    """The Argo CD application that deploys the service.

    `select` are the matchers of its metrics (`name="checkout"`), `reference` is what `argocd app get` takes. Without
    `has_namespace` and `has_project` those two are "".
    """

    name: Leaf
    namespace: Leaf
    project: Leaf
    has_namespace: bool
    has_project: bool
    select: Leaf
    reference: Leaf


@dataclass(frozen=True, slots=True)
class FluxObject:
    """The Flux object that deploys the service; `kind` is Kustomization or HelmRelease."""

    kind: str
    name: Leaf
    namespace: Leaf


@dataclass(frozen=True, slots=True)
class AlertSetting:
    """What service, owner and project say about one alert: `off`, or values by key, already plain text.

    `durations` pairs `for` and `keep_firing_for` with what is said: part of the shape, because proofs count with them.
    """

    NESTED: ClassVar = ("values",)

    id: str
    off: bool
    severity: str | None
    values: tuple[AlertValue, ...] = ()
    durations: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str | None:
        """The text of `key` (threshold, for, keep_firing_for, min_requests), None where nothing is said."""
        return dict(self.durations).get(key) or next((v.text for v in self.values if v.key == key), None)


@dataclass(frozen=True, slots=True)
class AlertValue:
    """One setting: `text` for PromQL (a plain decimal), `shown` as a person wrote it."""

    NESTED: ClassVar = ("edge",)

    key: str
    text: Leaf
    shown: Leaf
    edge: Edge


@dataclass(frozen=True, slots=True)
class Links:
    """Where to go. Empty text and `has_…` false where the service file names nothing."""

    has_runbook: bool
    has_repository: bool
    has_logs: bool
    has_traces: bool
    runbook: Leaf
    repository: Leaf
    logs: Leaf
    traces: Leaf


@dataclass(frozen=True, slots=True)
class OwnSeries:
    """A series of a test in a service file, and its samples in promtool's notation."""

    series: Leaf
    values: Leaf


@dataclass(frozen=True, slots=True)
class OwnSample:
    """One sample that an expression must give: labels as `{a="b"}`, and value."""

    labels: Leaf
    value: Leaf


@dataclass(frozen=True, slots=True)
class OwnClaim:
    """What must follow in a test of a service file: at `at` the expression `expr` gives `samples`."""

    NESTED: ClassVar = ("samples",)

    at: Leaf
    expr: Leaf
    samples: tuple[OwnSample, ...]


@dataclass(frozen=True, slots=True)
class OwnTest:
    """A test that stands in a service file."""

    NESTED: ClassVar = ("series", "claims")

    name: Leaf
    interval: Leaf
    series: tuple[OwnSeries, ...]
    claims: tuple[OwnClaim, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One service, ready to be compiled.

    `slug` is the name with underscores. `file` is the service file's path in the repository; `tier` a digit. `alerts`
    holds what is said about alerts, `panels` ids of custom panels, `tests` the file's own tests.
    """

    NESTED: ClassVar = ("signal", "availability", "latency", "routes", "workload", "drift", "alerts", "links", "argocd",
                        "flux", "tests")  # fmt: skip

    name: Leaf
    owner: Leaf
    description: Leaf
    file: Leaf
    tier: Leaf
    has_description: bool
    signal: Signal
    availability: Availability | None
    latency: Latency | None
    routes: tuple[RouteObjective, ...]
    workload: Workload | None
    drift: tuple[DriftSource, ...]
    alerts: tuple[AlertSetting, ...]
    links: Links
    panels: tuple[str, ...]
    has_instance: bool
    project: Project
    tests: tuple[OwnTest, ...] = ()
    argocd: Application | None = None
    flux: FluxObject | None = None

    def setting(self, alert: str) -> AlertSetting | None:
        """What is said about the alert `alert`, None where nothing is."""
        return next((setting for setting in self.alerts if setting.id == alert), None)

    @property
    def has_versions(self) -> bool:
        """Whether it is known which versions run: from the service's own metrics, or from its workload."""
        return self.signal.label("version") is not None or self.workload is not None

    @property
    def uid(self) -> str:
        """Uid of the service's dashboard in Grafana."""
        return dashboard_uid(self.name)


def dashboard_uid(service: str) -> str:
    """Uid of a service's dashboard: at most 40 of `[a-zA-Z0-9_-]`, as Grafana wants it."""
    return f"svc-{service}"


FLEET_UID = "fleet"


def owner_uid(owner: str) -> str:
    """Uid of the dashboard of all services of `owner`."""
    return f"own-{owner}"
