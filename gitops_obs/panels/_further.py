"""Charts of whatever else a preset measures: one for each of its `queries:` that no panel of its own asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit

if TYPE_CHECKING:
    from gitops_obs.model import Service

_SHOWN = frozenset({"queue_lag", "queue_lag_seconds", "queue_members", "queue_stuck"})


def build(service: Service) -> list[tuple[str, object]]:
    """Key and chart of each."""
    signal = kit.signal(service)
    found = []
    for name, query in signal.preset.queries:
        expr = signal.query(name, signal.panel_window)
        if name not in _SHOWN and expr is not None:
            title = name.replace("_", " ").capitalize()
            panel = kit.timeseries(title, query.help, query.unit, [kit.target(expr)], many=True, nothing="No samples")
            found.append((f"query_{name}", panel))
    return found
