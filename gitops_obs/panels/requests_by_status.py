"""Requests per second by outcome, failed ones on top in red.

**Question:** is traffic as usual, and when did failures begin?

**Good:** the outline follows the thin grey line, which is the same time a week (or a day) ago, and there is no red.

**What to do:** red that begins at a deploy line: take the deploy back. A hole in the traffic without red: look at what
stands before the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.signal import Signal

TITLE = "Requests by status"


def build(service: Service) -> object | Omitted:
    """By status class where there is a status, else failed and succeeded, else all; the past in grey."""
    signal = kit.signal(service)
    targets = _targets(signal)
    if not targets:
        return Omitted(signal.why_not("requests"), "requests")
    told = signal.status_classes("5m") or signal.errors("5m")
    return kit.timeseries(
        TITLE if told else "Requests",
        "Requests per second by outcome. Good: the outline follows the grey line, which is an earlier period, and "
        "nothing is red. Red from a deploy on: take the deploy back."
        + kit.watched(service, traffic_drift="REDTrafficDrift"),
        "reqps",
        targets,
        stacked=True,
        many=True,
        wide=True,
        overrides=_colours(signal),
        nothing=kit.nothing_of(signal),
    )


def _targets(signal: Signal) -> list[dict[str, Any]]:
    window = signal.panel_window
    whole, classes, errors = signal.requests(window), signal.status_classes(window), signal.errors(window)
    if whole is None:
        return []
    if classes:
        found = [kit.target(classes, "{{class}}")]
    elif errors:
        succeeded = f"{whole}\n-\n(\n  {errors}\n  or\n  0 * {whole}\n)"
        found = [kit.target(succeeded, "succeeded"), kit.target(errors, "failed")]
    else:
        found = [kit.target(whole, "requests")]
    past = signal.shifted("$compare")
    before = past.requests(window) if past else None
    return [*found, kit.target(before, "all, $compare ago")] if before else found


def _colours(signal: Signal) -> list[dict[str, Any]]:
    known = {"succeeded": kit.GOOD, "requests": kit.SERIES[0], "OK": kit.GOOD, "success": kit.GOOD} | kit.CLASSES
    failed = "|".join(["failed", *(value for _, ops in signal.preset.error_match for op, value in ops if op != "ne")])
    coloured = [kit.override(name, colour=colour) for name, colour in known.items()]
    return [*coloured, kit.override(f"/^({failed})$/", colour=kit.BAD), kit.past()]
