"""Who is told of which alert, and when: what the project file says about Slack channels, hours and notifications."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gitops_obs import units
from gitops_obs.spec import Problem, nearest, shown

SEVERITIES = ("page", "ticket")
ALWAYS = "always"
API_URL_FILE = "/etc/alertmanager/slack_api_url"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKDAYS = ["monday-friday"]
_DEFAULT_PACE = {"page": ("10s", "1m", "1h"), "ticket": ("1m", "5m", "1d")}
_PACE = ("group_wait", "group_interval", "repeat_interval")

# small letters, digits, `-` and `_`, at most 80 (docs.slack.dev/reference/methods/conversations.create); or an id
_CHANNEL = re.compile(r"#(?=\w)(?:(?![A-Z])[\w-]){1,80}|[CG][A-Z0-9]{7,}")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the week with a name. `start` and `end` are `HH:MM`, `zone` is a name of the IANA database."""

    name: str
    days: tuple[str, ...]
    start: str
    end: str
    zone: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How Alertmanager paces notifications: before the first of a group, about changes in it, and the reminders."""

    group_wait: str
    group_interval: str
    repeat_interval: str

    def as_dict(self) -> dict[str, str]:
        """The three as Alertmanager calls them."""
        return {key: getattr(self, key) for key in _PACE}


@dataclass(frozen=True, slots=True)
class Team:
    """An owner with at least one Slack channel ("" for the other). Tickets are sent within `hours`, None for always."""

    owner: str
    page: str
    ticket: str
    hours: Hours | None = None

    def channel(self, severity: str) -> str:
        """The channel for `page` or `ticket`, "" where there is none."""
        return {"page": self.page, "ticket": self.ticket}.get(severity, "")


@dataclass(frozen=True, slots=True)
class Routing:
    """What is generated for Alertmanager: `output` is fragments, whole or off, `default` where alerts of nobody go."""

    output: str = "off"
    teams: tuple[Team, ...] = ()
    default: str = ""
    page: Pace = Pace(*_DEFAULT_PACE["page"])
    ticket: Pace = Pace(*_DEFAULT_PACE["ticket"])
    api_url_file: str = API_URL_FILE
    token_file: str = ""
    cluster_label: str = ""
    hours: tuple[Hours, ...] = ()

    def pace(self, severity: str) -> Pace:
        """How notifications of `page` or `ticket` are paced."""
        return self.page if severity == "page" else self.ticket

    def channel(self, owner: str, severity: str) -> str:
        """The channel that is told of an owner's alerts, "" where that is left to the default route."""
        return next((team.channel(severity) for team in self.teams if team.owner == owner), "")


def read(data: dict[str, Any], problems: list[Problem]) -> Routing:
    """The routing in the project file `data`, which holds to its schema; what cannot be meant is added to `problems`.

    Codes: OBS102, OBS104, OBS132 and OBS134. Whether a time zone exists (OBS133) only a computer's database knows.
    """
    said = data.get("routing", {})
    hours = {name: _hours(name, value, problems) for name, value in said.get("hours", {}).items()}
    usual = _chosen(said.get("tickets", ALWAYS), hours, ("routing", "tickets"), problems)
    teams = [
        _team(owner, value, hours, usual, problems) for owner, value in (data.get("owners") or {}).items() if value
    ]
    told = tuple(team for team in teams if team.page or team.ticket)
    output = data.get("outputs", {}).get("alertmanager", "fragments" if told else "off")
    default = _channel(said.get("default", ""), ("routing", "default"), problems)
    if output == "whole" and not default:
        hint = 'name the channel for alerts of no team, such as `routing: {default: "#alerts"}`'
        message = "`outputs.alertmanager: whole` needs `routing.default`"
        problems.append(Problem("OBS102", ("outputs", "alertmanager"), message, hint))
    page, ticket = (_pace(severity, said.get(severity, {}), problems) for severity in SEVERITIES)
    return Routing(
        output=output,
        teams=told,
        default=default,
        page=page,
        ticket=ticket,
        api_url_file=said.get("slack_api_url_file", API_URL_FILE),
        token_file=said.get("slack_token_file", ""),
        cluster_label=data.get("cluster_label", ""),
        hours=tuple(hours.values()),
    )


def _team(
    owner: str, value: dict[str, Any], hours: dict[str, Hours], usual: Hours | None, problems: list[Problem]
) -> Team:
    place, slack = ("owners", owner), value.get("slack", {})
    page, ticket = (_channel(slack.get(key, ""), (*place, "slack", key), problems) for key in SEVERITIES)
    own = _chosen(value["tickets"], hours, (*place, "tickets"), problems) if "tickets" in value else usual
    return Team(owner, page, ticket, own)


def _channel(name: str, path: tuple[str, ...], problems: list[Problem]) -> str:
    """A channel as Slack names them; "" for none, and for anything else, which is a problem."""
    if not name or _CHANNEL.fullmatch(name):
        return name
    problems.append(Problem("OBS132", path, f"{shown(name)} is not a Slack channel", _channel_hint(name)))
    return ""


def _channel_hint(name: str) -> str:
    if "://" in name:
        return "name the channel; the address belongs into the file that `routing.slack_api_url_file` names"
    small = "#" + name.lower().removeprefix("#").strip()
    if _CHANNEL.fullmatch(small):
        return f'did you mean "{small}"? Keep the quotes: # begins a comment'
    return 'name a channel, such as "#payments-oncall": small letters, digits, - and _, at most 80'


def _hours(name: str, value: dict[str, Any], problems: list[Problem]) -> Hours:
    place = ("routing", "hours", name)
    if name == ALWAYS:
        hint = "give the hours another name"
        problems.append(Problem("OBS134", place, f"`{ALWAYS}` means at any time already", hint, key=True))
    if value["from"] >= value["to"]:
        message = f"`from: {value['from']}` is not before `to: {value['to']}`"
        hint = "hours end on the day on which they begin, at 24:00 at the latest"
        problems.append(Problem("OBS134", (*place, "to"), message, hint))
    days = {day for item in value.get("days", _WORKDAYS) for day in _days(item)}
    return Hours(name, tuple(day for day in DAYS if day in days), value["from"], value["to"], value["zone"])


def _days(item: str) -> list[str]:
    """`monday-friday` as five days; a range may go over the end of the week."""
    first, _, last = item.partition("-")
    start = DAYS.index(first)
    count = (DAYS.index(last or first) - start) % len(DAYS) + 1
    return [DAYS[(start + n) % len(DAYS)] for n in range(count)]


def _chosen(name: str, hours: dict[str, Hours], path: tuple[str, ...], problems: list[Problem]) -> Hours | None:
    if name == ALWAYS:
        return None
    if name not in hours:
        hint = nearest(name, {*hours, ALWAYS}) if hours else "describe them under `routing.hours`"
        problems.append(Problem("OBS134", path, f"no hours {shown(name)} under `routing.hours`", hint))
    return hours.get(name)


def _pace(severity: str, said: dict[str, str], problems: list[Problem]) -> Pace:
    found = []
    for key, default in zip(_PACE, _DEFAULT_PACE[severity], strict=True):
        try:
            text = units.whole_duration(said.get(key, default))
            why = "" if units.duration(text) or key == "group_wait" else f"`{key}` must be more than 0"
        except ValueError as error:
            text, why = default, units.advice(error)[0]
        if why:
            problems.append(Problem("OBS104", ("routing", severity, key), why, f"{default} unless you have a reason"))
        found.append(text)
    return Pace(*found)
