"""Queries about what a service runs on: the presets of kind `companion`, filled in for one Kubernetes workload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs import preset

if TYPE_CHECKING:
    from gitops_obs.model import Workload

_PLACEHOLDER = re.compile(r"\$\{(workload|pods|kind|window)\}")


def query(preset_id: str, name: str, workload: Workload | None, window: str) -> str | None:
    """The query `name` of companion `preset_id` (k8s_resources, deploy_info) in PromQL.

    `window` stands in ranges, such as `5m` or `$__rate_interval`. None without a workload, and where the preset has no
    such query for the workload's kind. Raises KeyError where there is no such preset.
    """
    found = dict(preset.builtin(preset_id).queries).get(name)
    if workload is None or found is None:
        return None
    expr = dict(found.expr)
    text = expr.get(workload.kind, expr.get(""))
    if text is None:
        return None
    filled = {"workload": workload.workload, "pods": workload.pods, "kind": workload.kind, "window": window}
    # one pass, so that nothing inside a matcher is taken for a placeholder
    return _PLACEHOLDER.sub(lambda found: filled[found[1]], text)


def unit(preset_id: str, name: str) -> str:
    """Grafana's unit of the query `name`. Raises KeyError where there is no such preset or query."""
    return dict(preset.builtin(preset_id).queries)[name].unit
