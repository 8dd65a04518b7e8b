"""The pages over many services: what they hold, what they read, and where they lead."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import dashboards, finish, promql, recordings, template
from gitops_obs.checks import dashboards as checks
from gitops_obs.dashboards import fleet, owner
from gitops_obs.model import Project
from gitops_obs.outputs import dashboards as output
from gitops_obs.rules import Recording
from gitops_obs.template import Template
from tests import factory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_regressions.file_regression import FileRegressionFixture

PLAIN = Project()
CLUSTERED = replace(PLAIN, cluster_label="cluster", rate_window="10m", datasource="prometheus-prod")
MARK = "\ue0000\ue001"

Json = dict[str, Any]


def _fleet(project: Project) -> Json:
    return fleet.build(project)


def _owner(project: Project) -> Json:
    return owner.build(project, "payments")


PAGES = [
    pytest.param(lambda: _fleet(PLAIN), id="fleet"),
    pytest.param(lambda: _fleet(CLUSTERED), id="fleet-clusters"),
    pytest.param(lambda: _owner(PLAIN), id="owner"),
    pytest.param(lambda: _owner(CLUSTERED), id="owner-clusters"),
]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Json:
    """A finished page, with and without clusters."""
    built: Json = request.param()
    return built


def _panels(page: Json) -> list[Json]:
    return [panel for panel in page["panels"] if panel["type"] != "row"]


def _exprs(page: Json) -> Iterator[str]:
    yield from (target["expr"] for panel in _panels(page) for target in panel["targets"])
    yield from (mark["expr"] for mark in page["annotations"]["list"] if "expr" in mark)


def test_the_fleet_page_is_as_recorded(file_regression: FileRegressionFixture) -> None:
    """The page of all services, byte for byte."""
    file_regression.check(output.json(_fleet(CLUSTERED)), extension=".json", encoding="utf-8")


def test_the_page_of_an_owner_is_as_recorded(file_regression: FileRegressionFixture) -> None:
    """The page of one team, byte for byte."""
    file_regression.check(output.json(_owner(PLAIN)), extension=".json", encoding="utf-8")


def test_both_pages_are_registered_and_their_panels_are_not() -> None:
    """The folder of dashboards lists pages alone."""
    assert {"fleet", "owner"} <= set(dashboards.ids())
    assert not any(name.startswith("_") for name in dashboards.ids())


def test_every_expression_is_promql(page: Json) -> None:
    """Panels and annotations parse, with Grafana's variables filled in."""
    assert [found for expr in _exprs(page) if (found := promql.error(expr))] == []


@pytest.mark.parametrize("project", [PLAIN, CLUSTERED])
def test_only_series_that_are_recorded_are_read(project: Project) -> None:
    """No raw metrics: what rules record, the ruler's own series and those of drift checks."""
    rules = [rule for _, rule in recordings.build(factory.service(project=project)) if isinstance(rule, Recording)]
    known = {rule.record for rule in rules} | {"ALERTS", "ALERTS_FOR_STATE"}
    for built in (_fleet(project), _owner(project)):
        read = {name for expr in _exprs(built) for name in promql.metric_names(expr)}
        assert {name for name in read if not name.startswith("gitops_obs_drift_")} <= known


def test_every_page_is_clean_under_all_checks(page: Json) -> None:
    """The same rules as for the pages of services."""
    assert checks.run(page) == []


def test_every_panel_says_what_it_shows_and_in_which_unit(page: Json) -> None:
    """Title, description and unit on each."""
    for panel in _panels(page):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_opening_a_page_sends_at_most_fifteen_queries(page: Json) -> None:
    """Quick at a thousand services; tables and numbers ask once, not over the time range."""
    targets = [(panel["type"], target) for panel in _panels(page) for target in panel["targets"]]
    assert len(targets) <= 15
    assert all(target.get("instant") for kind, target in targets if kind in ("table", "stat"))


def test_finishing_a_page_again_changes_nothing(page: Json) -> None:
    """What is built is finished."""
    assert finish.dashboard(page) == page


def test_the_page_of_an_owner_is_its_template_filled_in() -> None:
    """The owner is opaque text: built for a mark and filled in, the page is the same."""
    marked = Template.cut(output.json(owner.build(CLUSTERED, MARK)), 1)
    assert marked.fill(template.values(["payments"])).decode() == output.json(_owner(CLUSTERED))


def test_the_page_of_an_owner_shows_nobody_else() -> None:
    """The owner stands in every expression, and there is no variable to choose another."""
    built = _owner(PLAIN)
    assert "$owner" not in output.json(built)
    assert all('service_info{owner="payments",' in expr for expr in _exprs(built))
    assert [variable["name"] for variable in built["templating"]["list"]] == ["datasource", "tier", "service"]
    assert (built["uid"], built["title"]) == ("own-payments", "Services of payments")


def test_the_fleet_can_be_narrowed() -> None:
    """By owner, tier, cluster and name; the cluster only where the project tells clusters apart."""
    names = [variable["name"] for variable in _fleet(CLUSTERED)["templating"]["list"]]
    assert names == ["datasource", "owner", "tier", "cluster", "service"]
    assert "$cluster" not in output.json(_fleet(PLAIN))


def test_services_lead_to_their_pages(page: Json) -> None:
    """Each row and each line, with the time range and the data source."""
    clustered = any(variable["name"] == "cluster" for variable in page["templating"]["list"])
    along = "${__url_time_range}&${datasource:queryparam}" + "&${cluster:queryparam}" * clustered
    tables = [panel for panel in _panels(page) if panel["type"] == "table"]
    for panel in tables:
        assert _links(panel, "Service") == [f"/d/svc-${{__data.fields.service}}?{along}"]
    for panel in _panels(page):
        if panel["type"] == "timeseries":
            (link,) = panel["fieldConfig"]["defaults"]["links"]
            assert link["url"] == f"/d/svc-${{__field.labels.service}}?{along}"


def test_owners_lead_to_their_pages_from_the_fleet_only() -> None:
    """On the page of one owner there is no such column, but a link back to the fleet."""
    for panel in _panels(_fleet(PLAIN)):
        if panel["type"] == "table":
            (url,) = _links(panel, "Owner")
            assert url.startswith("/d/own-${__value.raw}?")
    built = _owner(PLAIN)
    assert not any(_links(panel, "Owner") for panel in _panels(built))
    assert [link["url"] for link in built["links"]] == ["/d/fleet"]


def test_every_column_of_a_table_is_one_that_its_queries_bring(page: Json) -> None:
    """Overrides name columns by their titles, and each title is that of a label or of a query's value."""
    for panel in _panels(page):
        if panel["type"] != "table":
            continue
        letters = [target["refId"] for target in panel["targets"]]
        values = {f"Value #{letter}" for letter in letters} if len(letters) > 1 else {"Value"}
        organised = panel["transformations"][-1]["options"]["renameByName"]
        assert values <= set(organised)
        assert {entry["matcher"]["options"] for entry in panel["fieldConfig"]["overrides"]} <= set(organised.values())
        assert {entry["displayName"] for entry in panel["options"]["sortBy"]} <= set(organised.values())


def test_deploys_and_pages_are_marked_at_first_on_the_page_of_an_owner_only() -> None:
    """Those of a whole fleet would cover the charts; they can be turned on."""
    for built, shown in ((_fleet(PLAIN), False), (_owner(PLAIN), True)):
        marks = [mark for mark in built["annotations"]["list"] if "expr" in mark]
        assert [mark["enable"] for mark in marks] == [shown, shown]
        assert all(re.search(r"and on \(service\)\nservice_info\{", mark["expr"]) for mark in marks)


def _links(panel: Json, column: str) -> list[str]:
    return [
        link["url"]
        for entry in panel["fieldConfig"]["overrides"]
        if entry["matcher"]["options"] == column
        for said in entry["properties"]
        if said["id"] == "links"
        for link in said["value"]
    ]
