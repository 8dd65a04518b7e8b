"""What is known about the service besides its numbers: who owns it, and which versions run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import companion, promql, recorded
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.proof import Case

GROUP = "red"


def build(service: Service) -> list[Recording | Omitted]:
    """`service_info` always, versions where the preset or the workload tells them."""
    labels = (
        ("service", service.name),
        ("owner", service.owner),
        ("tier", service.tier),
        ("preset", service.signal.preset.id),
        ("dashboard", service.uid),
    )
    return [Recording(recorded.INFO, "vector(1)", labels), _versions(service)]


def _versions(service: Service) -> Recording | Omitted:
    signal, level = service.signal, recorded.level(service.project)
    found, label = signal.versions(level), signal.label("version")
    if found is None:
        found, label = companion.query("deploy_info", "running_version", service.workload, "5m", level), "version"
    if found is None:
        return Omitted(signal.why_not("version"), "version")
    if label != "version":
        found = f'label_replace({found}, "version", "$1", "{label}", "(.+)")'
    return Recording(
        recorded.VERSIONS, promql.aggregate("group", found, (*level, "version")), (("service", service.name),)
    )


def prove(service: Service) -> list[Case]:
    """Not yet."""
    return []
