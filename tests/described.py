"""The same kind of dashboard, described with each library that there is."""

from __future__ import annotations

from grafana_foundation_sdk.builders import common as sdk_common
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.builders import prometheus as sdk_prometheus
from grafana_foundation_sdk.builders import timeseries as sdk_timeseries
from grafanalib import core


def legacy() -> core.Dashboard:
    """A dashboard as grafanalib's users have written them since 2017: rows, Angular panels, names of datasources."""
    requests = core.Graph(
        title="Requests",
        dataSource="Prometheus A",
        targets=[core.Target(expr="sum(rate(a_total[5m]))", legendFormat="all", refId="X"), core.Target(expr="up")],
        grid=core.Grid(threshold1=5),
        yAxes=core.single_y_axis(format=core.SHORT_FORMAT),
        alert=None,
        id=7,
    )
    one = core.SingleStat(title="Up", targets=[core.Target(expr="up")], valueMaps=[core.ValueMap("=", "down", "0")])
    table = core.Table(title="Jobs", dataSource="default", targets=[core.Target(expr="up", format="table")])
    words = core.Text(title="Read me", content="*Hello*")
    return core.Dashboard(
        title="Legacy",
        uid="legacy",
        description="Old.",
        tags=["shop"],
        sharedCrosshair=True,
        refresh="30s",
        rows=[
            core.Row(title="First", panels=[requests, one]),
            core.Row(title="Second", collapse=True, height=core.Pixels(300), panels=[table, words]),
        ],
        templating=core.Templating([core.Template("job", "label_values(up, job)", dataSource="Prometheus A")]),
        annotations=core.Annotations([{"name": "Deploys", "datasource": "Prometheus A", "expr": "changes(v[1m]) > 0"}]),
    )


def modern() -> core.Dashboard:
    """A dashboard of grafanalib's newer panels, placed on the grid."""
    shown = core.TimeSeries(
        title="Requests",
        unit="reqps",
        targets=[core.Target(expr="sum(rate(a_total[$__rate_interval]))", refId="A")],
        legendDisplayMode="hidden",
        gridPos=core.GridPos(h=8, w=12, x=0, y=0),
        mappings=[core.StatMapping("none", startValue="0", endValue="1", id=0)],
    )
    row = core.RowPanel(
        title="More", collapsed=True, gridPos=core.GridPos(1, 24, 0, 8), panels=[core.Stat(title="Now")]
    )
    return core.Dashboard(title="Modern", uid="modern", panels=[shown, row])


def builder() -> sdk.Dashboard:
    """A dashboard of the Grafana Foundation SDK."""
    query = sdk_prometheus.Dataquery().expr("sum(rate(a_total[$__rate_interval]))").legend_format("all").ref_id("A")
    legend = sdk_common.VizLegendOptions().show_legend(show_legend=True)
    chart = sdk_timeseries.Panel().title("Requests").unit("reqps").legend(legend).with_target(query)
    return sdk.Dashboard("By the SDK").uid("sdk").tags(["shop"]).with_panel(chart)


DASHBOARDS = {"legacy": legacy, "modern": modern, "builder": builder}
