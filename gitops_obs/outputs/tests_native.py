"""What alerts on native histograms do, as promtool tests: `generated/tests/<owner>/<service>.native.test.yaml`.

A file of its own, because promtool reads such series only from 2.48 on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.outputs import _tests

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


def path(name: str, owner: str) -> str:
    """`tests/<owner>/<service>.native.test.yaml`."""
    return f"tests/{owner}/{name}.native.test.yaml"


def text(compiled: Compiled) -> str:
    """The tests of one service, "" where its histograms are classic."""
    return _tests.text(compiled, "minutes", native=True)
