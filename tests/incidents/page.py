"""Judges what fired in each scenario, and writes docs/incidents.md from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gitops_obs import ruleset
from gitops_obs.rules import Omitted
from tests.incidents import running
from tests.incidents.scenarios import AGAIN, FALSE_ALARMS, SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.model import Service
    from tests.incidents.running import Fired, Outcome
    from tests.incidents.scenarios import Scenario

_NAMED = 7
"""So many presets are called by their names."""
MARK = "<!-- Written by tools/incidents.py; `make incidents` writes it again. -->\n\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one preset's alerts made of a scenario: the alert that told, and those that should not have fired."""

    told: Fired | None
    false: tuple[Fired, ...]
    besides: tuple[Fired, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All of a scenario: verdicts and outcomes by preset, and why other presets cannot answer, by preset."""

    verdicts: dict[str, Verdict]
    outcomes: dict[str, Outcome]
    cannot: dict[str, str]


@cache
def result(scenario: Scenario) -> Result:
    """Runs the scenario over its presets."""
    services = {preset: _service(preset, scenario) for preset in scenario.presets}
    cannot = {preset: why for preset, service in services.items() if (why := _why_not(service, scenario))}
    able = {preset: service for preset, service in services.items() if preset not in cannot}
    outcomes = running.run(able, scenario.life, scenario.minutes, scenario.asked)
    verdicts = {
        preset: _verdict(scenario, outcome, _within(scenario, able[preset])) for preset, outcome in outcomes.items()
    }
    return Result(verdicts, outcomes, cannot)


def _service(preset: str, scenario: Scenario) -> Service:
    """Routes have objectives where they are what fails, and where nothing should fire at all."""
    return running.service(preset, scenario.every, routes="route" in scenario.labels or not scenario.is_fault)


def _why_not(service: Service, scenario: Scenario) -> str:
    """Why the service cannot tell of the fault, "" where it can."""
    if "route" in scenario.labels and not service.routes:
        return service.signal.why_not("route" if service.availability else "errors")
    _, omitted = ruleset.groups(service)
    whys = {name: why for name, why in omitted if isinstance(why, Omitted)}
    if scenario.meant and all(alert in whys for alert in scenario.meant):
        why = whys[scenario.meant[0]]
        question = {"availability_burn": "errors", "availability_burn_slow": "errors", "latency_burn": "quantiles"}
        # "no objective" is what the factory did, because the preset cannot answer
        asked = question.get(scenario.meant[0])
        return service.signal.why_not(asked) if asked else why.reason
    return ""


def _within(scenario: Scenario, service: Service) -> float:
    """Minutes within which the alert should fire; what comes late is told late."""
    preset = service.signal.preset
    return (scenario.coarse if scenario.coarse and preset.min_window else scenario.within) + preset.delay / 60


def _verdict(scenario: Scenario, outcome: Outcome, within: float) -> Verdict:
    if not scenario.is_fault:
        return Verdict(None, outcome.fired, ())
    early = [one for one in outcome.fired if one.first < scenario.onset]
    loud = [one for one in outcome.fired if one.severity == "page" and scenario.severity == "ticket"]
    false = tuple(one for one in outcome.fired if one in early or one in loud)
    good = [one for one in outcome.fired if one not in false]
    told = next((one for one in good if _is_meant(one, scenario, within)), None)
    return Verdict(told, false, tuple(one for one in good if one is not told))


def _is_meant(fired: Fired, scenario: Scenario, within: float) -> bool:
    labels = dict(fired.labels)
    in_time = fired.first <= scenario.onset + within
    return fired.severity == scenario.severity and in_time and all(labels.get(label) for label in scenario.labels)


# the page -----------------------------------------------------------------------------------------------------------

HEAD = """# Incidents: what fires, and when

The alerts that services get by default, measured on incidents, and on days on which nothing is wrong. For each preset
a service with an availability objective of 99.9 %, a latency objective of 99 % (250 ms, or the next bound of its
histogram) and, where the preset has routes, one of 99.95 % for a route. What its instances do minute by minute becomes
series of the preset's own metrics; the generated rules are evaluated over them by promtool.

- **Should fire** is the severity, and the time within which it should: for error budgets about the long window of the
  row that is meant. CloudWatch's samples are ten minutes late, and are given ten minutes more; being too coarse for
  the row of one hour, they are given the row of six.
- **After** is the time from the first bad minute to the first evaluation at which the alert fires. In the
  sections, 1h, 6h, 1d and 3d name the row of an alert on an error budget, and *3 times* says that it ended in between.
- **False alarms** are whatever fires on a day without a fault, before a fault begins, and pages where a ticket is
  meant.
- Samples come once a minute. Rules are evaluated as seldom as each section says, as if the project's
  `rules.interval` were that; alerts with a shorter `for` wait for one evaluation. What takes days is measured over
  one preset of each shape of telemetry. A restart of Prometheus is a gap in all series; its rules go on meanwhile.
- On days without a fault all alerts are evaluated, unless the section names some. Before a fault the service is well
  for as long as the section says.

| scenario | should fire | detected | by | after | false alarms |
|---|---|---|---|---|---|
"""


def write() -> str:
    """The whole page."""
    rows = "".join(f"{row(scenario)}\n" for scenario in SCENARIOS)
    return "\n".join([f"{MARK}{HEAD}{rows}", *map(section, SCENARIOS)])


def row(scenario: Scenario) -> str:
    """The scenario's row of the table."""
    found = result(scenario)
    told = [verdict.told for verdict in found.verdicts.values() if verdict.told]
    false = sum(bool(verdict.false) for verdict in found.verdicts.values())
    of = len(found.verdicts)
    cells = [
        f"[{scenario.title}](#{scenario.id})",
        f"{scenario.severity} within {_long(scenario.within)}" if scenario.is_fault else "nothing",
        f"{len(told)} of {of} presets" if scenario.is_fault else "-",
        _by(told) or "-",
        _range([one.first - scenario.onset for one in told]) or "-",
        f"**{false} of {of} presets**" if false else f"0 of {of} presets",
    ]
    return f"| {' | '.join(cells)} |"


def _by(told: list[Fired]) -> str:
    """Names of the alerts that told, and how often."""
    often = max((one.times for one in told), default=1)
    names = ", ".join(f"`{name}`" for name in dict.fromkeys(one.name for one in told))
    return f"{names}, **{often} times**" if often > 1 else names


def section(scenario: Scenario) -> str:
    """What fired of each preset, presets alike together."""
    found = result(scenario)
    lines = [f'<a id="{scenario.id}"></a>', "", f"## {scenario.title.capitalize()}", "", _setting(scenario), ""]
    if why := (FALSE_ALARMS | AGAIN).get(scenario.id):
        lines += [f"**Not as it should be:** {why}", ""]
    said = {preset: _said(scenario, verdict) for preset, verdict in found.verdicts.items()}
    lines += [f"- {who}: {text}" for who, text in _by_preset(said)]
    if found.cannot:
        lines += ["", "Presets that cannot tell, and why:", ""]
        lines += [f"- {', '.join(presets)}: {why}" for why, presets in _alike(found.cannot)]
    return "\n".join([*lines, ""])


def _setting(scenario: Scenario) -> str:
    """What happens, how often it is looked at, and by which alerts."""
    about = f"{scenario.about[0].upper()}{scenario.about[1:]}."
    lead = f" Well for {_long(scenario.onset)} before." if scenario.onset else ""
    asked = ", ".join(f"`{name}`" for name in scenario.asked)
    alerts = f" Evaluated: {asked}." if asked else ""
    return f"{about}{lead} Evaluated every {_long(scenario.every)}.{alerts}".replace(". Evaluated:", ":", 1)


def _by_preset(said: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Who says what: most presets by their number, others by name."""
    found = sorted(_alike(said), key=lambda one: -len(one[1]))
    for n, (text, presets) in enumerate(found):
        many = n == 0 and len(presets) > _NAMED
        all_or_most = f"all {len(presets)} presets" if len(found) == 1 else f"{len(presets)} presets"
        yield all_or_most if many else ", ".join(presets), text


def _alike(texts: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Each text once, with all that have it."""
    for text in dict.fromkeys(texts.values()):
        yield text, [name for name, own in texts.items() if own == text]


def _said(scenario: Scenario, verdict: Verdict) -> str:
    parts = []
    if scenario.is_fault:
        parts.append(_one(scenario, verdict.told) if verdict.told else "not detected")
    parts += [f"**false:** {_one(scenario, one)}" for one in verdict.false]
    parts += [f"also {_one(scenario, one)}" for one in verdict.besides]
    return "; ".join(parts) or "nothing fired"


def _one(scenario: Scenario, fired: Fired) -> str:
    labels = dict(fired.labels)
    row = f" {labels['long_window']}" if "long_window" in labels else ""
    of = "".join(f" of the {label}" for label in scenario.labels if label in labels)
    often = f", {fired.times} times" if fired.times > 1 else ""
    when = _long(fired.first - scenario.onset)
    return f"`{fired.name}`{row}{of} ({fired.severity}) after {when}{often}"


def _range(minutes: Iterable[float]) -> str:
    found = sorted(minutes)
    if not found:
        return ""
    return _long(found[0]) if found[0] == found[-1] else f"{_long(found[0])} to {_long(found[-1])}"


def _long(minutes: float) -> str:
    unit, size = ("min", 1) if minutes < 120 else ("h", 60) if minutes < 2 * 1440 else ("d", 1440)
    return f"{round(minutes / size, 1):g} {unit}"
