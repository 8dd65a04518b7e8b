"""What alerts do over hours and days, as promtool tests: `generated/tests/<owner>/<service>.hours.test.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.outputs import _tests

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


def path(name: str, owner: str) -> str:
    """`tests/<owner>/<service>.hours.test.yaml`."""
    return f"tests/{owner}/{name}.hours.test.yaml"


def text(compiled: Compiled) -> str:
    """The tests of one service, "" where it has none of this kind."""
    return _tests.text(compiled, "hours", native=False)
