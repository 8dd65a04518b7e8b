"""Print the JSON Schema of a kind of file.

NAME is service (unless given), project, preset, panel, alert or diagnostics. Editors complete and check files by it.
The first line of files that `init` and `new` write names a copy in schema/; after an update of gitops-obs,
`--write schema` brings the copies up to date.

Examples:
  gitops-obs schema                         # all fields of a service file
  gitops-obs schema project                 # all fields of gitops-obs.yaml
  gitops-obs schema --write schema          # all of them as files, for editors
  gitops-obs schema | check-jsonschema --schemafile - services/*.yaml
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitops_obs import schema
from gitops_obs.cli import _output
from gitops_obs.cli._command import command as _command

if TYPE_CHECKING:
    from gitops_obs.cli._options import Options


@_command(__doc__)
@click.argument("name", metavar="[NAME]", default="service", type=click.Choice(schema.names()))
@click.option("--write", "folder", metavar="DIR", type=click.Path(file_okay=False), help="Write all schemas into DIR.")
@click.pass_obj
def command(options: Options, /, name: str, folder: str | None) -> None:
    """Print one schema, or write them all."""
    if folder is None:
        click.echo(schema.text(name), nl=False)
        return
    for one in schema.names():
        file = Path(folder) / f"{one}.schema.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(schema.text(one), encoding="utf-8")
        _output.say(options, f"wrote {file}")
