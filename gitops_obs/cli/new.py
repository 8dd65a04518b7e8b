"""Write one more service file, with comments to learn from.

What is not given is asked for. Nothing is ever overwritten. Editors complete and check the file by
schema/service.schema.json, which is written too where it is missing.

Examples:
  gitops-obs new cart                     # asks for the rest
  gitops-obs new cart --owner shop --preset otel_http --select job=shop/cart
  gitops-obs new edge --owner web --preset haproxy --select proxy=edge
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitops_obs.cli import _complete, _exit_codes, _output
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options


@_command(__doc__)
@click.argument("service")
@click.option("--owner", default="", shell_complete=_complete.owners, help="Team that owns the service.")
@click.option("--preset", default="", shell_complete=_complete.presets, help="Telemetry convention of the service.")
@click.option("--select", multiple=True, metavar="LABEL=VALUE", help="Label of the service's series; repeatable.")
@click.pass_obj
def command(options: Options, /, service: str, owner: str, preset: str, select: tuple[str, ...]) -> int:
    """Ask, and write services/<service>.yaml."""
    from gitops_obs.cli import _scaffold, _start  # noqa: PLC0415  # what `--help` need not pay

    root, owners = options.root, list(options.workspace().project.owners or ())
    only = owners[0] if len(owners) == 1 else ""
    start = _start.ask(root, {"service": service, "owner": owner or only, "preset": preset}, select)
    text = _scaffold.service_file(start, _scaffold.modeline("service", 1))
    if not _start.write(options, root, {f"services/{start.service}.yaml": text}):
        return _exit_codes.FINDINGS
    missing = {path: schema for path, schema in _scaffold.schemas("service").items() if not (root / path).exists()}
    _start.write(options, root, missing)
    if owners and start.owner not in owners:
        _output.say(options, f"Add `{start.owner}` to `owners:` in gitops-obs.yaml; a build wants every owner there.")
    click.echo("Next: gitops-obs build")
    return _exit_codes.OK
