"""What the alerts on drift share: one rule for each source that the service names, and its matchers and words.

The metrics are the `gitops_obs_drift_*` metrics of a drift exporter, with labels `checker` and `source`; every status
is always present.
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
SYSTEMS = {"kubernetes": "Kubernetes", "terraform": "Terraform", "ansible": "Ansible"}

# quoted for the shell: the schema lets no quote into a path, but spaces and `;`
_COMPARE = {
    "kubernetes": "`kubectl diff -R -f '{}'`",
    "terraform": "`terraform -chdir='{}' plan -refresh-only -lock=false`",
    "ansible": "`ansible-playbook --check --diff '{}'` with its inventory (`-i`)",
}

# three of the objects; nothing where the exporter keeps no series for single objects
AMONG_THEM = (
    '{{ with query (printf "topk(3, gitops_obs_drift_resource_info{checker=%q,source=%q})"'
    " $labels.checker $labels.source) }} Among them:"
    "{{ range . }} {{ .Labels.kind }} {{ .Labels.namespace }}/{{ .Labels.name }} ({{ .Labels.status }});{{ end }}"
    "{{ end }}"
)


def for_each(
    service: Service,
    alert: str,
    defaults: Mapping[str, str],
    build: Callable[[Tune, DriftSource], Alert],
    *,
    fors: Mapping[str, str] | None = None,
) -> list[Alert | Omitted]:
    """The alert of each source, tuned; omitted where the service file names no source. `fors` is `for` by checker."""
    rules: list[Alert | Omitted] = []
    for source in service.drift:
        tune = Tune(service, alert, {**defaults, "for": (fors or {}).get(source.checker, defaults["for"])})
        rules.append(tune.applied(build(tune, source)))
    return rules or [Omitted("the service file names no path under `drift:`")]


def labels(source: DriftSource) -> tuple[tuple[str, str], ...]:
    """What tells the alerts of one service's sources apart."""
    return (("slo", "drift"), ("checker", source.checker), ("source", source.source))


def series(name: str, source: DriftSource, *match: str) -> str:
    """Selector of a drift metric for one source: `drift_detected` is `gitops_obs_drift_detected{checker=…}`."""
    matchers = ",".join((f'checker="{source.checker}"', f'source="{source.source}"', *match))
    return f"gitops_obs_{name}{{{matchers}}}"


def system(source: DriftSource) -> str:
    """Name of the live system."""
    return SYSTEMS.get(source.checker, source.checker)


def compare(source: DriftSource) -> str:
    """The command that compares by hand, from the root of the repository, and changes nothing."""
    return _COMPARE[source.checker].format(source.path)


def difference(source: DriftSource) -> str:
    """Where to see which objects differ, and in what."""
    return f"the dashboard's row Drift lists the objects, {compare(source)} shows the fields"
