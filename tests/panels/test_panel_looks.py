"""How panels of one service differ from those of another."""

from __future__ import annotations

import re
from dataclasses import replace

from gitops_obs import finish, kit, preset
from gitops_obs.panels import _further
from tests import factory
from tests.panels.reading import built, colours, steps


def test_status_classes_have_the_same_colours_everywhere() -> None:
    """Failures red, whatever the protocol calls them."""
    http, grpc = colours(built("requests_by_status", "otel_http")), colours(built("requests_by_status", "grpc_go"))
    assert (http["5xx"], http["2xx"], http["4xx"]) == (kit.BAD, kit.GOOD, "yellow")
    failed = next(pattern for pattern, colour in grpc.items() if colour == kit.BAD and pattern.startswith("/"))
    assert re.search(failed.strip("/"), "Unavailable")
    assert not re.search(failed.strip("/"), "NotFound")
    assert grpc["OK"] == kit.GOOD


def test_requests_without_a_status_are_split_into_succeeded_and_failed() -> None:
    """And where nothing tells failures, they are one line."""
    assert [t["legendFormat"] for t in built("requests_by_status", "celery")["targets"]] == [
        "succeeded", "failed", "all, $compare ago",
    ]  # fmt: skip
    kafka = built("requests_by_status", "kafka_consumer")
    assert (kafka["title"], kafka["targets"][0]["legendFormat"]) == ("Requests", "requests")


def test_the_past_is_grey_and_thin() -> None:
    """Never stacked on the present."""
    override = built("requests_by_status")["fieldConfig"]["overrides"][-1]
    assert re.search(override["matcher"]["options"].strip("/"), "all, 1w ago")
    properties = {found["id"]: found["value"] for found in override["properties"]}
    assert properties["color"]["fixedColor"] == kit.MUTED
    assert (properties["custom.lineWidth"], properties["custom.stacking"]["mode"]) == (1, "none")


def test_there_is_no_past_where_samples_come_late() -> None:
    """CloudWatch's are ten minutes old as it is, and carry an offset of their own."""
    for name in ("requests_by_status", "error_ratio", "latency_quantiles"):
        assert not any("$compare" in target["expr"] for target in built(name, "aws_alb")["targets"])


def test_thresholds_come_from_the_objective() -> None:
    """Orange where budget burns, red where it pages; the axis reaches so far that both lines are seen."""
    panel = built("error_ratio")
    assert steps(panel) == [(kit.number("0.001"), kit.WARN), (kit.number("0.0144"), kit.BAD)]
    assert panel["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == kit.number("0.0144")
    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_a_tuned_alert_moves_the_red_line() -> None:
    """The panel shows where it fires."""
    tuned = (
        factory.setting("error_ratio", threshold="7%"),
        factory.setting("latency", threshold="400ms", severity="page"),
    )
    assert steps(built("error_ratio", alerts=tuned))[-1] == (kit.number("0.07"), kit.BAD)
    assert steps(built("latency_quantiles", alerts=tuned)) == [(kit.number("0.4"), kit.BAD)]
    assert steps(built("latency_quantiles")) == [(kit.number("0.25"), kit.WARN)]


def test_an_objective_too_low_to_page_draws_no_page_line() -> None:
    """Below 93 % no error ratio can spend 2 % of the budget in an hour."""
    low = replace(factory.availability("90%"), can_page=False)
    assert steps(built("error_ratio", availability=low)) == [(kit.number("0.1"), kit.WARN)]


def test_without_an_objective_there_are_no_lines() -> None:
    """And nothing is coloured as if there were."""
    panel = built("error_ratio", availability=None)
    assert "thresholds" not in panel["fieldConfig"]["defaults"]
    assert "axisSoftMax" not in panel["fieldConfig"]["defaults"]["custom"]


def test_a_number_without_a_sample_is_grey_and_never_green() -> None:
    """Nothing known is not the same as all well."""
    for name in ("error_ratio_now", "latency_now", "budget_left", "drift_now"):
        found = built(name)["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert found[0] == {"color": kit.MUTED, "value": None}


def test_the_objective_stands_in_the_title_of_its_number() -> None:
    """So that nothing is said by colour alone."""
    assert built("error_ratio_now")["title"] == "Error ratio (≤ 0.1%)"
    assert built("latency_now")["title"] == "p99 (≤ 250ms)"
    assert built("latency_now", availability=None, latency=None)["title"] == "p99 latency"


def test_an_unusual_quantile_of_the_objective_is_drawn_too() -> None:
    """Beside the usual three, in order."""
    strict = factory.latency(factory.signal(), "99.9%")
    names = [target["legendFormat"] for target in built("latency_quantiles", latency=strict)["targets"]]
    assert names == ["p50", "p90", "p99", "p99.9", "p99.9, $compare ago"]


def test_where_there_is_no_histogram_the_mean_is_shown_and_said_to_be_all() -> None:
    """HAProxy has averages only, CloudWatch a p99 beside them."""
    panel = built("latency_quantiles", "haproxy")
    assert [target["legendFormat"] for target in panel["targets"]] == ["mean"]
    assert "no histogram" in panel["description"]
    assert [target["legendFormat"] for target in built("latency_quantiles", "aws_alb")["targets"]] == ["p99"]
    assert built("latency_now", "haproxy")["title"] == "Mean latency"


def test_exemplars_are_asked_for_where_the_telemetry_has_them() -> None:
    """On p99 alone: they are the same points on every line."""
    wanted = [target.get("exemplar", False) for target in built("latency_quantiles", "otel_http")["targets"]]
    assert wanted == [False, False, True, False]
    assert not any(target.get("exemplar") for target in built("latency_quantiles", "istio")["targets"])


def test_a_duration_metric_without_routes_is_not_narrowed_by_route() -> None:
    """Fastapi's fine histogram has no handler; choosing one must not empty the chart."""
    assert "$route" not in built("latency_quantiles", "fastapi")["targets"][0]["expr"]
    assert "$route" in built("error_ratio", "fastapi")["targets"][0]["expr"]
    assert "$route" not in built("route_table", "fastapi")["targets"][0]["expr"]


def test_clusters_narrow_every_query_of_the_service() -> None:
    """Raw series, recorded ones and those of Kubernetes."""
    for name in ("requests_now", "budget", "cpu", "replicas", "version_now"):
        for target in built(name, "otel_http", project=factory.CLUSTERED)["targets"]:
            assert 'cluster=~"$cluster"' in target["expr"]


def test_native_histograms_are_drawn_without_buckets() -> None:
    """The same panels over other queries."""
    panel = built("latency_heatmap", histogram="native")
    assert "_bucket" not in panel["targets"][0]["expr"]
    assert panel["options"]["yAxis"]["unit"] == "s"
    assert built("latency_heatmap", "istio")["options"]["yAxis"]["unit"] == "ms"


def test_an_alert_that_is_off_is_not_said_to_watch() -> None:
    """The description names only alerts that the service has."""
    assert "Watched by REDErrorRatioHigh." in built("error_ratio")["description"]
    off = (factory.setting("error_ratio", off=True),)
    assert "Watched" not in built("error_ratio", alerts=off)["description"]


def test_burn_rates_begin_where_the_workbook_says() -> None:
    """14.4, 6 and 1 for thirty days, less for a shorter period."""
    assert steps(built("burn_rate")) == [(1.0, kit.WARN), (6.0, kit.BAD), (14.4, kit.BAD)]
    week = factory.availability(window="7d")
    lower = steps(built("burn_rate", availability=week, latency=None))
    assert [value for value, _ in lower] == [0.23, 1.4, 3.36]


def test_two_periods_of_different_length_are_shown_over_the_longer() -> None:
    """Both budgets stand in one chart."""
    week = factory.availability(window="7d")
    assert built("budget", availability=week)["timeFrom"] == "30d"
    assert built("budget", availability=week, latency=None)["title"] == "Budget over 7d"


def test_the_service_of_every_kind_of_workload_has_replicas() -> None:
    """Deployment, stateful set and daemon set."""
    for kind in ("deployment", "statefulset", "daemonset"):
        panel = built("replicas", workload=factory.workload(kind))
        assert f"kube_{kind}_" in panel["targets"][0]["expr"]


def test_queues_have_panels_of_their_own() -> None:
    """Stuck ones are marked."""
    lag = built("queue_lag", "kafka_consumer")
    assert [target["legendFormat"] for target in lag["targets"]] == ["__auto", "stuck"]
    assert built("queue_lag_seconds", "kafka_consumer")["fieldConfig"]["defaults"]["unit"] == "s"
    assert built("queue_members", "kafka_consumer")
    assert len(built("queue_lag", "celery")["targets"]) == 1


def test_further_queries_have_the_words_and_units_of_their_preset() -> None:
    """One chart each."""
    found = {key: finish.panel(panel) for key, panel in _further.build(factory.service("celery"))}
    assert list(found) == ["query_retries", "query_rejected"]
    retries = found["query_retries"]
    assert (retries["title"], retries["fieldConfig"]["defaults"]["unit"]) == ("Retries", "ops")
    assert retries["description"] == dict(preset.builtin("celery").queries)["retries"].help


def test_a_route_in_the_table_opens_the_page_for_that_route() -> None:
    """With the same time and datasource, and escaped."""
    override = built("route_table")["fieldConfig"]["overrides"][0]
    link = next(found["value"][0] for found in override["properties"] if found["id"] == "links")
    assert link["url"].startswith("/d/svc-checkout?${__url_time_range}&${datasource:queryparam}&var-route=")
    assert link["url"].endswith("${__value.raw:percentencode}")


def test_a_table_without_errors_and_durations_still_shows_requests() -> None:
    """Kafka knows topics and nothing else of them."""
    panel = built("route_table", "kafka_consumer")
    assert len(panel["targets"]) == 1
    assert [o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]] == ["Route", "Requests"]
