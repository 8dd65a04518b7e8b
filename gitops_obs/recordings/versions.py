"""Requests and failed requests of each version, at the project's rate window: what versions are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic
from gitops_obs.proof import Case, Load, Number
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.model import Service

GROUP = "red"


def build(service: Service) -> list[Recording | Omitted]:
    """Two series for each version that is asked, where the preset knows versions on requests."""
    signal, project = service.signal, service.project
    label = signal.label("version")
    if label is None:
        return [Omitted(signal.why_not("version"), "version")]
    # what has no version is no version; an info metric adds the label only afterwards
    known = () if signal.version_info else (promql.matcher(label, "ne", ""),)
    by = (*recorded.level(project), label)
    asked = (
        (recorded.requests, signal.requests(project.rate_window, by, *known)),
        (recorded.errors, signal.errors(project.rate_window, by, *known)),
    )
    return [
        Recording(recorded.of_version(name(project)), _named(service, rate, label), (("service", service.name),))
        for name, rate in asked
        if rate
    ]


def _named(service: Service, rate: str, label: str) -> str:
    """`rate` with the version in the label `version`, whatever the preset calls it."""
    if label == "version":
        return rate
    copied = f'label_replace({rate}, "version", "$1", "{label}", "(.+)")'
    return promql.aggregate("sum", copied, (*recorded.level(service.project), "version"))


def prove(service: Service) -> list[Case]:
    """Two instances of one version and one of another, of which only the first fail; strangers fail more."""
    if service.signal.label("version") is None or "instance" in service.signal.sample.names:
        return []
    project = service.project
    at = traffic.begin(service) + proof.steps(project.rate_window)  # whole windows have exact rates
    failing, good = Load("60", "540", "600"), Load("", "6e3", "6e3")
    loads = (("1.5.0", "a", failing), ("1.5.0", "b", failing), ("1.4.2", "c", good))
    told = [(recorded.requests, "1.5.0", "20"), (recorded.requests, "1.4.2", "100")]
    if service.signal.preset.errors:
        told.append((recorded.errors, "1.5.0", "2"))
    numbers = []
    for name in dict.fromkeys(name for name, _, _ in told):
        record = recorded.of_version(name(project))
        samples = tuple((f"{record}{{{_labels(service, of)}}}", value) for kind, of, value in told if kind is name)
        numbers.append(Number(at, record, samples))
    series = traffic.of_versions(service, loads, at + 1)
    return [Case("versions", "requests by version", series=series, numbers=tuple(numbers), alone=True)]


def _labels(service: Service, version: str) -> str:
    return traffic.series_labels(service, f'service="{service.name}"', f'version="{version}"')
