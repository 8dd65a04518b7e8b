"""First files of a project and of a service, written so that they can be learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitops_obs import __version__, schema, source, spec
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.formats._visible import printable
from gitops_obs.yamltext import flow, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELINE = "yaml-language-server: $schema="
"""What stands in a comment before the place of a schema; editors know it."""

_SCHEMAS = "schema"
# by commit, for a tag can be moved; a test holds them to those of this repository, which Dependabot renews
_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"


@dataclass(frozen=True, slots=True)
class Start:
    """The four lines that make a service. `preset` is the preset's data."""

    service: str
    owner: str
    preset: dict[str, Any]
    select: Mapping[str, str]


def schemas(*names: str) -> dict[str, str]:
    """Path and text of the schemas `names`: copies in the project, in Git, so that editors find them in any clone."""
    return {_copy(name): schema.text(name) for name in names}


def modeline(name: str, depth: int) -> str:
    """The comment by which editors find the copy of the schema `name`, in a file `depth` folders below the root."""
    return f"# {MODELINE}{'../' * depth}{_copy(name)}"


def _copy(name: str) -> str:
    return f"{_SCHEMAS}/{name}.schema.json"


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


def workflow() -> str:
    """The GitHub workflow that checks pull requests, with this version of gitops-obs and nothing to fill in."""
    return f"""\
# Fails a pull request whose generated/ is not what its service files say, or whose rules and dashboards have findings.
name: gitops-obs

on: pull_request

permissions: {{}}

concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: true

jobs:
  check:
    name: generated/ is up to date and clean
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
    steps:
      - uses: {_CHECKOUT}
        with:
          persist-credentials: false

      - uses: {_PYTHON}
        with:
          python-version: "3.13"

      - id: install
        run: pip install 'gitops-obs[fast]=={__version__}'

      - name: generated/ is what services/ build
        run: gitops-obs build --check --output-format github

      - name: Rules and dashboards have no findings
        if: ${{{{ !cancelled() && steps.install.outcome == 'success' }}}}
        run: gitops-obs lint --output-format github

      - name: Job summary
        if: always()
        run: gitops-obs lint --output-format markdown >>"$GITHUB_STEP_SUMMARY" || true # lint has failed already
"""


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
