"""Every query of every generated dashboard, asked as Grafana asks it, while services work and fail for real."""

from __future__ import annotations

import json
import math
import operator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.lab import grafana
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from tests.e2e.lab.grafana import Query
    from tests.e2e.lab.laboratory import Lab

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

EMPTY = {
    "Services of payments: Services: H": "no service of payments names anything under `drift:`",
    "Services of storefront: annotation: Alerts": "pages are drawn, and what is wrong with the catalogue is a ticket",
}
"""Queries that have no data here, by place, and why. One that has data after all fails the test."""


@pytest.fixture(scope="module")
def queries(lab: Lab, firing: list[dict[str, Any]]) -> list[Query]:
    """All queries, at a time when every page has something to show."""
    assert firing
    files = sorted((lab.root / "generated" / "dashboards").rglob("*.json"))
    return [query for file in files for query in grafana.queries(json.loads(file.read_text()), lab.prometheus)]


def test_variables_offer_something(lab: Lab) -> None:
    """Each query variable has values to choose from."""
    for file in (lab.root / "generated" / "dashboards").rglob("*.json"):
        dashboard = json.loads(file.read_text())
        offered = grafana.offers(dashboard, lab.prometheus)
        assert [name for name, values in offered.items() if not values] == [], dashboard["title"]


def test_every_query_runs(lab: Lab, queries: list[Query]) -> None:
    """Prometheus takes each of them, as an instant query and over a range."""
    assert len(queries) > 100
    refused = []
    for query in queries:
        for ask in (lab.prometheus.instant, lab.prometheus.over_range):
            try:
                ask(query.expr)
            except AssertionError as error:
                refused.append(f"{query.place}: {error}")
    assert refused == []


def test_every_query_has_data(lab: Lab, queries: list[Query]) -> None:
    """Only the queries listed above come back without a number, and all of those do."""
    waiting = {query.place: query for query in queries if query.place not in EMPTY}

    def missing() -> list[str]:
        for place, query in list(waiting.items()):
            if _has_numbers(lab, query):
                del waiting[place]
        return sorted(waiting)

    until(missing, "numbers from every query", 90, right=operator.not_)  # some look at whole minutes
    unknown = EMPTY.keys() - {query.place for query in queries}
    filled = {query.place for query in queries if query.place in EMPTY and _has_numbers(lab, query)}
    assert (unknown, filled) == (set(), set()), "take these off the list of queries without data"


def test_a_canary_is_drawn_next_to_the_stable_version(lab: Lab, queries: list[Query]) -> None:
    """Both versions of orders run, and each is a track of its own."""
    drawn = [query for query in queries if query.place.startswith("orders: ") and "canary and stable" in query.place]
    assert len(drawn) >= 2
    for query in drawn:
        assert {found["metric"]["track"] for found in lab.prometheus.instant(query.expr)} == {"canary", "stable"}


def _has_numbers(lab: Lab, query: Query) -> bool:
    """Whether Grafana would draw anything: a series with a value that is a number."""
    # a subquery that looks at whole five minutes sees none of them in data that are younger
    expr = query.expr.replace(":5m]", ":5s]")
    found = lab.prometheus.instant(expr) if query.instant else lab.prometheus.over_range(expr)
    values = (value for series in found for _, value in series.get("values") or [series["value"]])
    return not all(math.isnan(float(value)) for value in values)
