r"""Start a project: service file, project file, schemas, workflow.

Editors complete and check files by the schemas, the workflow checks pull requests. Asks for a service, its owner,
its preset and the labels of its series, or takes them as options. Nothing is ever overwritten.

Examples:
  gitops-obs init                                # asks
  gitops-obs init --service checkout --owner payments \
      --preset prometheus_http --select job=checkout
  gitops-obs -C ../platform init                 # somewhere else
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _complete
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options

_WORKFLOW = ".github/workflows/gitops-obs.yml"


@_command(__doc__)
@click.option("--service", default="", help="Name of the first service.")
@click.option("--owner", default="", help="Team that owns it.")
@click.option("--preset", default="", shell_complete=_complete.presets, help="Telemetry convention of the service.")
@click.option("--select", multiple=True, metavar="LABEL=VALUE", help="Label of the service's series; repeatable.")
@click.pass_obj
def command(options: Options, /, service: str, owner: str, preset: str, select: tuple[str, ...]) -> None:
    """Ask, and write the first files."""
    from gitops_obs.cli import _scaffold, _start  # noqa: PLC0415  # what `--help` need not pay

    root = options.folder
    start = _start.ask(root, {"service": service, "owner": owner, "preset": preset}, select)
    files = {
        f"services/{start.service}.yaml": _scaffold.service_file(start, _scaffold.modeline("service", 1)),
        "gitops-obs.yaml": _scaffold.project_file(start.owner, _scaffold.modeline("project", 0)),
        **_scaffold.schemas("service", "project"),
        _WORKFLOW: _scaffold.workflow(),
    }
    _start.write(options, root, files)
    _start.add_line(options, root, ".gitignore", ".gitops-obs/")
    _start.add_line(options, root, ".gitattributes", "generated/** linguist-generated=true text eol=lf")
    click.echo("Next: gitops-obs build")
