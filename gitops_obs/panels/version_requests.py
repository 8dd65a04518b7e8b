"""Requests per second by version, stacked.

**Question:** how far is the release, and which version serves whom?

**Good:** one colour, or one that takes over from the other within the time a rollout takes.

**What to do:** two versions side by side for longer: the rollout is stuck, see *Replicas* under *Saturation*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

TITLE = "Requests by version"


def build(service: Service) -> object | Omitted:
    """One area a version."""
    signal = kit.signal(service)
    label = signal.label("version")
    expr = signal.requests(signal.panel_window, (label,)) if label else None
    if label is None or expr is None:
        return Omitted(signal.why_not("version"), "version")
    return kit.timeseries(
        TITLE,
        "Requests per second by version. Good: one version, or one taking over from the other. Two for long: the "
        "rollout is stuck, see Replicas under Saturation.",
        "reqps",
        [kit.target(expr, f"{{{{{label}}}}}")],
        stacked=True,
        nothing=f"No requests with the label {label}",
    )
