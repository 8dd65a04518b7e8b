"""Alerts are worth what they make of incidents: each is told in time, and nothing fires where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.incidents import page, running, world
from tests.incidents.scenarios import AGAIN, FALSE_ALARMS, FAULTLESS, FAULTS, SCENARIOS, Scenario
from tests.incidents.world import DOWN, MISSED, REMOVED, Asked, Instance

PAGE = Path(__file__).parents[2] / "docs" / "incidents.md"


def _each(scenarios: tuple[Scenario, ...]) -> pytest.MarkDecorator:
    """One test for each scenario; whatever asks for the same scenario runs in the same process, which runs it once."""
    marked = [pytest.param(one, id=one.id, marks=pytest.mark.xdist_group(f"incident {one.id}")) for one in scenarios]
    return pytest.mark.parametrize("scenario", marked)


@_each(FAULTS)
def test_a_fault_is_told_in_time_by_the_severity_meant_for_it(scenario: Scenario) -> None:
    """By the alert of the route or version that is bad, for every preset that can tell."""
    verdicts = page.result(scenario).verdicts
    untold = [preset for preset, verdict in verdicts.items() if verdict.told is None]
    assert verdicts
    assert not untold


@_each(SCENARIOS)
def test_nothing_fires_that_should_not(scenario: Scenario) -> None:
    """Nothing on a day without fault; nothing before a fault, and no page where a ticket is meant."""
    verdicts = page.result(scenario).verdicts
    false = {preset: verdict.false for preset, verdict in verdicts.items() if verdict.false}
    assert bool(false) == (scenario.id in FALSE_ALARMS), false


@_each(FAULTS)
def test_a_fault_is_told_once(scenario: Scenario) -> None:
    """Whoever was woken is not woken again."""
    told = [verdict.told for verdict in page.result(scenario).verdicts.values() if verdict.told]
    assert any(one.times > 1 for one in told) == (scenario.id in AGAIN), told


@_each(SCENARIOS)
def test_the_service_is_asked_what_the_scenario_says(scenario: Scenario) -> None:
    """Silence says nothing where no request arrives: what is recorded at most is what instances were asked at most.

    Samples on both ends of a window count, in Prometheus before 3.0: a sixth minute of CloudWatch's in five.
    """
    asked = world.most(scenario.life, scenario.minutes)
    for preset, outcome in page.result(scenario).outcomes.items():
        near = 0.25 if preset == "aws_alb" else 0.1
        assert outcome.most == pytest.approx(asked, rel=near, abs=0.01), preset


@_each(SCENARIOS)
def test_the_page_says_what_was_measured(scenario: Scenario) -> None:
    """`make incidents` writes it again."""
    text = PAGE.read_text(encoding="utf-8")
    assert f"\n{page.row(scenario)}\n" in text
    assert f"\n{page.section(scenario)}" in text


def test_the_page_has_every_scenario_and_no_other() -> None:
    """Rows and sections of scenarios that are gone would stay for ever."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(page.MARK + page.HEAD)
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    anchors = [line for line in text.splitlines() if line.startswith("<a id=")]
    assert [line.partition("](#")[2].partition(")")[0] for line in rows] == [one.id for one in SCENARIOS]
    assert anchors == [f'<a id="{one.id}"></a>' for one in SCENARIOS]


def test_a_fault_that_does_not_happen_is_not_told() -> None:
    """The measure itself can say no."""
    fault, quiet = FAULTS[0], FAULTLESS[0]
    found = page.result(replace(fault, life=quiet.life, presets=("prometheus_http",)))
    assert found.verdicts["prometheus_http"].told is None


def test_a_fault_on_a_day_without_fault_is_a_false_alarm() -> None:
    """The measure itself can say no."""
    fault, quiet = FAULTS[0], FAULTLESS[0]
    found = page.result(replace(quiet, life=fault.life, minutes=fault.minutes, presets=("prometheus_http",)))
    assert found.verdicts["prometheus_http"].false


def test_a_fault_told_too_late_is_not_told() -> None:
    """The time within which it should fire counts."""
    found = page.result(replace(FAULTS[0], within=1, presets=("prometheus_http",)))
    assert found.verdicts["prometheus_http"].told is None


@pytest.mark.parametrize("preset", ["otel_http", "prometheus_http", "celery", "fastapi"])
def test_a_request_is_in_its_buckets_in_the_minute_in_which_it_is_counted(preset: str) -> None:
    """Otherwise a quiet service would seem slow."""
    instance = Instance("a", "1", lambda _: Asked(0.7, 0.1))
    found = world.series(running.service(preset, 2), (instance,), 200)
    counts = [
        name
        for name in found
        if "_count{" in name and f"{name[:-1]},le=".replace("_count{", "_bucket{") in "".join(found)
    ]
    assert counts
    for name in counts:
        bucket = f'{name[:-1]},le="+Inf"}}'.replace("_count{", "_bucket{")
        assert found[bucket] == found[name]


def test_minutes_without_samples_differ_in_why_they_have_none() -> None:
    """A scrape that fails ends every series and leaves `up`; an instance that is gone ends that too."""
    minutes = [Asked(1), Asked(1), DOWN, DOWN, Asked(1), MISSED, Asked(1), REMOVED, REMOVED]
    found = world.series(running.service("prometheus_http", 2), (Instance("a", "1", lambda at: minutes[at]),), 9)
    assert found['up{job="checkout",instance="a"}'] == "1+0x1 0+0x1 1 _ 1 stale _"
    assert "1 2 stale _ 1 _ 2 stale _" in found.values()
