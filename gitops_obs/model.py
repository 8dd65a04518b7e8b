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
class Availability:
    """Share of requests that must succeed. Texts are exact decimals.

    `percent` "99.9%", `ratio` "0.999", `budget` "0.001" (the share that may fail), `page_threshold` the error ratio
    that burns 2 % of the budget in an hour (SRE workbook ch. 5; "0.0144" for 99.9 % over 30d), `page_percent` the same
    in percent. `window` is the period, a duration such as `30d`. `can_page` is false where `page_threshold` reaches 1.
    """

    percent: Leaf
    ratio: Leaf
    budget: Leaf
    budget_percent: Leaf
    page_threshold: Leaf
    page_percent: Leaf
    window: str
    can_page: bool


@dataclass(frozen=True, slots=True)
class Latency:
    """`percent` of requests take at most `threshold` ("250ms"; `seconds` "0.25").

    `quantile` is the ratio as text, "0.99"; `le` the bucket's matcher for `Signal.within`. `budget` and the page
    threshold are those of `Availability`, for requests slower than the threshold.
    """

    percent: Leaf
    threshold: Leaf
    seconds: Leaf
    le: Leaf
    budget: Leaf
    page_threshold: Leaf
    page_percent: Leaf
    quantile: str
    window: str
    can_page: bool


@dataclass(frozen=True, slots=True)
class RouteObjective:
    """Objectives of one route: `route` is the route itself, `match` its quoted PromQL string (`"/pay"` with quotes).

    `label` is the route as the label of an alert rule, where `{{` would begin a template.
    """

    NESTED: ClassVar = ("availability", "latency")

    route: Leaf
    match: Leaf
    label: Leaf
    availability: Availability | None
    latency: Latency | None


@dataclass(frozen=True, slots=True)
class Workload:
    """The Kubernetes workload: `kind` deployment, statefulset or daemonset; matchers without braces."""

    kind: str
    name: Leaf
    namespace: Leaf
    workload: Leaf
    pods: Leaf


@dataclass(frozen=True, slots=True)
class DriftSource:
    """Something Git describes and a checker compares with what is live; `source` is the label on the drift metrics."""

    checker: str
    source: Leaf
    path: Leaf


@dataclass(frozen=True, slots=True)
class AlertSetting:
    """What service, owner and project say about one alert: `off`, or values by key, already plain text."""

    NESTED: ClassVar = ("values",)

    id: str
    off: bool
    severity: str | None
    values: tuple[AlertValue, ...] = ()

    def get(self, key: str) -> str | None:
        """The text of `key` (threshold, for, keep_firing_for, min_requests), None where nothing is said."""
        return next((v.text for v in self.values if v.key == key), None)


@dataclass(frozen=True, slots=True)
class AlertValue:
    """One setting: `text` for PromQL (plain decimal or duration), `shown` as a person wrote it."""

    key: str
    text: Leaf
    shown: Leaf


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
class Service:
    """One service, ready to be compiled.

    `slug` is the name with underscores. `file` is the service file's path in the repository; `tier` a digit. `alerts`
    holds what is said about alerts, `panels` ids of custom panels.
    """

    NESTED: ClassVar = ("signal", "availability", "latency", "routes", "workload", "drift", "alerts", "links")

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

    def setting(self, alert: str) -> AlertSetting | None:
        """What is said about the alert `alert`, None where nothing is."""
        return next((setting for setting in self.alerts if setting.id == alert), None)

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
