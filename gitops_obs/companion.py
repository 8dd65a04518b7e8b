"""Queries about what a service runs on: the presets of kind `companion`, filled in for one Kubernetes workload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitops_obs import preset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.model import Workload

_PLACEHOLDER = re.compile(r"\$\{(workload|pods|kind|window)\}")
_LABELS = re.compile(r"\b(by|on) \(")
_LISTED, _JOINED = re.compile(r" by \([^)]*\) \("), re.compile(r"\bon \([^)]*\)")
_OF_ALL = re.compile(r"\b(sum|max|min|count|group)\(")


def query(
    preset_id: str,
    name: str,
    workload: Workload | None,
    window: str,
    keep: Iterable[str] = (),
    *,
    whole: bool = False,
) -> str | None:
    """The query `name` of companion `preset_id` (k8s_resources, deploy_info) in PromQL.

    `window` stands in ranges, such as `5m` or `$__rate_interval`; `keep` are labels that every aggregation and join
    keeps besides its own, such as the project's cluster label, or, for the workload as a `whole`, instead of its own.
    None without a workload, and where the preset has no such query for the workload's kind. Raises KeyError where there
    is no such preset.
    """
    found = dict(preset.builtin(preset_id).queries).get(name)
    if workload is None or found is None:
        return None
    expr = dict(found.expr)
    text = expr.get(workload.kind, expr.get(""))
    if text is None:
        return None
    filled = {"workload": workload.workload, "pods": workload.pods, "kind": workload.kind, "window": window}
    text = (_whole if whole else _keeping)(text, ", ".join(keep))
    # one pass, so that nothing inside a matcher is taken for a placeholder
    return _PLACEHOLDER.sub(lambda found: filled[found[1]], text)


def _keeping(text: str, labels: str) -> str:
    """`text`, still without matchers, with `labels` in each list of labels, and a list where there was none."""
    return _OF_ALL.sub(rf"\1 by ({labels}) (", _LABELS.sub(rf"\1 ({labels}, ", text)) if labels else text


def _whole(text: str, labels: str) -> str:
    """`text` with `labels` in place of each list of labels."""
    return _JOINED.sub(f"on ({labels})", _LISTED.sub(f" by ({labels}) (" if labels else "(", text))


def unit(preset_id: str, name: str) -> str:
    """Grafana's unit of the query `name`. Raises KeyError where there is no such preset or query."""
    return dict(preset.builtin(preset_id).queries)[name].unit
