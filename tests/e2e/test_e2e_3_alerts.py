"""Faults raise the right alerts of the right services, and no others; repairing the fault clears them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.lab.project import GRAFANA, REPOSITORY
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from tests.e2e.lab.laboratory import Lab

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

Json = dict[str, Any]

ORDERS = {"team": "payments", "service": "orders", "tier": "1"}
CATALOGUE = {"team": "storefront", "service": "catalogue", "tier": "3"}
RECEIPTS = {"team": "payments", "service": "receipts", "tier": "3"}
ERRORS = {"alertname": "REDErrorRatioHigh", "severity": "page", "slo": "availability"}
SLOW = {"alertname": "REDLatencyHigh", "severity": "ticket", "slo": "latency"}
GONE = {"alertname": "TargetAbsent", "severity": "page", "slo": "target"}
DRIFT = {"alertname": "GitOpsDrift", "severity": "ticket", "slo": "drift"}
PAY = {"route": "/pay", "http_route": "/pay"}

FAULTS = {"orders": "errors", "receipts": "errors", "catalogue": "slow"}
EXPECTED = [ERRORS | ORDERS, ERRORS | ORDERS | PAY, ERRORS | RECEIPTS, SLOW | CATALOGUE]


@pytest.fixture(scope="module")
def firing(lab: Lab) -> list[Json]:
    """What fired while orders and receipts failed and the catalogue was slow; all of it has cleared since."""
    with lab.faults(FAULTS):
        return until(lambda: lab.active("firing"), "the alerts of three faults", right=_risen)


def test_faults_raise_the_alerts_of_their_own_services(firing: list[Json]) -> None:
    """Each with all of its labels, and no alert besides."""
    assert [alert["labels"] for alert in firing] == sorted(EXPECTED, key=lambda labels: sorted(labels.items()))


def test_an_alert_says_what_it_measures(firing: list[Json]) -> None:
    """A third of the requests fail, half of them are slow, and the texts say so in those numbers."""
    said = {(a["labels"]["service"], a["labels"].get("route")): a["annotations"] for a in firing}
    for service, route in (("orders", None), ("orders", "/pay"), ("receipts", None)):
        share = re.match(r"([\d.]+)% of the requests", said[service, route]["description"])
        assert share, said[service, route]["description"]
        assert 30 < float(share[1]) < 40
    took = re.search(r"took up to ([\d.]+)(m?s)\b", said["catalogue", None]["description"])
    assert took, said["catalogue", None]["description"]
    assert 500 < float(took[1]) * (1 if took[2] == "ms" else 1000) <= 1000


def test_an_alert_says_where_to_look_and_what_to_do(firing: list[Json]) -> None:
    """Summary, impact and action name the service, and links lead to panel, runbook and service file."""
    annotations = next(alert["annotations"] for alert in firing if alert["labels"] == ERRORS | ORDERS)
    dashboard = annotations.pop("dashboard_url")
    assert re.fullmatch(rf"{GRAFANA}/d/svc-orders\?viewPanel=\d+", dashboard)
    assert annotations.pop("runbook_url") == f"{REPOSITORY}/blob/main/docs/runbooks/orders.md"
    assert annotations.pop("service_file_url") == f"{REPOSITORY}/blob/main/services/orders.yaml"
    assert annotations.keys() == {"summary", "description", "impact", "action"}
    assert annotations["summary"].startswith("orders: ")
    assert "orders" in annotations["impact"]
    assert "gitops-obs deploy explain orders" in annotations["action"]


def test_an_alert_leads_to_a_panel_that_exists(lab: Lab, firing: list[Json]) -> None:
    """The panel in `dashboard_url` stands on the service's dashboard."""
    for alert in firing:
        labels, url = alert["labels"], alert["annotations"]["dashboard_url"]
        file = lab.root / "generated" / "dashboards" / labels["team"] / f"{labels['service']}.json"
        panels = json.loads(file.read_text())["panels"]
        ids = {panel["id"] for row in panels for panel in (row, *row.get("panels", ()))}
        assert int(url.rpartition("=")[2]) in ids


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


def test_a_change_behind_gits_back_is_told_with_its_object(lab: Lab) -> None:
    """The source that drifts, and only that, raises a ticket that names what changed."""
    lab.apps["cluster"].switch("drift", on=True)
    drifted = until(lambda: _drift(lab), "the alert on drift", 90)
    assert [alert["labels"] for alert in drifted] == [
        DRIFT | CATALOGUE | {"checker": "kubernetes", "source": "catalogue"}
    ]
    assert "Deployment shop/catalogue (changed)" in drifted[0]["annotations"]["description"]


def test_every_rule_is_healthy(lab: Lab) -> None:
    """By now Prometheus has evaluated each generated rule, the seldom ones too, and has nothing to complain of."""
    rules = until(lambda: _evaluated(lab), "every rule to be evaluated", 90)
    assert [rule["lastError"] for rule in rules if rule.get("lastError")] == []
    assert {rule["health"] for rule in rules} == {"ok"}


def _risen(alerts: list[Json]) -> bool:
    """Whether there are enough, and their ratios (and seconds) have left the old requests behind them."""
    return len(alerts) >= len(EXPECTED) and all(float(alert["value"]) > 0.3 for alert in alerts)


def _drift(lab: Lab) -> list[Json]:
    return [alert for alert in lab.prometheus.alerts("firing") if alert["labels"].get("slo") == "drift"]


def _evaluated(lab: Lab) -> list[Json]:
    rules = lab.prometheus.rules()
    return rules if all(rule["health"] != "unknown" for rule in rules) else []
