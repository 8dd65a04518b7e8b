"""Recording and alert rules as values, before they are text: what `recordings/` and `alerts/` return."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Omitted:
    """A panel, recording or alert that a service does not get. `reason` is one sentence for its owner.

    `question` names what the preset cannot answer (errors, quantiles, …) when that is why, "" otherwise.
    """

    reason: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """`record` is the series' name; `labels`, `service` among them, are added to what the expression leaves."""

    record: str
    expr: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert rule, without what every alert of a service gets (service, team, severity, links).

    `severity` is page or ticket, the durations PromQL text ("" for none). `panel` names the panel of the service
    dashboard that shows what the alert looks at. Texts may use Prometheus templates such as
    `{{ $value | humanizePercentage }}`; `summary` is one line without numbers that churn, `description` says what is
    measured with its value, `impact` who is hurt, `action` what to do now with the command for it.
    """

    name: str
    expr: str
    severity: str
    summary: str
    description: str
    impact: str
    action: str
    for_: str = ""
    keep_firing_for: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules evaluated together, in order."""

    name: str
    interval: str
    rules: tuple[Recording | Alert, ...]
