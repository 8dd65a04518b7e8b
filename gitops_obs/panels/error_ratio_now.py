"""Share of requests that fail, now, on the colour of the objective.

**Question:** are users hurt?

**Good:** green, below the share that the objective leaves. Orange burns the error budget, red does so fast enough to
page. A dash means that there is no traffic.

**What to do:** find out what fails in *By route* and *By version* below. If the last deploy stands shortly before,
take it back first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Error ratio"


def build(service: Service) -> object | Omitted:
    """A number; a dash without traffic."""
    signal = kit.signal(service)
    expr = signal.error_ratio(signal.panel_window)
    if expr is None:
        return Omitted(signal.why_not("errors"), "errors")
    objective = service.availability
    title = f"{TITLE} (≤ {objective.budget_percent})" if objective else TITLE
    description = (
        "Share of requests that fail. Orange burns the error budget, red fast enough to page; a dash means no traffic. "
        "What fails is in By route and By version below." + kit.watched(service, error_ratio="REDErrorRatioHigh")
    )
    colours = kit.error_steps(service)
    return kit.stat(title, description, "percentunit", [kit.instant(expr)], colours=colours, decimals=2)
