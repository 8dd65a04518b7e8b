"""The alerts on the rules themselves, over what a real Prometheus says of its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.core import projects
from tests.e2e.lab.prometheus import Prometheus
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = "rules: {interval: 1s, rate_window: 1m, scrape_interval: 1s}\n"
BROKEN = """\
alert: broken
name: Broken
expr: label_replace(prometheus_rule_group_interval_seconds, "rule_group", "", "", "") > 0
summary: s
description: d
action: a
"""


def _expressions(root: Path, service: str) -> dict[str, str]:
    text = (root / f"generated/rules/payments/{service}.yaml").read_text()
    group = next(group for group in yaml.safe_load(text)["groups"] if group["name"] == f"{service}.rules")
    return {rule["alert"]: rule["expr"] for rule in group["rules"]}


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Prometheus]:
    """Evaluates the rules of a project, one of which fails for two of three services, and scrapes itself."""
    names = {"checkout": "alerts: {broken: on}", "checkout-two": "alerts: {broken: on}", "cart": ""}
    files = {f"services/{name}.yaml": projects.service(name, line) for name, line in names.items()}
    projects.write(tmp_path, files | {"gitops-obs.yaml": PROJECT, "alerts/broken.yaml": BROKEN})
    assert projects.codes(projects.run(tmp_path)) == []
    (tmp_path / "prometheus").mkdir()
    targets: dict[str, list[str]] = {}
    server = Prometheus(tmp_path / "prometheus", targets, "")
    try:
        server.start()
        targets["prometheus"] = [server.url.removeprefix("http://")]
        server.load(tmp_path / "generated/rules")
        yield server
    finally:
        server.stop()


@pytest.mark.real
def test_a_rule_that_fails_is_told_by_the_group_that_it_stands_in(tmp_path: Path, prometheus: Prometheus) -> None:
    """Of each service its own groups only, although one name begins like the other; what works is not told."""
    found = {}
    for service in ("checkout", "checkout-two"):
        expr = _expressions(tmp_path, service)["RuleEvaluationFailing"]
        found[service] = [one["metric"] for one in until(lambda expr=expr: prometheus.instant(expr), "a failure")]
    file = tmp_path / "generated/rules/payments"
    assert found == {name: [{"rule_group": f"{file}/{name}.yaml;{name}.custom"}] for name in found}
    assert prometheus.instant(_expressions(tmp_path, "cart")["RuleEvaluationFailing"]) == []
    assert prometheus.instant(_expressions(tmp_path, "checkout")["RuleGroupMissed"]) == []
    # the metric of the other alert is there as well, which silence alone would not show
    missed = 'prometheus_rule_group_iterations_missed_total{rule_group=~".*;cart[.].+"}'
    assert {one["metric"]["rule_group"].partition(";")[2] for one in prometheus.instant(missed)} >= {"cart.rules"}
