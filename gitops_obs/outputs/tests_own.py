"""Tests that stand in service files, as promtool tests: `generated/tests/<owner>/<service>.own.test.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.outputs import _tests

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


def path(name: str, owner: str) -> str:
    """`tests/<owner>/<service>.own.test.yaml`."""
    return f"tests/{owner}/{name}.own.test.yaml"


def text(compiled: Compiled) -> str:
    """The tests of one service file, "" where it has none."""
    return _tests.own(compiled)
