"""What is usual in a week, as promtool tests: `generated/tests/<owner>/<service>.weeks.test.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.outputs import _tests

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


def path(name: str, owner: str) -> str:
    """`tests/<owner>/<service>.weeks.test.yaml`."""
    return f"tests/{owner}/{name}.weeks.test.yaml"


def text(compiled: Compiled) -> str:
    """The tests of one service, "" where it has none of this kind."""
    return _tests.text(compiled, "weeks", native=False)
