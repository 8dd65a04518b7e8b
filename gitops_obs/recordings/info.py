"""What is known about the service besides its numbers: who owns it, and which versions run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import companion, promql, proof, recorded, traffic
from gitops_obs.proof import Case, Load, Number
from gitops_obs.rules import Omitted, Recording

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Service
    from gitops_obs.proof import Series

GROUP = "red"


def build(service: Service) -> list[Recording | Omitted]:
    """`service_info` always, versions where the preset or the workload tells them."""
    return [Recording(recorded.INFO, "vector(1)", _labels(service)), _versions(service)]


def _labels(service: Service) -> tuple[tuple[str, Leaf], ...]:
    return (
        ("service", service.name),
        ("owner", service.owner),
        ("tier", service.tier),
        ("preset", service.signal.preset.id),
        ("dashboard", service.uid),
    )


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


# proofs --------------------------------------------------------------------------------------------------------------

_VERSION = "1.4.1"


def prove(service: Service) -> list[Case]:
    """What stands on `service_info`; and one version that two instances run, beside those of strangers."""
    labels = promql.joined(*(f'{name}="{value}"' for name, value in _labels(service)))
    info = Number(1, recorded.of(service, recorded.INFO), ((f"{recorded.INFO}{{{labels}}}", "1"),))
    found = [Case("info", "who owns the service", numbers=(info,))]
    signal = service.signal
    selected = signal.label("version") in (*signal.sample.names, *signal.info_sample.names)
    if isinstance(_versions(service), Recording) and not selected:
        found.append(_proof_of_versions(service))
    return found


def _proof_of_versions(service: Service) -> Case:
    labels = traffic.series_labels(service, f'service="{service.name}"', f'version="{_VERSION}"')
    at, series = traffic.begin(service), _versions_run(service)
    numbers = (Number(at, recorded.of(service, recorded.VERSIONS), ((f"{recorded.VERSIONS}{{{labels}}}", "1"),)),)
    # requests that carry their version are a load of their own, and spelled as no other
    load = Load("", "0.0e0", "0.0e0") if _counts_versions(service) else None
    return Case(
        "versions", "which versions run", series=series, failing=load, numbers=numbers, subject=("versions", "running")
    )


def _versions_run(service: Service) -> Series:
    """Series of two instances of one version, of strangers with another, and of what has no version."""
    signal, label, count = service.signal, service.signal.label("version"), traffic.begin(service) + 1
    if _counts_versions(service):
        return traffic.with_label(service, count, f'{label}="{_VERSION}"', f'{label}="0"')
    if signal.version_info is None:
        return _pods_run(service, count)
    metric, own = signal.version_info.metric, signal.info_sample.labels
    told = [(own, f'{label}="{version}",replica="{n}"') for n, version in enumerate((_VERSION, _VERSION, ""))]
    told += [(other.labels, f'{label}="0"') for other in signal.info_sample.others]
    return tuple((f"{metric}{{{traffic.series_labels(service, *of)}}}", proof.level("1", count)) for of in told)


def _pods_run(service: Service, count: int) -> Series:
    """Containers of the workload, and of a pod of another that runs another version."""
    workload = service.workload
    if workload is None:
        return ()
    own = f'namespace="{workload.namespace}",pod="{workload.pod}"'
    others = (f'namespace="{workload.namespace}",pod="x{workload.pod}"', f'namespace="x",pod="{workload.pod}"')
    told = [(own, f'container="a",image_spec="registry.example:5000/a:{_VERSION}"')]
    told += [(own, f'container="b",image_spec="registry.example:5000/b:{_VERSION}"')]
    told += [(other, 'container="a",image_spec="registry.example:5000/a:0"') for other in others]
    return tuple(
        (f"kube_pod_container_info{{{traffic.series_labels(service, *parts)}}}", proof.level("1", count))
        for parts in told
    )


def _counts_versions(service: Service) -> bool:
    """Whether requests carry their version."""
    return service.signal.label("version") is not None and service.signal.version_info is None
