"""The alert on missing traffic, over three weeks of recorded series, by a real promtool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitops_obs import recorded
from tests import factory, promtool
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

PERCENT, DRIFT = "{{ $value | humanizePercentage }}", "REDTrafficDrift"


def test_traffic_is_compared_with_the_usual(tmp_path: Path) -> None:
    """Half of the median of three weeks is the limit: one holiday moves nothing, an end of all traffic is noticed."""
    service = factory.bare(workload=factory.workload())
    fires = promtool.firing(promtool.rule(service, DRIFT), {}, {PERCENT: "40%"})
    gone = promtool.firing(promtool.rule(service, DRIFT), {}, {PERCENT: "0%"})
    assert fires["exp_labels"] == {
        "severity": "ticket",
        "team": "payments",
        "service": "checkout",
        "tier": "1",
        "slo": "traffic",
    }
    assert fires["exp_annotations"]["description"].startswith("The requests of the last 30m are 40% of what is usual")
    rules = promtool.groups(service)
    rules["groups"] = [group for group in rules["groups"] if group["name"] == "checkout.slo"]
    series, at = f'{recorded.requests(service.project)}{{service="checkout"}}', "507h"
    after_holiday = "10x671 2x335"  # two weeks as usual, one of holidays, and then now
    cases = [
        Case({series: f"{after_holiday} 4x20"}, {(at, DRIFT): [fires]}, interval="30m"),
        Case({series: f"{after_holiday} 6x20"}, {(at, DRIFT): []}, interval="30m"),
        Case({series: f"{after_holiday} _x20"}, {(at, DRIFT): [gone]}, interval="30m"),
        Case({series: "0.05x1007 0x20"}, {(at, DRIFT): []}, interval="30m"),
        Case({series: "_x900 10x107 1x20"}, {(at, DRIFT): []}, interval="30m"),
    ]
    promtool.check_cases(tmp_path, {"a": rules}, {"a": cases}, every="30m")
