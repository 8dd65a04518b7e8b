"""The command `gitops-obs` itself: finds its subcommands in this folder and turns errors into output and exit codes.

A command that has subcommands of its own is a group over another folder, where each is a file again.
"""

from __future__ import annotations

import difflib
import importlib
import keyword
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitops_obs.cli import _exit_codes, _options
from gitops_obs.cli._command import Command
from gitops_obs.cli._options import Options
from gitops_obs.errors import GitopsObsError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_FOLDER = Path(__file__).parent
_HELP = """Service files in Git become Grafana dashboards and Prometheus alert rules.

Start with `gitops-obs init`, then `gitops-obs build`. Options can be set as variables too, such as GITOPS_OBS_COLOR
for all commands and GITOPS_OBS_LINT_FAIL_ON for one."""


class Group(click.Group):
    """Knows its subcommands by their files, and imports one only to run it or to show its help.

    `within` is the folder beside this file that holds them, "" for this one.
    """

    format_help_text = Command.format_help_text

    def __init__(self, *args: Any, within: str = "", **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.folder = _FOLDER / within
        self.package = f"gitops_obs.cli.{within}".rstrip(".")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every file in the folder, but for shared parts; `import_.py` is the command `import`."""
        return sorted(file.stem.rstrip("_") for file in self.folder.glob("[!_]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{self.package}.{_stem(cmd_name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that is not there is a usage error with the name that was meant."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"commands are {', '.join(known)}"
            raise click.UsageError(f"No such command `{args[0]}`; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by the first lines of their files, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name, self.folder)) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name, importing none."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        items = [CompletionItem(name, help=summary(name, self.folder)) for name in names]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def main(self, args: Any = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run, print what went wrong, and leave with the exit code."""
        options = Options()
        settings: dict[str, Any] = {"obj": options, "auto_envvar_prefix": "GITOPS_OBS"} | extra
        try:
            code: Any = super().main(args, prog_name or "gitops-obs", standalone_mode=False, **settings)
        except GitopsObsError as error:
            from gitops_obs.cli import _output  # noqa: PLC0415

            _output.failed(options, error)
            code = error.exit_code
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except click.Abort:
            code = _exit_codes.INTERRUPTED
        sys.exit(code or _exit_codes.OK)


def summary(name: str, folder: Path = _FOLDER) -> str:
    """What a command does, in one sentence: the first line of its file."""
    with (folder / f"{_stem(name)}.py").open(encoding="utf-8") as file:
        return file.readline().partition('"""')[2].strip()


def _stem(name: str) -> str:
    """The name of a command's module."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from gitops_obs.__main__ import version  # noqa: PLC0415

        click.echo(version(), nl=False)
        context.exit()


_VERSION = click.Option(
    ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print versions."
)

group = Group("gitops-obs", help=_HELP, params=[*_options.common(), _VERSION])
