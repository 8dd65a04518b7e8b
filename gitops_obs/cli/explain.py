"""Explain a finding, alert, panel, preset, check or exit code.

THING is a code such as OBS101, the name of an alert, or the id of a panel, a preset or a check.
With --service, an alert is shown as that service has it: each setting, its value, and where it was set.

Examples:
  gitops-obs explain OBS110                         # a finding, and what to do
  gitops-obs explain REDErrorRatioHigh              # an alert, and its runbook
  gitops-obs explain otel_http                      # a preset
  gitops-obs explain latency --service checkout     # who set what
  gitops-obs explain exit-codes
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _complete, _output, _screen
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options
    from gitops_obs.workspace import Workspace

_KINDS = ("finding", "alert", "panel", "preset", "check")


@_command(__doc__)
@click.argument("thing", shell_complete=_complete.things)
@click.option("--service", default="", shell_complete=_complete.services, help="Show an alert's settings for it.")
@click.option("--kind", type=click.Choice(_KINDS), help="What THING is, where an alert and a panel share an id.")
@click.pass_obj
def command(options: Options, /, thing: str, service: str, kind: str | None) -> None:
    """Print the pages of everything called THING."""
    from gitops_obs.cli import _pages  # noqa: PLC0415  # imports every registry

    workspace = _output.project(options, needed=bool(service))
    pages = [page for page in _pages.find(thing, workspace) if kind in (None, page.kind)]
    if not pages:
        near = difflib.get_close_matches(thing, _pages.names(workspace), n=1, cutoff=0.5)
        raise click.UsageError(
            f"nothing is called `{thing}`; "
            + (f"did you mean `{near[0]}`?" if near else "see `gitops-obs list presets`, panels, alerts, checks, codes")
        )
    if service:
        _settings(options, workspace, service, [page.id for page in pages if page.kind == "alert"], thing)
    else:
        _screen.page(options, "\n\n".join(page.markdown.strip() for page in pages))


def _settings(options: Options, workspace: Workspace | None, service: str, alerts: list[str], thing: str) -> None:
    from gitops_obs.cli import _origin  # noqa: PLC0415

    if not alerts or workspace is None:
        raise click.UsageError(f"--service is for alerts, and `{thing}` is none")
    rows = [
        {"setting": setting.key, "value": setting.value, "set in": setting.place}
        for setting in _origin.settings(workspace, service, alerts[0])
    ]
    _screen.table(options, rows)
