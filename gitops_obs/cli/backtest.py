"""Ask Prometheus how often the alert rules would have fired.

Compiles the service files, puts raw series in the place of recorded ones, which may be new and have no past, and asks
Prometheus about every alert rule at the interval of its group; `for` and `keep_firing_for` are applied as Prometheus
does. With --compare, the rules of a Git revision are asked the same. Reads only. NAMES are services or patterns.

The token is read from $PROMETHEUS_TOKEN, a tenant from $PROMETHEUS_TENANT.

Examples:
  gitops-obs backtest --prometheus http://localhost:9090   # the last 7 days
  gitops-obs backtest checkout --since 1d -v               # each episode
  gitops-obs backtest --alert error_ratio --owner shop     # some alerts
  gitops-obs backtest --compare origin/main                # what a branch does
  gitops-obs backtest --compare origin/main --output-format markdown
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gitops_obs.cli import _complete, _exit_codes, _output
from gitops_obs.cli._command import command as _command
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from gitops_obs.cli._backtest_report import Report
    from gitops_obs.cli._options import Options

_FORMATS = click.Choice(["text", "json", "markdown"])


@_command(__doc__)
@click.argument("names", nargs=-1, shell_complete=_complete.services)
@click.option("--since", default="7d", metavar="WHEN", help="Begin: 7d before the end unless given, or a time.")
@click.option("--until", default="", metavar="WHEN", help="End: now unless given; 2h ago as 2h, or a time.")
@click.option("--step", default="", metavar="DURATION", help="Evaluate no more often than this; faster, less exact.")
@click.option("--owner", default="", shell_complete=_complete.owners, help="Only services of this owner.")
@click.option("--alert", multiple=True, metavar="NAME", help="Only alerts of this name, pattern or id; repeatable.")
@click.option("--compare", default="", metavar="REV", help="Show what the rules at a Git revision would have done.")
@click.option("--use-recorded", is_flag=True, help="Read recorded series where the server has them throughout.")
@click.option("--prometheus", default="", metavar="URL", help="Address; else $PROMETHEUS_URL, else the project file's.")
@click.option("--environment", default="", metavar="NAME", help="Environment of the project file, not the first.")
@click.option("--allow-config-url", is_flag=True, help="Send the token to an address that only a file names.")
@click.option("--jobs", default=4, metavar="N", type=click.IntRange(1, 64), help="Questions at a time; 4 unless given.")
@click.option(
    "--rate", default=20.0, metavar="N", type=click.FloatRange(0.1), help="Questions a second; 20 unless said."
)
@click.option("--timeout", default="2m", metavar="DURATION", help="Wait so long for an answer; 2m unless given.")
@click.option("--max-series", default=10_000, metavar="N", type=click.IntRange(1), help="Series of one answer at most.")
@click.option("--output-format", metavar="FORMAT", type=_FORMATS, default="text", help="text, json or markdown.")
@click.option("--json", is_flag=True, help="Short for --output-format json.")
@click.option("--output-file", default="", metavar="FILE", type=click.Path(dir_okay=False), help="Write into FILE.")
@click.pass_obj
def command(options: Options, /, output_format: str, json: bool, output_file: str, **asked: Any) -> int:
    """Ask about the rules here and, with --compare, about those at a revision; print what they would have done."""
    from gitops_obs.cli import _asking, _period  # noqa: PLC0415  # what `--help` need not pay

    options.output_file = output_file
    period = _period.read(asked["since"], asked["until"], asked["step"])
    workspace = options.workspace()
    client, held = _asking.client(workspace, asked)
    if held:
        _output.remarks(options, held)
    try:
        client.check()
        report = _asking.report(options, workspace, client, period, asked)
    finally:
        client.close()
    _print(options, report, "json" if json else output_format)
    if report.partial:
        return _exit_codes.REMOTE
    wrong = any(found.severity is Severity.ERROR for found in report.findings)
    return _exit_codes.FINDINGS if wrong else _exit_codes.OK


def _print(options: Options, report: Report, form: str) -> None:
    from gitops_obs.cli import _backtest_json, _backtest_markdown, _backtest_text  # noqa: PLC0415

    if form == "json":
        text = _backtest_json.render(report)
    elif form == "markdown":
        text = _backtest_markdown.render(report)
    else:
        if problems := report.problems():
            _output.remarks(options, problems)
        text = _backtest_text.render(report, verbose=bool(options.verbose), color=options.colored())
    _output.result(options, text)
