"""`for` and `keep_firing_for` by hand, and against the state machine of Prometheus written out."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_obs.prometheus.firing import Timing, firing, union
from tests.core.projects import THOROUGH

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.mark.parametrize(
    "active, timing, spans",
    [
        ([], Timing(30), []),
        ([3], Timing(30), [(3, 3)]),
        ([3, 4, 5, 9], Timing(30), [(3, 5), (9, 9)]),
        ([3, 4, 5, 9], Timing(30, hold=60), [(5, 5)]),
        ([3, 4, 5], Timing(30, hold=61), []),
        ([3, 4, 5], Timing(30, keep=60), [(3, 7)]),
        ([3, 4, 5], Timing(30, keep=61), [(3, 8)]),
        ([3, 6], Timing(30, keep=60), [(3, 8)]),
        ([3, 7], Timing(30, keep=60), [(3, 5), (7, 9)]),
        ([18, 19], Timing(30, keep=600), [(18, 20)]),
        ([3, 4, 5, 7, 8], Timing(30, hold=60, keep=30), [(5, 9)]),
    ],
)
def test_alerts_fire(active: list[int], timing: Timing, spans: list[tuple[int, int]]) -> None:
    """Pending for `for`, gone at the first evaluation without a result, kept for `keep_firing_for`."""
    assert firing(active, timing, 20) == spans


def as_prometheus(active: Iterable[int], timing: Timing, last: int) -> list[int]:
    """AlertingRule.Eval of prometheus rules/alerting.go for one label set, line by line."""
    there, fires = set(active), []
    state, active_at, keep_since = "inactive", 0.0, None
    for n in range(last + 1):
        now = n * timing.step
        if n in there and state == "inactive":
            state, active_at = "pending", now
        keep = False
        if n not in there:
            if state == "firing" and timing.keep > 0:
                keep_since = now if keep_since is None else keep_since
                keep = now - keep_since < timing.keep
            if not keep:
                state = "inactive"
                continue
        else:
            keep_since = None
        if state == "pending" and now - active_at >= timing.hold:
            state = "firing"
        fires += [n] if state == "firing" else []
    return fires


@THOROUGH
@given(
    st.sets(st.integers(0, 60), max_size=50),
    st.sampled_from([15, 30, 60]),
    st.sampled_from([0, 15, 30, 45, 90, 120, 300]),
    st.sampled_from([0, 10, 30, 45, 90, 120, 300]),
)
def test_spans_are_what_prometheus_would_count(active: set[int], step: int, hold: int, keep: int) -> None:
    """Evaluation by evaluation, whatever comes and goes."""
    timing = Timing(step, hold, keep)
    spans = firing(sorted(active), timing, 60)
    assert [n for start, end in spans for n in range(start, end + 1)] == as_prometheus(active, timing, 60)
    assert all(end + 1 < start for (_, end), (start, _) in pairwise(spans))


def test_spans_are_joined() -> None:
    """Time counts once, however many fire."""
    assert union([(5, 8), (1, 2), (2, 3), (6, 7), (8, 9)]) == [(1, 3), (5, 9)]
