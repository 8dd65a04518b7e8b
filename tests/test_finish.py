"""Whatever describes a panel or a dashboard becomes what Grafana stores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from grafanalib import core

from gitops_obs import finish
from tests.described import DASHBOARDS, legacy

if TYPE_CHECKING:
    from pytest_regressions.file_regression import FileRegressionFixture

VARIABLE = {"type": "prometheus", "uid": "${datasource}"}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_becomes_what_grafana_stores(name: str, file_regression: FileRegressionFixture) -> None:
    """The whole of it, for each library that describes dashboards."""
    found = finish.dashboard(DASHBOARDS[name](), key=name)
    file_regression.check(json.dumps(found, indent=2) + "\n", extension=".json")


@pytest.mark.parametrize("name", DASHBOARDS)
def test_finishing_twice_changes_nothing(name: str) -> None:
    """A finished dashboard, its source note included, is its own finished form."""
    once = finish.dashboard(DASHBOARDS[name](), key=name, editable=False, source=f"dashboards/{name}.dashboard.py")
    again = finish.dashboard(once, key=name, editable=False, source=f"dashboards/{name}.dashboard.py")
    assert again == once
    assert json.dumps(again) == json.dumps(once)


def test_a_finished_dashboard_has_no_nulls_and_no_dead_fields() -> None:
    """Except a first threshold, whose null means below everything else."""
    for name, make in DASHBOARDS.items():
        text = json.dumps(finish.dashboard(make(), key=name))
        assert "null" not in text.replace('"value": null', "").replace('"nullPointMode"', "").replace('"null', "")
        for dead in ("__inputs", "sharedCrosshair", "gnetId", '"span"', '"rows"', "hideControls", "useTags", '"step"'):
            assert dead not in text


def test_legacy_dashboards_keep_what_they_said() -> None:
    """Ids, uid, names of datasources, refIds, legends, row titles, thresholds and the crosshair."""
    found = finish.dashboard(legacy())
    first, requests, one, second = found["panels"]
    assert (found["uid"], found["graphTooltip"], found["refresh"], found["tags"]) == ("legacy", 1, "30s", ["shop"])
    assert (first["title"], second["title"], second["collapsed"]) == ("First", "Second", True)
    assert (requests["id"], requests["datasource"]) == (7, "Prometheus A")
    assert [(t["refId"], t["datasource"]) for t in requests["targets"]] == [
        ("X", "Prometheus A"),
        ("A", "Prometheus A"),
    ]
    assert requests["thresholds"][0]["value"] == 5
    assert one["datasource"] == VARIABLE
    assert [p["title"] for p in second["panels"]] == ["Jobs", "Read me"]
    assert second["panels"][0]["datasource"] == VARIABLE
    assert found["annotations"]["list"][1]["datasource"] == "Prometheus A"
    assert [v["name"] for v in found["templating"]["list"]] == ["datasource", "job"]


def test_an_older_schema_is_raised_to_one_that_every_grafana_migrates_from() -> None:
    """Newer ones stay as they are."""
    assert finish.dashboard(legacy())["schemaVersion"] == 21
    assert finish.dashboard({"title": "New", "schemaVersion": 41})["schemaVersion"] == 41


def test_nothing_is_lost_where_a_dashboard_has_both_rows_and_panels(capsys: pytest.CaptureFixture[str]) -> None:
    """Grafanalib itself would drop the panels, and say so in the middle of the JSON."""
    board = core.Dashboard(title="Both", rows=[core.Row(panels=[core.Stat(title="A")])], panels=[core.Stat(title="B")])
    assert [p["title"] for p in finish.dashboard(board)["panels"]] == ["A", "B"]
    alarmed = core.Graph(title="C", thresholds=[core.GraphThreshold(value=1.0)], alert=core.Alert("x", "m", []))
    finish.panel(alarmed)
    assert capsys.readouterr().out == ""


def test_panels_of_a_row_that_is_open_follow_it() -> None:
    """Grafana shows panels inside a row only while it is collapsed."""
    row = {"type": "row", "title": "Open", "panels": [{"type": "stat", "title": "A"}]}
    found = finish.dashboard({"title": "X", "panels": [row]})["panels"]
    assert [(p["type"], p.get("panels")) for p in found] == [("row", []), ("stat", None)]


def test_ids_survive_an_insertion() -> None:
    """Those that panels bring, and those made from titles."""
    panels = [{"type": "stat", "title": "A"}, {"type": "stat", "title": "B", "id": 3}]
    before = {p["title"]: p["id"] for p in finish.dashboard({"panels": panels})["panels"]}
    after = {
        p["title"]: p["id"] for p in finish.dashboard({"panels": [{"type": "stat", "title": "N"}, *panels]})["panels"]
    }
    assert before == {title: after[title] for title in before}
    assert before["B"] == 3


def test_a_dashboard_that_has_a_datasource_variable_keeps_it() -> None:
    """Panels without a datasource then use that one."""
    chosen = {"type": "datasource", "name": "DS", "query": "prometheus"}
    panel = {"type": "stat", "title": "A", "targets": [{"expr": "up"}]}
    found = finish.dashboard({"templating": {"list": [chosen]}, "panels": [panel]})
    assert found["panels"][0]["targets"][0]["datasource"]["uid"] == "${DS}"
    assert [v["name"] for v in found["templating"]["list"]] == ["DS"]


def test_a_dashboard_without_a_uid_gets_one_from_its_file() -> None:
    """At most forty letters, digits, dashes and underscores."""
    assert finish.dashboard({"title": "X"}, key="team board")["uid"] == "team-board"
    assert len(finish.dashboard({"title": "X"}, key="a" * 99)["uid"]) == 40
    assert "uid" not in finish.dashboard({"title": "X"})


def test_a_dashboard_of_the_project_says_where_it_comes_from() -> None:
    """In its description and by a tag, which marks it as ours."""
    found = finish.dashboard(legacy(), editable=False, source="dashboards/legacy.dashboard.py")
    assert found["description"] == "Old. Code generated by gitops-obs from dashboards/legacy.dashboard.py; DO NOT EDIT."
    assert (found["tags"], found["editable"]) == (["shop", "gitops-obs"], False)


def test_queries_are_lettered_around_those_that_have_a_letter() -> None:
    """The twenty-seventh is AA."""
    targets = [{"expr": "up", "refId": "B"}, *({"expr": "up"} for _ in range(27))]
    letters = [t["refId"] for t in finish.panel({"type": "stat", "targets": targets})["targets"]]
    assert letters[:3] == ["B", "A", "C"]
    assert letters[-3:] == ["Z", "AA", "AB"]
    assert len(set(letters)) == 28


@pytest.mark.parametrize("kind", ["text", "row", "dashlist", "news"])
def test_panels_without_queries_get_no_datasource(kind: str) -> None:
    """They ask for nothing."""
    assert "datasource" not in finish.panel({"type": kind, "title": "A", "datasource": None})


def test_a_library_panel_stays_a_reference() -> None:
    """What it shows stands in Grafana."""
    found = finish.panel({"libraryPanel": {"uid": "x", "name": "X"}, "title": "X"})
    assert found == {"title": "X", "libraryPanel": {"uid": "x", "name": "X"}}


def test_old_value_mappings_become_new_ones() -> None:
    """A value, a range with an open end, and null; those that are new already stay."""
    new = {"type": "value", "options": {"1": {"text": "one"}}}
    old = [
        {"type": 1, "value": "0", "text": "zero"},
        {"type": 1, "value": "null", "text": "none"},
        {"type": 2, "from": "1", "to": "", "text": "more"},
        new,
    ]
    found = finish.panel({"type": "stat", "fieldConfig": {"defaults": {"mappings": old}}})
    assert found["fieldConfig"]["defaults"]["mappings"] == [
        {"type": "value", "options": {"0": {"text": "zero"}}},
        {"type": "special", "options": {"match": "null", "result": {"text": "none"}}},
        {"type": "range", "options": {"from": 1.0, "to": None, "result": {"text": "more"}}},
        new,
    ]


def test_mappings_that_grafanalib_puts_beside_a_table_are_found() -> None:
    """Grafana reads them only from the field configuration."""
    found = finish.panel(core.Table(title="T", mappings=[{"type": "value", "options": {"1": {"text": "one"}}}]))
    assert "mappings" not in found
    assert found["fieldConfig"]["defaults"]["mappings"] == [{"type": "value", "options": {"1": {"text": "one"}}}]


def test_two_falling_thresholds_of_an_old_graph_mark_what_lies_below() -> None:
    """As Grafana's migration reads them."""
    found = finish.panel(core.Graph(title="G", grid=core.Grid(threshold1=5, threshold2=2)))
    assert [(t["value"], t["op"], t["colorMode"]) for t in found["thresholds"]] == [
        (5, "lt", "custom"),
        (2, "lt", "custom"),
    ]


def test_a_repeated_panel_keeps_how_many_fit_in_a_row() -> None:
    """The least width of old becomes the greatest number of today."""
    found = finish.panel(core.Stat(title="S", minSpan=6, repeat=core.Repeat(variable="job", direction="h")))
    assert (found["repeat"], found["maxPerRow"]) == ("job", 4)
    assert "minSpan" not in found


def test_old_names_of_series_in_links_are_renamed() -> None:
    """In links and titles of fields."""
    found = finish.panel(core.BarGauge(title="B", label="$__series_name"))
    assert found["options"]["fieldOptions"]["defaults"]["title"] == "$__series.name"


def test_thresholds_of_a_panel_that_colours_by_them_are_never_taken_away() -> None:
    """Without any, Grafana would colour everything from 80 on red."""
    assert "thresholds" in finish.panel(core.Stat(title="S"))["fieldConfig"]["defaults"]
    assert "thresholds" not in finish.panel(core.TimeSeries(title="T"))["fieldConfig"]["defaults"]


def test_one_heatmap_does_not_change_another() -> None:
    """Grafanalib shares what it fills in; what is finished is copied first."""
    first = finish.panel(core.Heatmap(title="A"))
    first["options"] = {"changed": True}
    assert finish.panel(core.Heatmap(title="B")).get("options") != {"changed": True}


@pytest.mark.parametrize("described", ["Requests", 7, None, [], {"title": "no type"}, object()])
def test_what_is_no_panel_is_refused(described: Any) -> None:
    """With a sentence that says what it is."""
    with pytest.raises(TypeError, match=r"is not a panel|neither a grafanalib object"):
        finish.panel(described)


@pytest.mark.parametrize("described", ["Shop", [], 7])
def test_what_is_no_dashboard_is_refused(described: Any) -> None:
    """With a sentence that says what it is."""
    with pytest.raises(TypeError, match="is not a dashboard"):
        finish.dashboard(described)
