"""From options to answers: the client, and the rules of the project asked about the past."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gitops_obs.cli import _period, _progress
from gitops_obs.cli._backtest_report import Report
from gitops_obs.errors import Severity
from gitops_obs.prometheus import address, described
from gitops_obs.prometheus.backtest import Backtest
from gitops_obs.prometheus.client import Client, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitops_obs.cli._options import Options
    from gitops_obs.errors import Diagnostic
    from gitops_obs.prometheus.backtest import Outcome, Period
    from gitops_obs.prometheus.cases import Case, Keep
    from gitops_obs.workspace import Workspace


def client(workspace: Workspace, asked: Mapping[str, Any]) -> tuple[Client, list[Diagnostic]]:
    """The client, and a warning where the token is held back. Raises GitopsObsError (OBS510)."""
    told = address.Asked(asked["prometheus"], asked["environment"], asked["allow_config_url"])
    where, held = address.find(told, os.environ, workspace.project.environments)
    limits = Limits(
        parallel=asked["jobs"],
        rate=asked["rate"],
        timeout=_period.seconds("--timeout", asked["timeout"]),
        series=asked["max_series"],
    )
    return Client(where, limits), held


def report(options: Options, workspace: Workspace, asking: Client, period: Period, asked: Mapping[str, Any]) -> Report:
    """Ask about the rules here and, where a revision is named, about those there."""
    wanted = described.Wanted(asked["names"], asked["owner"], asked["alert"])
    with _progress.shown(options, "Asking about", "alert rules") as progress:
        backtest = Backtest(asking, period, asked["jobs"], progress)
        keep: Keep = backtest.recorded if asked["use_recorded"] else _never
        now, findings = described.alert_cases(workspace, wanted, keep)
        before: list[Case] = []
        if revision := asked["compare"]:
            with described.at(options.root, revision) as earlier:
                before, there = described.alert_cases(earlier, wanted, keep)
            # what was wrong there is no fault of the files here
            findings += [replace(f, message=f"at {revision}: {f.message}", severity=Severity.WARNING) for f in there]
        outcomes: list[Outcome] = backtest.run([*now, *before])
    known = tuple(findings)
    return Report(period, asking.address.url, tuple(outcomes[: len(now)]), revision, tuple(outcomes[len(now) :]), known)


def _never(_selector: str, _past: object) -> bool:
    return False
