"""Print a script with which your shell completes words.

Commands, options, services, presets, alerts and more. SHELL is bash, zsh or fish.

Examples:
  gitops-obs completion bash >> ~/.bashrc
  gitops-obs completion zsh >> ~/.zshrc
  gitops-obs completion fish > ~/.config/fish/completions/gitops-obs.fish
"""

from __future__ import annotations

import click

from gitops_obs.cli._command import command as _command
from gitops_obs.cli._complete import VARIABLE


@_command(__doc__)
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, /, shell: str) -> None:
    """Print click's own script for the shell."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click has no completion for {shell}")
    complete = found(context.find_root().command, {}, "gitops-obs", VARIABLE)
    click.echo(complete.source())
