"""What the alerts on drift share: one rule for each source that the service names, and its matchers and words.

The metrics are those of `gitops-obs drift`, with labels `checker` and `source`; every status is always present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.alerts._tune import Tune
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitops_obs.model import DriftSource, Service

GROUP = "drift"
BY = "by (checker, source)"
DRIFTED = 'status=~"changed|missing|extra"'
LABELS = (("slo", "drift"),)
SYSTEMS = {"kubernetes": "Kubernetes", "terraform": "Terraform", "ansible": "Ansible"}

_TOP = (
    '{{ with query (printf "topk(3, gitops_obs_drift_resource_info{checker=%q,source=%q})"'
    " $labels.checker $labels.source) }} Among them:"
    "{{ range . }} {{ .Labels.kind }} {{ .Labels.namespace }}/{{ .Labels.name }} ({{ .Labels.status }});{{ end }}"
    "{{ end }}"
)
"""Names three of the objects; nothing where the exporter keeps no series for single objects."""

NAMES_OF_OBJECTS = _TOP


def for_each(
    service: Service, defaults: Mapping[str, str], build: Callable[[Tune, DriftSource], Alert], alert: str
) -> list[Alert | Omitted]:
    """The alert of each source, tuned; omitted where the service file names no source."""
    tune = Tune(service, alert, defaults)
    found = [tune.applied(build(tune, source)) for source in service.drift]
    return [*found] or [Omitted("the service file names nothing under `drift:`")]


def series(name: str, source: DriftSource, *match: str) -> str:
    """Selector of a drift metric for one source: `drift_detected` is `gitops_obs_drift_detected{checker=…,source=…}`."""
    matchers = ",".join((f'checker="{source.checker}"', f'source="{source.source}"', *match))
    return f"gitops_obs_{name}{{{matchers}}}"


def system(source: DriftSource) -> str:
    """Name of the live system."""
    return SYSTEMS.get(source.checker, source.checker)
