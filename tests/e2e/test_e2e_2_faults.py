"""While requests fail and are slow, the right alerts of the right services fire, and no others."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.lab.project import GRAFANA, REPOSITORY

if TYPE_CHECKING:
    from tests.e2e.lab.laboratory import Lab

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

Json = dict[str, Any]

ORDERS = {"team": "payments", "service": "orders", "tier": "1"}
CATALOGUE = {"team": "storefront", "service": "catalogue", "tier": "3"}
RECEIPTS = {"team": "payments", "service": "receipts", "tier": "3"}
ERRORS = {"alertname": "SLOErrorBudgetBurn", "severity": "page", "slo": "availability", "long_window": "1h"}
SLOW = {"alertname": "REDLatencyHigh", "severity": "ticket", "slo": "latency"}
PAY = {"route": "/pay"}

EXPECTED = [ERRORS | ORDERS, ERRORS | ORDERS | PAY, ERRORS | RECEIPTS, SLOW | CATALOGUE]


def test_faults_raise_the_alerts_of_their_own_services(firing: list[Json]) -> None:
    """Each with all of its labels, and no alert besides."""
    assert [alert["labels"] for alert in firing] == sorted(EXPECTED, key=lambda labels: sorted(labels.items()))


def test_an_alert_says_what_it_measures(firing: list[Json]) -> None:
    """A third of the requests fail after none did, half of them are slow, and the texts say so in those numbers."""
    said = {(a["labels"]["service"], a["labels"].get("route")): a["annotations"] for a in firing}
    for service, route in (("orders", None), ("orders", "/pay"), ("receipts", None)):
        share = re.match(r"([\d.]+)% of the requests", said[service, route]["description"])
        assert share, said[service, route]["description"]
        assert 1.44 < float(share[1]) < 40
    took = re.search(r"took up to ([\d.]+)(m?s)\b", said["catalogue", None]["description"])
    assert took, said["catalogue", None]["description"]
    assert 500 < float(took[1]) * (1 if took[2] == "ms" else 1000) <= 1000


def test_an_alert_says_where_to_look_and_what_to_do(firing: list[Json]) -> None:
    """Summary, impact and action name the service, and links lead to panel, runbook and service file."""
    annotations = next(dict(alert["annotations"]) for alert in firing if alert["labels"] == ERRORS | ORDERS)
    dashboard = annotations.pop("dashboard_url")
    found = re.fullmatch(rf"{GRAFANA}/d/svc-orders\?viewPanel=\d+&from=(\d{{13}})&to=(\d{{13}})", dashboard)
    assert found
    assert int(found[2]) - int(found[1]) == 3600 * 1000
    assert abs(int(found[2]) / 1000 - time.time()) < 600
    assert annotations.pop("compare_url") == ""
    assert annotations.pop("runbook_url") == f"{REPOSITORY}/blob/main/docs/runbooks/orders.md"
    assert annotations.pop("service_file_url") == f"{REPOSITORY}/blob/main/services/orders.yaml"
    assert annotations.keys() == {"summary", "description", "impact", "action"}
    assert annotations["summary"].startswith("orders: ")
    assert "orders" in annotations["impact"]
    assert annotations["action"] == (
        "First see whether the last deploy began it (the dashboard's deploy lines and row By version); if so, roll "
        "back that deploy. Otherwise find the route, version or instance that fails."
    )


def test_an_alert_leads_to_a_panel_that_exists(lab: Lab, firing: list[Json]) -> None:
    """The panel in `dashboard_url` stands on the service's dashboard."""
    for alert in firing:
        labels, url = alert["labels"], alert["annotations"]["dashboard_url"]
        file = lab.root / "generated" / "dashboards" / labels["team"] / f"{labels['service']}.json"
        panels = json.loads(file.read_text())["panels"]
        ids = {panel["id"] for row in panels for panel in (row, *row.get("panels", ()))}
        assert int(re.findall(r"viewPanel=(\d+)", url)[0]) in ids
