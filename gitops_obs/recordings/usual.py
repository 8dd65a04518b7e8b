"""What traffic is usual at this time of the week.

The median of one, two and three weeks ago, of as many as there are: one holiday does not make a norm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.model import Service

GROUP = "slo"
WINDOW = "30m"


def build(service: Service) -> list[Recording | Omitted]:
    """One series; it starts a week after the service does."""
    if service.signal.preset.requests is None:
        return [Omitted(service.signal.why_not("requests"), "requests")]
    requests = recorded.of(service, recorded.requests(service.project))
    weeks = (
        f'  label_replace(avg_over_time({requests}[{WINDOW}] offset {n}w), "week", "{n}", "", "")' for n in (1, 2, 3)
    )
    by = ", ".join(("service", *recorded.level(service.project)))
    expr = f"quantile by ({by}) (\n  0.5,\n" + "\n  or\n".join(weeks) + "\n)"
    return [Recording(recorded.USUAL, expr, (("service", service.name),))]
