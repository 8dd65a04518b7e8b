"""Which recordings a service gets, in which order, and what it is told about the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitops_obs import promql, recorded, recordings, ruleset
from gitops_obs.rules import Omitted, Recording
from tests import factory

if TYPE_CHECKING:
    from gitops_obs.model import Service


def _records(service: Service) -> dict[str, Recording]:
    return {rule.record: rule for _, rule in recordings.build(service) if isinstance(rule, Recording)}


def _omitted(service: Service) -> dict[str, str]:
    return {rule.question: rule.reason for _, rule in recordings.build(service) if isinstance(rule, Omitted)}


@pytest.mark.parametrize("name", factory.PRESETS)
def test_every_expression_parses_and_keeps_to_literal_windows(name: str) -> None:
    """No Grafana variable, no placeholder and nothing unparseable reaches a rule."""
    for service in (factory.service(name), factory.service(name, project=factory.CLUSTERED)):
        for group in ruleset.groups(service)[0]:
            for rule in group.rules:
                assert promql.error(rule.expr) is None, rule.expr
                assert "$" not in rule.expr.replace('"$1"', "")


_OF_WEEKS = {recorded.USUAL, recorded.USUAL_KEPT}


@pytest.mark.parametrize("name", factory.PRESETS)
def test_what_a_rule_reads_is_recorded_before_it_in_its_group(name: str) -> None:
    """Recorded series come from earlier rules of the same group, or from a group that records them for all."""
    groups, _ = ruleset.groups(factory.service(name))
    earlier: set[str] = set()
    everywhere = {rule.record for group in groups for rule in group.rules if isinstance(rule, Recording)}
    for group in groups:
        seen: set[str] = set()
        for rule in group.rules:
            read = {metric for metric in promql.metric_names(rule.expr) if metric.startswith("service")}
            assert read <= everywhere
            # what only the past of a series is asked for may stand anywhere
            assert group.name.partition(".")[2] not in ("red", "burn") or read - seen <= earlier | _OF_WEEKS
            if isinstance(rule, Recording):
                seen.add(rule.record)
        earlier |= seen


def test_every_recording_carries_the_service() -> None:
    """The label `service` is on all, and labels that may change stand on the info series alone."""
    for rule in _records(factory.service()).values():
        labels = dict(rule.labels)
        assert labels["service"] == "checkout"
        assert labels.keys() <= {"service", "slo", "route"} or rule.record in (recorded.INFO, recorded.SLO_INFO)


def test_the_info_series_says_who_owns_the_service() -> None:
    """Owner, tier, preset and dashboard, for pages that list services."""
    labels = dict(_records(factory.service())["service_info"].labels)
    wanted = {"owner": "payments", "tier": "1", "preset": "prometheus_http", "dashboard": "svc-checkout"}
    assert labels == {"service": "checkout", **wanted}


def test_an_unusual_objective_gets_its_own_quantile() -> None:
    """An objective for 95 % of requests records the 95th percentile too, in order."""
    service = factory.service(latency=factory.latency(factory.signal(), "95%"))
    quantiles = [name.split(":")[-1] for name in _records(service) if ":duration_seconds:p" in name]
    assert quantiles == ["p50_rate5m", "p90_rate5m", "p95_rate5m", "p99_rate5m"]


def test_the_rate_window_of_the_project_names_and_measures() -> None:
    """Names and ranges follow `rules.rate_window`; budgets are sampled well within the lookback of five minutes."""
    service = factory.service(project=replace(factory.PROJECT, rate_window="10m"))
    groups = {group.name: group.interval for group in ruleset.groups(service)[0]}
    assert "[10m]" in _records(service)["service:requests:rate10m"].expr
    assert groups["checkout.slo"] == "2m"


@pytest.mark.parametrize(
    "name, question", [("haproxy", "quantiles"), ("aws_alb", "version"), ("kafka_consumer", "errors")]
)
def test_what_a_preset_cannot_answer_is_said(name: str, question: str) -> None:
    """The reason is the preset's own sentence."""
    service = factory.bare(name)
    assert _omitted(service)[question] == service.signal.why_not(question)


def test_a_service_without_objectives_has_no_budget() -> None:
    """And is told how to get one."""
    assert "slos:" in _omitted(factory.bare())[""]
    assert recorded.BUDGET_REMAINING not in _records(factory.bare())


def test_versions_come_from_the_workload_where_the_preset_knows_none() -> None:
    """A Kubernetes workload names its image; without one there is nothing to record."""
    assert "kube_pod_container_info" in _records(factory.service())[recorded.VERSIONS].expr
    assert recorded.VERSIONS not in _records(factory.bare())


def test_an_unknown_id_is_a_key_error() -> None:
    """As in every registry."""
    with pytest.raises(KeyError):
        recordings.module("nothing")
