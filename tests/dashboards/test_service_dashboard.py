"""The page of a service, whole and for every preset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_obs import customs, finish, kit, panels, promql, template
from gitops_obs.checks import dashboards as checks
from gitops_obs.dashboards import _layout
from gitops_obs.dashboards import service as page
from gitops_obs.model import dashboard_uid
from gitops_obs.outputs import dashboards as output
from gitops_obs.rules import Omitted
from tests import factory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_regressions.file_regression import FileRegressionFixture

    from gitops_obs.model import Service

WITHOUT_INSTANCE = ("template_instance", "target_instance")
FULL = {"has_instance": True, "project": factory.CLUSTERED, "panels": ("queue-depth",)}
GOLDEN = {
    "otel_http": factory.service("otel_http", **FULL),
    "grpc_go": factory.service("grpc_go"),
    "haproxy": factory.service("haproxy"),
}


def queue_depth() -> customs.Panel:
    """A custom panel as a project would have it."""
    data = {"panel": "queue-depth", "title": "Queue", "description": "Messages that wait.", "unit": "short", "width": 8,
            "queries": [{"expr": "sum(queue_depth{${select}})", "legend": "waiting"}]}  # fmt: skip
    return customs.yaml_panel(data, "panels/queue-depth.yaml")[0]


def built(service: Service) -> dict[str, Any]:
    """The dashboard of a service, with the custom panels it names."""
    return page.build(service, [queue_depth() for _ in service.panels])[0]


def everything(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels and rows."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", ())


def queries(dashboard: dict[str, Any]) -> list[str]:
    """Every expression on the page."""
    found = [t["expr"] for panel in everything(dashboard) for t in panel.get("targets", ())]
    return found + [a["expr"] for a in dashboard["annotations"]["list"] if "expr" in a]


@pytest.fixture(params=factory.PRESETS)
def service(request: pytest.FixtureRequest) -> Service:
    """A full service of each preset."""
    return factory.service(request.param)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_is_as_recorded(name: str, file_regression: FileRegressionFixture) -> None:
    """Every byte of a page with everything on it, of one for gRPC, and of one without quantiles."""
    file_regression.check(output.json(built(GOLDEN[name])), extension=".json")


def test_the_page_passes_all_checks(service: Service) -> None:
    """The rules of dashboard-linter, and ours."""
    for more in (service, replace(service, has_instance=True), replace(service, project=factory.CLUSTERED)):
        without = () if more.has_instance else WITHOUT_INSTANCE
        assert checks.run(built(more), without) == []


def test_every_query_is_promql(service: Service) -> None:
    """Of panels and of annotations, collapsed rows included."""
    assert {expr: why for expr in queries(built(service)) if (why := promql.error(expr))} == {}


def test_every_panel_explains_itself(service: Service) -> None:
    """A title in sentence case, a description, a unit, and a sentence for when there is nothing to show."""
    for panel in everything(built(service)):
        if panel["type"] == "row":
            continue
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["title"][0].isupper() or panel["title"][0] == "p"
        assert len(panel["description"]) > 20
        assert defaults.get("unit")
        assert defaults.get("noValue")


def test_the_page_sends_at_most_twenty_five_queries_when_it_is_opened(service: Service) -> None:
    """Rows beyond that start collapsed; each that is open would still fit."""
    dashboard = built(replace(service, has_instance=True))
    assert sum(len(panel.get("targets", ())) for panel in dashboard["panels"]) <= _layout.MAX_QUERIES


def test_the_page_is_finished(service: Service) -> None:
    """Finishing it again changes nothing; ids are all different; no panel overlaps another."""
    dashboard = built(service)
    assert finish.dashboard(dashboard) == dashboard
    ids = [panel["id"] for panel in everything(dashboard)]
    assert len(set(ids)) == len(ids)
    open_panels = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [(g["x"] + x, g["y"] + y) for g in open_panels for x in range(g["w"]) for y in range(g["h"])]
    assert len(cells) == len(set(cells))


def test_every_row_is_full(service: Service) -> None:
    """Where a panel is missing, its neighbours have grown."""
    dashboard = built(service)
    own = {panels.module(name).TITLE for name in panels.ids()}
    for row in (panel for panel in dashboard["panels"] if panel["type"] == "row" and panel["title"] not in own):
        line = row["gridPos"]["y"] + 1
        inside = row["panels"] or [p for p in dashboard["panels"] if p["gridPos"]["y"] == line]
        width = sum(p["gridPos"]["w"] for p in inside if p["gridPos"]["y"] == line)
        assert width == 24 or row["title"] == "Also measured"


def test_filled_shapes_equal_the_full_page(service: Service) -> None:
    """Names, thresholds and matchers are only ever pasted in."""
    tuned = (factory.setting("error_ratio", threshold="7%"), factory.setting("latency", threshold="70ms"))
    odd = replace(service, name="x-y", owner='o"w', description="a \\ 'b'", alerts=tuned, project=factory.CLUSTERED)
    key, leaves = template.shape(odd)
    assert key
    cut = template.Template.cut(output.json(built(template.marked(odd))), len(leaves))
    assert cut.fill(template.values(leaves)).decode() == output.json(built(odd))


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(["availability", "latency", "workload", "drift", "links", "routes"])), st.booleans())
def test_whatever_a_service_leaves_out_the_page_holds_together(missing: set[str], instance: bool) -> None:  # noqa: FBT001
    """Every combination of what a service file may say passes all checks."""
    nothing: dict[str, Any] = {"drift": (), "routes": (), "links": factory.NO_LINKS}
    service = factory.service(has_instance=instance, **{name: nothing.get(name) for name in missing})
    dashboard = built(service)
    assert checks.run(dashboard, () if instance else WITHOUT_INSTANCE) == []
    assert finish.dashboard(dashboard) == dashboard


def test_ids_come_from_the_names_of_panels() -> None:
    """So that a link in an alert written years ago still opens the right panel."""
    full, bare = built(GOLDEN["otel_http"]), built(factory.bare("otel_http"))
    ids = {panel["title"]: panel["id"] for panel in everything(full)}
    kept = {panel["title"]: panel["id"] for panel in everything(bare)}
    shared = ids.keys() & kept.keys()
    assert {"Error ratio", "Latency", "Routes", "Requests"} <= shared
    assert {title: ids[title] for title in shared} == {title: kept[title] for title in shared}


def test_a_row_vanishes_with_its_last_panel() -> None:
    """A page of a service without objectives, workload and drift has no empty headings."""
    rows = [panel["title"] for panel in built(factory.bare("haproxy"))["panels"] if panel["type"] == "row"]
    assert rows == ["Is it well?", "Requests", "Duration", "Also measured"]


def test_what_is_left_out_is_told_once_a_reason() -> None:
    """To the caller for each panel, on the page for each thing that the preset cannot tell."""
    dashboard, omitted = page.build(factory.service("haproxy"))
    assert ("latency_heatmap", Omitted("HAProxy exports averages over the last 1024 requests, no histogram.",
                                       "quantiles")) in omitted  # fmt: skip
    assert "queue_lag" not in dict(omitted)
    description = dashboard["description"]
    assert description.count("HAProxy knows no version of the service.") == 1
    assert "DO NOT EDIT. Left out: HAProxy exports averages" in description


def test_the_page_says_where_it_comes_from() -> None:
    """In its description, by the first words that a generated file is known by, and in its tags."""
    dashboard = built(factory.service())
    words = (
        "Takes the order and charges the card. Code generated by gitops-obs from services/checkout.yaml; DO NOT EDIT."
    )
    assert dashboard["description"].startswith(words)
    assert dashboard["tags"] == ["gitops-obs", "service", "owner:payments", "tier:1"]
    assert (dashboard["uid"], dashboard["title"]) == (dashboard_uid("checkout"), "checkout")
    assert dashboard["editable"] is False
    assert "version" not in dashboard


def test_a_page_without_a_description_begins_with_where_it_comes_from() -> None:
    """And one that leaves nothing out ends there."""
    said = built(replace(factory.bare("otel_http"), workload=factory.workload()))["description"]
    assert said == "Code generated by gitops-obs from services/checkout.yaml; DO NOT EDIT."


def test_variables_are_those_that_the_telemetry_has() -> None:
    """Cluster, instance, route and canary only where there is something to choose."""

    def names(service: Service) -> list[str]:
        return [variable["name"] for variable in built(service)["templating"]["list"]]

    assert names(GOLDEN["otel_http"]) == ["datasource", "cluster", "job", "instance", "route", "canary", "compare"]
    assert names(factory.bare("haproxy")) == ["datasource", "job", "compare"]


def test_the_project_may_name_the_datasource() -> None:
    """The page then opens with it."""
    service = factory.service(project=replace(factory.PROJECT, datasource="prom-eu", editable=True))
    dashboard = built(service)
    assert dashboard["templating"]["list"][0]["current"]["value"] == "prom-eu"
    assert dashboard["editable"] is True


def test_links_are_those_that_the_service_has() -> None:
    """Runbook first; to our own pages in any case."""

    def titles(service: Service) -> list[str]:
        return [link["title"] for link in built(service)["links"]]

    everywhere = ["Alerts", "Team", "Fleet"]
    assert titles(factory.service()) == ["Runbook", "Logs", "Traces", "Repository", "Service file", *everywhere]
    assert titles(factory.bare()) == everywhere
    link = next(link for link in built(factory.service())["links"] if link["title"] == "Service file")
    assert link["url"] == "https://git.example/shop/obs/blob/main/services/checkout.yaml"


def test_deploys_and_alerts_are_marked_on_all_charts() -> None:
    """Deploys only where some series tells the version."""

    def names(service: Service) -> list[str]:
        return [annotation["name"] for annotation in built(service)["annotations"]["list"]]

    assert names(factory.service()) == ["Annotations & Alerts", "Deploys", "Alerts", "Deploy notes"]
    assert "Deploys" not in names(factory.bare("haproxy"))


def test_custom_panels_stand_in_a_row_of_their_own() -> None:
    """In the order and width that was asked for, within what the page's variables select."""
    dashboard = built(GOLDEN["otel_http"])
    custom = next(panel for panel in everything(dashboard) if panel["title"] == "Queue")
    assert (custom["gridPos"]["w"], custom["gridPos"]["h"]) == (8, 8)
    assert 'job=~"$job"' in custom["targets"][0]["expr"]
    row = next(panel for panel in dashboard["panels"] if panel["title"] == "Panels of this service")
    assert row["collapsed"] == (custom in row["panels"])


def test_a_custom_panel_may_say_that_it_does_not_apply() -> None:
    """It is then left out like one of ours."""
    panel = customs.Panel("mine", "panels/mine.py", lambda _: Omitted("no shop here"), python=True)
    dashboard, omitted = page.build(factory.service(), [panel])
    assert ("mine", Omitted("no shop here")) in omitted
    assert "Panels of this service" not in [p["title"] for p in dashboard["panels"]]


def test_a_custom_panel_may_be_made_with_the_kit() -> None:
    """Grafanalib objects and dictionaries alike."""

    def build(service: Service) -> object:
        signal = kit.signal(service)
        return kit.timeseries("Mine", "What is mine.", "short", [kit.target(f"sum(mine{{{signal.select}}})", "mine")])

    panel = customs.Panel("mine", "panels/mine.py", build, python=True)
    dashboard, _ = page.build(factory.service(has_instance=True), [panel])
    assert checks.run(dashboard) == []
    assert "Mine" in [p["title"] for p in everything(dashboard)]
