"""Which services a page over many of them shows, and how its queries say so.

Every expression here has one sample a service, with the label `service` alone: clusters, and whatever a store of many
Prometheus adds (replica, tenant), are summed or the worst of them is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitops_obs import promql, recorded, units

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Project

NAMED = '=~".*$service.*"'
"""What the variable `service` asks of a service's name: that its text, a regular expression, stands somewhere in it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The services that the page's variables select, of `owner` only if there is one."""

    project: Project
    owner: Leaf | None = None

    @property
    def info(self) -> str:
        """Selector of the services themselves, with labels owner and tier."""
        owner = 'owner=~"$owner"' if self.owner is None else f'owner="{self.owner}"'
        return promql.selector(recorded.INFO, owner, 'tier=~"$tier"', f"service{NAMED}")

    @property
    def shown(self) -> str:
        """Of those, the ones with requests in the clusters selected, or with none anywhere."""
        requests = recorded.requests(self.project)
        if not self.project.cluster_label:
            return self.info
        elsewhere = f"{promql.selector(requests, f'service{NAMED}')} unless on (service) {self.of(requests)}"
        return f"({self.info}\nunless on (service)\n({elsewhere}))"

    def described(self, expr: str, *labels: str) -> str:
        """`expr` with the `labels` of each service; its owner only where the page is not that of one owner."""
        wanted = ", ".join((*(("owner",) if self.owner is None else ()), *labels))
        # topk leaves one series a service even while it changes hands
        return f"(\n{expr}\n)\n* on (service) group_left ({wanted})\ntopk by (service) (1, {self.shown})"

    def listed(self, expr: str) -> str:
        """Of `expr`, what belongs to the services shown."""
        return f"{expr}\nand on (service)\n{self.shown}"

    def of(self, name: str, *match: str) -> str:
        """Selector of the recorded series `name`, within the clusters selected."""
        return promql.selector(name, f"service{NAMED}", *self._cluster(), *match)

    def seldom(self, name: str, *match: str) -> str:
        """The same for series recorded once a rate window only, which an instant query would now and then miss."""
        return f"last_over_time({self.of(name, *match)}[{self.span}])"

    def objective(self, *match: str) -> str:
        """Objectives, recorded as seldom, and the same in every cluster."""
        return f"last_over_time({promql.selector(recorded.OBJECTIVE, f'service{NAMED}', *match)}[{self.span}])"

    @property
    def span(self) -> str:
        """Three times as long as it takes to record what is recorded seldom."""
        return units.short_duration(3 * units.duration(self.project.rate_window))

    def alerts(self, name: str, *match: str) -> str:
        """Selector of `ALERTS` or `ALERTS_FOR_STATE`; alerts without a cluster are those of all clusters."""
        label = self.project.cluster_label
        cluster = (f'{label}=~"$cluster|"',) if label else ()
        return promql.selector(name, f"service{NAMED}", *cluster, *match)

    def drift(self, name: str, *match: str) -> str:
        """Selector of a metric of drift checks, whose label `source` is the service."""
        return promql.selector(f"gitops_obs_drift_{name}", f"source{NAMED}", *match)

    def _cluster(self) -> tuple[str, ...]:
        label = self.project.cluster_label
        return (f'{label}=~"$cluster"',) if label else ()


def by_service(operator: str, expr: str) -> str:
    """`expr` as one sample a service."""
    return promql.aggregate(operator, expr, ("service",))


def named(expr: str, label: str, text: str, source: str = "") -> str:
    """`expr` with a label, whose text may take `$1` from the label `source`."""
    pattern = "(.+)" if source else ""
    return f'label_replace({expr}, "{label}", "{text}", "{source}", "{pattern}")'
