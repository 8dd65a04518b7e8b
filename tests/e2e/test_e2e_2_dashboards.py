"""Every query of every generated dashboard, asked as Grafana asks it, of a Prometheus that has real data."""

from __future__ import annotations

import json
import operator
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.lab import grafana
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from tests.e2e.lab.grafana import Query
    from tests.e2e.lab.laboratory import Lab

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

EMPTY: dict[str, str] = {}
"""Queries that have no data here, by place, and why. One that has data after all fails the test."""


@pytest.fixture(scope="module")
def queries(lab: Lab) -> list[Query]:
    """All queries, with something on every page: drift, a container killed for want of memory."""
    for fault in ("drift", "oom"):
        lab.apps["cluster"].switch(fault, on=True)
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
    refused = []
    for query in queries:
        for over_range in (False, True):
            try:
                _ask(lab, query.expr, over_range=over_range)
            except AssertionError as error:
                refused.append(f"{query.place}: {error}")
    assert refused == []


def test_every_query_has_data(lab: Lab, queries: list[Query]) -> None:
    """Only the queries listed above come back empty, and all of those do."""
    waiting = {query.place: query for query in queries if query.place not in EMPTY}

    def missing() -> list[str]:
        for place, query in list(waiting.items()):
            if _ask(lab, query.expr, over_range=not query.instant):
                del waiting[place]
        return sorted(waiting)

    until(missing, "data of every query", right=operator.not_)
    unknown = EMPTY.keys() - {query.place for query in queries}
    filled = {q.place for q in queries if q.place in EMPTY and _ask(lab, q.expr, over_range=not q.instant)}
    assert (unknown, filled) == (set(), set()), "take these off the list of queries without data"


def _ask(lab: Lab, expr: str, *, over_range: bool) -> list[dict[str, Any]]:
    if not over_range:
        return lab.prometheus.instant(expr)
    now = time.time()
    result: list[dict[str, Any]] = lab.prometheus.get("query_range", query=expr, start=now - 90, end=now, step=5)[
        "result"
    ]
    return result
