"""Queries about a workload, filled in from the companion presets."""

from __future__ import annotations

import pytest

from gitops_obs import companion, preset, promql
from tests import factory

COMPANIONS = ("k8s_resources", "deploy_info")
KINDS = ("deployment", "statefulset", "daemonset")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COMPANIONS)
def test_every_query_is_promql_for_every_kind_of_workload(name: str, kind: str) -> None:
    """No placeholder is left, and the workload's own name is in it."""
    for query, _ in preset.builtin(name).queries:
        expr = companion.query(name, query, factory.workload(kind), "5m")
        assert expr is not None
        assert promql.error(expr) is None, expr
        assert "${" not in expr
        assert "checkout" in expr


def test_kinds_have_metrics_of_their_own() -> None:
    """Kube-state-metrics calls the same thing differently for each kind."""
    wanted = [companion.query("deploy_info", "replicas_wanted", factory.workload(kind), "5m") or "" for kind in KINDS]
    assert ["kube_deployment" in wanted[0], "kube_statefulset" in wanted[1], "kube_daemonset" in wanted[2]] == [
        True
    ] * 3


def test_matchers_are_never_read_as_placeholders() -> None:
    """What looks like a placeholder inside a name stays as it is."""
    found = companion.query("k8s_resources", "cpu_usage", factory.workload(name="a${window}"), "5m")
    assert found is not None
    assert "a${window}-" in found


def test_there_is_no_answer_without_a_workload_or_a_query() -> None:
    """None for both, and an error for a preset that does not exist."""
    assert companion.query("k8s_resources", "cpu_usage", None, "5m") is None
    assert companion.query("k8s_resources", "nothing", factory.workload(), "5m") is None
    with pytest.raises(KeyError):
        companion.query("nothing", "cpu_usage", factory.workload(), "5m")


def test_every_query_has_a_unit() -> None:
    """Grafana's name of it."""
    assert companion.unit("k8s_resources", "memory_usage") == "bytes"
