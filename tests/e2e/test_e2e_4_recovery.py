"""What is left when the faults end: nothing but the alert on a service that is killed, until it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from tests.e2e.lab.laboratory import Lab

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

Json = dict[str, Any]

CATALOGUE = {"team": "storefront", "service": "catalogue", "tier": "3"}
GONE = {"alertname": "TargetAbsent", "severity": "page", "slo": "target"}
DRIFT = {"alertname": "GitOpsDrift", "severity": "ticket", "slo": "drift"}


def test_a_change_behind_gits_back_is_told_with_its_object(lab: Lab, firing: list[Json]) -> None:
    """The source that drifts, and only that, raises a ticket that names what changed."""
    assert firing
    drifted = until(lambda: _drift(lab), "the alert on drift", 90)
    assert [alert["labels"] for alert in drifted] == [
        DRIFT | CATALOGUE | {"checker": "kubernetes", "source": "catalogue"}
    ]
    assert "Deployment shop/catalogue (changed)" in drifted[0]["annotations"]["description"]


def test_alerts_clear_when_all_is_well_again(lab: Lab, firing: list[Json]) -> None:
    """Each goes by itself once the bad requests are out of the window."""
    assert firing
    lab.calm()
    assert lab.active("pending", "firing") == []


def test_a_service_that_dies_is_missed_until_it_is_back(lab: Lab) -> None:
    """Nothing answers the scrape: one alert, which clears when the service runs again."""
    lab.calm()
    lab.apps["catalogue"].stop()
    try:
        missed = until(lambda: lab.active("firing"), "the alert of a dead service")
        assert [alert["labels"] for alert in missed] == [GONE | CATALOGUE]
    finally:
        lab.apps["catalogue"].start()
    lab.calm()


def test_every_rule_is_healthy(lab: Lab) -> None:
    """By now Prometheus has evaluated each generated rule, the seldom ones too, and has nothing to complain of."""
    rules = until(lambda: _evaluated(lab), "every rule to be evaluated", 90)
    assert [rule["lastError"] for rule in rules if rule.get("lastError")] == []
    assert {rule["health"] for rule in rules} == {"ok"}


def _drift(lab: Lab) -> list[Json]:
    return [alert for alert in lab.prometheus.alerts("firing") if alert["labels"].get("slo") == "drift"]


def _evaluated(lab: Lab) -> list[Json]:
    rules = lab.prometheus.rules()
    return rules if all(rule["health"] != "unknown" for rule in rules) else []
