"""The project file, `gitops-obs.yaml`: what it says, with defaults for all it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops_obs import routing, secret, spec, units
from gitops_obs.model import Project
from gitops_obs.routing import Routing
from gitops_obs.spec import Problem

if TYPE_CHECKING:
    from gitops_obs.source import Path

_LONGEST_RATE = 1800


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """The parts that stay out of the model: defaults for services, teams, environments.

    `owners` is None where the file names no teams, and then any owner will do. Alert settings are as typed.
    """

    model: Project = field(default_factory=Project)
    owners: dict[str, Any] | None = None
    environments: dict[str, Any] = field(default_factory=dict)
    tier: int = 3
    window: str = "30d"
    alerts: dict[str, Any] = field(default_factory=dict)
    routing: Routing = field(default_factory=Routing)

    def alerts_for(self, owner: str) -> list[dict[str, Any]]:
        """Alert settings that a service of `owner` starts from, weakest first."""
        team = (self.owners or {}).get(owner) or {}
        return [self.alerts, team.get("alerts", {})]


def from_data(data: dict[str, Any], custom: str = "") -> tuple[ProjectFile, list[Problem]]:
    """The project file in `data`, or its problems. `custom` is the digest of the project's own panels and so on."""
    if leaks := list(secret.places(data)):
        return ProjectFile(), [_leak(path) for path in leaks]
    if not spec.holds(data, "project"):
        return ProjectFile(), spec.explain(data, "project")
    rules, grafana, defaults = data.get("rules", {}), data.get("grafana", {}), data.get("defaults", {})
    environments = data.get("environments", {})
    first: dict[str, Any] = next(iter(environments.values()), {})
    problems: list[Problem] = []
    model = Project(
        cluster_label=data.get("cluster_label", ""),
        repository=data.get("repository", "").rstrip("/"),
        branch=data.get("branch", "main"),
        grafana_url=grafana.get("url", first.get("grafana", "")).rstrip("/"),
        editable=grafana.get("editable", False),
        datasource=first.get("datasource", ""),
        interval=_duration(rules, "interval", "30s", problems),
        rate_window=_duration(rules, "rate_window", "5m", problems),
        scrape_interval=_duration(rules, "scrape_interval", "30s", problems),
        max_rules_per_group=rules.get("max_rules_per_group", 20),
        custom=custom,
    )
    project = ProjectFile(
        model=model,
        owners=data.get("owners"),
        environments=environments,
        tier=defaults.get("tier", 3),
        window=defaults.get("window", "30d"),
        alerts=defaults.get("alerts", {}),
        routing=routing.read(data, problems),
    )
    return project, problems or _window_problems(model)


def _leak(path: Path) -> Problem:
    """A secret is told before anything else is, and nowhere repeated."""
    hint = "revoke it, for Git forgets nothing; name a file instead: `routing.slack_api_url_file`, `slack_token_file`"
    return Problem("OBS131", path, "a Slack token or webhook address stands in the file", hint)


def _duration(rules: dict[str, str], key: str, default: str, problems: list[Problem]) -> str:
    """A duration as rules take it, or the default and a problem."""
    try:
        text = units.whole_duration(rules.get(key, default))
        why = "" if units.duration(text) else f"`{key}` must be more than 0"
    except ValueError as error:
        text, why = default, units.advice(error)[0]
    if why:
        problems.append(Problem("OBS104", ("rules", key), why, f"{default} unless you have a reason"))
    return text


def _window_problems(model: Project) -> list[Problem]:
    """A rate over fewer than four scrapes has gaps (alerts that stay silent), and one over hours hides what burns."""
    window, scrape = units.duration(model.rate_window), units.duration(model.scrape_interval)
    if window > _LONGEST_RATE:
        message = f"a rate over {model.rate_window} is too slow for alerts that look at the last hour"
        return [Problem("OBS104", ("rules", "rate_window"), message, "use 5m unless you have a reason, at most 30m")]
    if window >= 4 * scrape:
        return []
    message = f"a rate over {model.rate_window} sees fewer than four scrapes of {model.scrape_interval}"
    hint = f"use at least {units.short_duration(4 * scrape)}, or scrape more often"
    return [Problem("OBS104", ("rules", "rate_window"), message, hint)]
