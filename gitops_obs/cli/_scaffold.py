"""First files of a project and of a service, written so that they can be learned from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from json import dumps
from typing import TYPE_CHECKING, Any

from gitops_obs import __version__, schema, source, spec
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.formats._visible import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_SCHEMAS = "schema"
_REPOSITORY = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)")


@dataclass(frozen=True, slots=True)
class Start:
    """The four lines that make a service. `preset` is the preset's data."""

    service: str
    owner: str
    preset: dict[str, Any]
    select: Mapping[str, str]


def scalar(text: str) -> str:
    """`text` as a YAML value that every reader takes for text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else dumps(text, ensure_ascii=False)


def flow(pairs: Mapping[str, str]) -> str:
    """A mapping on one line: `{job: checkout}`."""
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in pairs.items()) + "}"


def modeline(root: Path, name: str, depth: int) -> str:
    """The comment by which editors find the schema `name`, in a file `depth` folders below `root`.

    It names the schema's address: the same for everybody, nothing to commit, nothing that goes stale. A project that
    cannot reach it runs `gitops-obs schema --write schema` once, and from then on files name the copies there.
    `.gitops-obs/` would not do, for it is not in Git and so not in a fresh clone.
    """
    local = f"{_SCHEMAS}/{name}.schema.json"
    place = "../" * depth + local if (root / local).is_file() else schema.load(name)["$id"]
    return f"# yaml-language-server: $schema={place}"


def service_file(start: Start, head: str) -> str:
    """The text of a service file: four lines that count, and the rest as comments to be taken away.

    Raises GitopsObsError where the names or labels given cannot stand in one.
    """
    preset = start.preset
    text = f"""\
{head}
service: {scalar(start.service)}
owner: {scalar(start.owner)} # the team that is told when something is wrong
# description: One sentence for the dashboard.
# tier: 1 # 1 is the most important; 3 unless given
telemetry:
  preset: {preset["preset"]} # {printable(preset["title"])}; others: gitops-obs list presets
  select: {flow(start.select)} # labels that single out this service's series
{_objectives(preset)}
# runs_on: # adds saturation, replicas and deploys to the dashboard
#   kubernetes: {{namespace: {start.owner}, deployment: {start.service}}}
# links:
#   runbook: https://wiki.example/runbooks/{start.service}
# alerts: # turn one off or tune it: gitops-obs list alerts
#   traffic_drift: off
"""
    _check(text, f"services/{start.service}.yaml", "service")
    return text


def project_file(owner: str, head: str) -> str:
    """The text of gitops-obs.yaml with one owner. Raises GitopsObsError where the owner's name cannot stand in one."""
    text = f"""\
{head}
owners: # teams; every service belongs to one of them
  {scalar(owner)}: {{title: {scalar(owner.replace("-", " ").capitalize())}}}

# environments: # tokens never stand in files
#   prod:
#     grafana: https://grafana.example
#     datasource: prometheus # the uid of the Prometheus data source in Grafana
# repository: https://git.example/{owner}/observability # for links to service files
# rules: {{scrape_interval: 30s, rate_window: 5m}}
"""
    _check(text, "gitops-obs.yaml", "project")
    return text


def workflow() -> tuple[str, bool]:
    """The GitHub workflow that checks pull requests, and whether it names a repository that exists.

    The repository is the one this package names as its source; without, a person has to put it in.
    """
    urls = metadata.metadata("gitops-obs").get_all("Project-URL") or []
    found = next((match for url in urls if (match := _REPOSITORY.search(url))), None)
    repository = found[1].removesuffix(".git") if found else "OWNER/gitops-obs"
    text = f"""\
# Fails a pull request whose generated/ is not what its service files say, or whose rules and dashboards have findings.
name: gitops-obs
on: pull_request
permissions: {{}}
jobs:
  gitops-obs:
    permissions:
      contents: read
    # best pinned to the commit of this version: @<commit> # v{__version__}
    uses: {repository}/.github/workflows/gitops-obs.yml@v{__version__}
"""
    return text, found is not None


def _objectives(preset: dict[str, Any]) -> str:
    """Objectives that the preset can measure, as comments."""
    lines = []
    if "errors" in preset:
        lines.append("#   availability: 99.9% # of requests succeed, over 30d")
    if example := _latency(preset.get("duration")):
        lines.append(f"#   latency: 99% < {example} # must be one of the histogram's buckets")
    return "\n".join(["# slos:", *lines] if lines else ["# slos: # this preset has nothing to measure them by"])


def _latency(duration: dict[str, Any] | None) -> str:
    """A bucket of the histogram near a quarter of a second, "" without any."""
    from gitops_obs import units  # noqa: PLC0415

    if not duration or not duration.get("buckets"):
        return ""
    scale = 1000 if duration.get("unit") == "ms" else 1
    near = min(duration["buckets"], key=lambda bound: abs(float(bound) / scale - 0.25))
    return units.short_duration(units.quantity(near) / scale)


def _check(text: str, file: str, name: str) -> None:
    """Hold what was put together from a person's words to what a build will ask of it."""
    document, findings = source.read(file, text)
    errors = [found for found in findings if found.severity is Severity.ERROR]
    if not errors and not spec.holds(document.value, name):
        errors = [problem.at(document) for problem in spec.explain(document.value, name)]
    if errors:
        # the file is not there yet, so no excerpt and no line can be looked up
        raise GitopsObsError(*(Diagnostic(e.code, e.message, Span(file), label=e.label, hint=e.hint) for e in errors))
