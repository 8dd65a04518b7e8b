"""What panels are made of, with the looks of the house; for built-in panels, fleet pages and panels of your own.

    from gitops_obs import kit

    def build(service):
        signal = kit.signal(service)
        expr = signal.query("queue_lag", signal.panel_window)
        return kit.timeseries("Queue", "Messages that wait. Grows while workers are too slow.", "short",
                              [kit.target(expr, "{{queue}}")])

Charts are grafanalib objects where grafanalib can say what Grafana 9 to 13 read, and plain dictionaries elsewhere.
"""

from gitops_obs.kit import annotations, variables
from gitops_obs.kit.charts import Step, heatmap, legend, limit, marks, override, past, state_timeline, steps, timeseries
from gitops_obs.kit.colours import BAD, CLASSES, GOOD, MUTED, NEUTRAL, SERIES, WARN
from gitops_obs.kit.links import link
from gitops_obs.kit.objectives import error_steps, latency_steps, objectives, period
from gitops_obs.kit.scope import matchers, recorded_of, route, signal, workload, worst
from gitops_obs.kit.targets import instant, target
from gitops_obs.kit.values import Column, stat, table, text
from gitops_obs.kit.words import NO_OBJECTIVE, metric, nothing_of, percentile, watched
from gitops_obs.template import number

__all__ = [
    "BAD",
    "CLASSES",
    "GOOD",
    "MUTED",
    "NEUTRAL",
    "NO_OBJECTIVE",
    "SERIES",
    "WARN",
    "Column",
    "Step",
    "annotations",
    "error_steps",
    "heatmap",
    "instant",
    "latency_steps",
    "legend",
    "limit",
    "link",
    "marks",
    "matchers",
    "metric",
    "nothing_of",
    "number",
    "objectives",
    "override",
    "past",
    "percentile",
    "period",
    "recorded_of",
    "route",
    "signal",
    "stat",
    "state_timeline",
    "steps",
    "table",
    "target",
    "text",
    "timeseries",
    "variables",
    "watched",
    "workload",
    "worst",
]
