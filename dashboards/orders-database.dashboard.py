"""A dashboard as users of grafanalib write them; gitops-obs builds it next to those of the services."""

from grafanalib.core import BYTES_FORMAT, OPS_FORMAT, SHORT_FORMAT, Dashboard, Graph, Row, Target, YAxes, YAxis

DATABASE = 'datname="orders"'

dashboard = Dashboard(
    title="Orders database",
    uid="orders-database",
    tags=["postgres", "payments"],
    rows=[
        Row(
            title="Work",
            panels=[
                Graph(
                    title="Transactions",
                    description="Commits and rollbacks a second. Rollbacks that grow with traffic are timeouts.",
                    targets=[
                        Target(
                            expr=f"sum(rate(pg_stat_database_xact_commit{{{DATABASE}}}[5m]))",
                            legendFormat="committed",
                            refId="A",
                        ),
                        Target(
                            expr=f"sum(rate(pg_stat_database_xact_rollback{{{DATABASE}}}[5m]))",
                            legendFormat="rolled back",
                            refId="B",
                        ),
                    ],
                    yAxes=YAxes(YAxis(format=OPS_FORMAT), YAxis(format=SHORT_FORMAT)),
                ),
                Graph(
                    title="Connections",
                    description="Open connections by state. Many that are idle in a transaction hold locks.",
                    targets=[
                        Target(
                            expr=f"sum by (state) (pg_stat_activity_count{{{DATABASE}}})",
                            legendFormat="{{state}}",
                            refId="A",
                        )
                    ],
                ),
            ],
        ),
        Row(
            title="Size",
            panels=[
                Graph(
                    title="Size on disk",
                    description="Grows with the number of orders; a jump is a migration or a vacuum that stopped.",
                    targets=[Target(expr=f"pg_database_size_bytes{{{DATABASE}}}", legendFormat="size", refId="A")],
                    yAxes=YAxes(YAxis(format=BYTES_FORMAT), YAxis(format=SHORT_FORMAT)),
                )
            ],
        ),
    ],
).auto_panel_ids()
