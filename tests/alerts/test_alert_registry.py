"""What every alert offers, what tunes it, and what a service is told about alerts it does not get."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitops_obs import alerts, customs, keys, rules, ruleset, template, units, yamltext
from gitops_obs.model import Application, FluxObject
from gitops_obs.rules import Alert, Omitted
from tests import factory, promtool

if TYPE_CHECKING:
    from pytest_regressions.file_regression import FileRegressionFixture

    from gitops_obs.model import AlertSetting, Service

HEADINGS = ["## What it means", "## What to do now", "## How to tune it", "## When to turn it off"]


@pytest.mark.parametrize("name", alerts.ids())
def test_every_alert_has_a_page(name: str) -> None:
    """One sentence first, then the same four sections, and each of its settings named under tuning."""
    module = alerts.module(name)
    page = (module.__doc__ or "").splitlines()
    assert page[0].endswith(".")
    assert not page[1]
    assert [line for line in page if line.startswith("#")] == HEADINGS
    tuning = (module.__doc__ or "").split(HEADINGS[2])[1].split(HEADINGS[3])[0]
    assert {key for key in module.DEFAULTS if f"`{key}`" not in tuning} == set()


@pytest.mark.parametrize("name", alerts.ids())
def test_every_alert_may_be_tuned(name: str) -> None:
    """Severity and durations always; defaults are what a person may write."""
    module = alerts.module(name)
    assert alerts.keys(name) >= {"for", "keep_firing_for", "severity"}
    assert module.DEFAULTS["severity"] in ("page", "ticket")
    for key in ("for", "keep_firing_for"):
        assert units.duration(module.DEFAULTS[key]) >= 0
    assert module.GROUP in ruleset.GROUPS


def test_alerts_have_names_of_their_own() -> None:
    """Routing, inhibition and promtool tell alerts apart by name."""
    names = [alerts.module(name).NAME for name in alerts.ids()]
    assert len(set(names)) == len(names)
    with pytest.raises(KeyError):
        alerts.module("_tune")


@pytest.mark.parametrize("name", alerts.ids())
def test_every_setting_reaches_every_rule_of_its_alert(name: str) -> None:
    """Severity and durations stand in the rule, and an alert that is off has none."""
    threshold = {"threshold": "5"} if alerts.module(name).DEFAULTS.get("threshold") in (*_NEED_ONE, "5%") else {}
    told = factory.setting(name, severity="page", for_="7m", keep_firing_for="9m", **threshold)
    service = _service_with(name, told)
    built = [rule for found, rule in alerts.build(service) if found == name and isinstance(rule, Alert)]
    assert built
    assert {(rule.severity, rule.for_, rule.keep_firing_for) for rule in built} == {("page", "7m", "9m")}
    off = _service_with(name, factory.setting(name, off=True))
    assert name not in [found for found, _ in alerts.build(off)]


ARGOCD = Application("checkout", "", "", False, False, 'name="checkout"', "checkout")  # noqa: FBT003
_NEED_ONE = ("none",)
"""Thresholds of alerts that are built only where one is set; an error ratio needs one beside an objective."""


def _service_with(name: str, told: AlertSetting) -> Service:
    """A service that has everything the alert `name` looks at."""
    preset = (
        "kafka_consumer" if name.startswith("queue_") else "istio" if name.startswith("canary_") else "prometheus_http"
    )
    service = factory.service(preset, alerts=(told,))
    return replace(service, argocd=ARGOCD, flux=FluxObject("Kustomization", "checkout", "shop"))


def test_defaults_wait_for_at_least_one_evaluation() -> None:
    """A `for` shorter than the interval would be none at all."""
    service = factory.service(project=replace(factory.PROJECT, interval="5m"))
    assert promtool.rule(service, "REDLatencyDrift")["for"] == alerts.module("latency_drift").DEFAULTS["for"]
    assert promtool.rule(service, "SLOErrorBudgetBurn", route="/pay", long_window="1h")["for"] == "5m"


@pytest.mark.parametrize(
    "preset, alert, question",
    [
        ("kafka_consumer", "error_ratio", "errors"),
        ("haproxy", "latency", "quantiles"),
        ("otel_http", "target_absent", "target"),
    ],
)
def test_what_a_preset_cannot_answer_is_said(preset: str, alert: str, question: str) -> None:
    """In the preset's own words."""
    service = factory.bare(preset)
    assert dict(alerts.build(service))[alert] == Omitted(service.signal.why_not(question), question)


def test_what_a_service_file_leaves_out_is_said() -> None:
    """What is left out is so for a reason that names the key which would change it, or the preset's lack."""
    built = alerts.build(factory.bare())
    omitted = {name: rule.reason for name, rule in built if isinstance(rule, Omitted) and not rule.question}
    of_drift = {name for name in alerts.ids() if name.startswith(("drift_", "argocd_", "flux_", "sync_"))}
    assert {name for name, reason in omitted.items() if "drift" in reason} == of_drift
    assert {name for name, reason in omitted.items() if "slos" in reason} >= {
        "latency", "latency_burn", "latency_burn_slow", "availability_burn", "availability_burn_slow"
    }  # fmt: skip
    assert {name for name, reason in omitted.items() if "runs_on" in reason} >= {
        "cpu_throttling", "memory_near_limit", "oom_killed", "restarts", "rollout_stuck", "replicas_mismatched"
    }  # fmt: skip
    given = {name for name, rule in built if isinstance(rule, Alert)}
    assert given == {
        "error_ratio", "latency_drift", "rules_failing", "rules_missed", "target_absent", "target_down",
        "traffic_drift", "traffic_drop",
    }  # fmt: skip


def test_an_objective_too_low_to_page_is_said() -> None:
    """At 90 % no ratio spends 2 % of the budget in an hour, unless the service file sets a threshold."""
    low = factory.service(availability=factory.availability("80%"), routes=(factory.objective("/pay", "80%"),))
    (reason,) = [rule.reason for name, rule in alerts.build(low) if name == "availability_burn"]
    assert "slos.availability" in reason
    told = replace(low, routes=(), alerts=(factory.setting("error_ratio", threshold="20%"),))
    assert promtool.rule(told, "REDErrorRatioHigh")["expr"].startswith(
        'service:errors_per_requests:ratio_rate5m{service="checkout"} > 0.2\n'
    )


def test_a_service_without_objectives_pages_at_five_percent() -> None:
    """And says nothing of a budget."""
    rule = promtool.rule(factory.bare(), "REDErrorRatioHigh")
    assert "> 0.05\n" in rule["expr"]
    assert "more than 5%. Counted" in rule["annotations"]["description"]


def test_links_stand_only_where_there_is_something_to_link() -> None:
    """A path for the dashboard without an address of Grafana; no runbook and no repository, no link."""
    bare = promtool.rule(factory.bare(), "REDErrorRatioHigh")["annotations"]
    assert bare["dashboard_url"] == f"/d/svc-checkout?viewPanel={keys.panel_id('error_ratio')}"
    assert bare.keys() == {"summary", "description", "impact", "action", "dashboard_url"}
    assert "roll back that deploy" in bare["action"]


def test_rules_are_written_in_the_order_people_know() -> None:
    """Name first: alert or record, expr, for, keep_firing_for, labels, annotations."""
    service = factory.service()
    latency = promtool.rule(service, "SLOErrorBudgetSlowBurn", long_window="1d", route="/pay")
    assert list(latency) == ["alert", "expr", "for", "keep_firing_for", "labels", "annotations"]
    recording = rules.as_dict(ruleset.groups(service)[0][0].rules[0], service)
    assert list(recording) == ["record", "expr", "labels"]
    assert "keep_firing_for" not in promtool.rule(service, "TargetAbsent")


def test_every_alert_carries_what_inhibits() -> None:
    """A label that source and target both lack would count as equal."""
    for group in promtool.groups(factory.service())["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                assert rule["labels"].keys() >= {"severity", "team", "service", "tier", "slo"}


def test_groups_keep_to_the_limit_of_rulers() -> None:
    """At most so many rules each, nothing lost, and names that count up."""
    service = factory.service(project=replace(factory.PROJECT, max_rules_per_group=7))
    groups = ruleset.groups(service)[0]
    whole = ruleset.groups(factory.service(project=replace(factory.PROJECT, max_rules_per_group=1000)))[0]
    assert max(len(group.rules) for group in groups) == 7
    assert [rule for group in groups for rule in group.rules] == [rule for group in whole for rule in group.rules]
    names = [group.name for group in groups]
    assert names[:3] == ["checkout.red", "checkout.red-2", "checkout.red-3"]
    assert len(set(names)) == len(names)
    assert [group.name.partition(".")[2] for group in whole] == ["red", "burn", "slo", "kubernetes", "drift", "rules"]


def test_custom_alerts_stand_in_a_group_of_their_own() -> None:
    """With the labels and links of every alert, after what the service has anyway."""
    data = {"alert": "queue", "name": "QueueFull", "expr": "x{${select}} > 1", "summary": "s", "description": "d",
            "action": "a"}  # fmt: skip
    own, problems = customs.yaml_alert(data, "alerts/queue.yaml")
    service = factory.bare(alerts=(factory.setting("queue"),))
    last = ruleset.groups(service, [own])[0][-1]
    rule = rules.as_dict(last.rules[0], service)
    assert (problems, last.name, rule["expr"]) == ([], "checkout.custom", 'x{job="checkout"} > 1')
    assert rule["labels"] == {
        "severity": "ticket",
        "team": "payments",
        "service": "checkout",
        "tier": "1",
        "slo": "none",
    }


@pytest.mark.parametrize("name", factory.PRESETS)
def test_rules_only_paste_what_differs_between_services(name: str) -> None:
    """A shape that is built once and filled in gives the same text as building in full."""
    told = (
        factory.setting("error_ratio", threshold="7%"),
        factory.setting("latency", min_requests="3"),
        factory.setting("drift_old", threshold="3d"),
        factory.setting("traffic_drift", for_="3m"),
    )
    for service in (factory.service(name, alerts=told), factory.service(name, project=factory.CLUSTERED)):
        _, leaves = template.shape(service)
        marked = promtool.dump(promtool.groups(template.marked(service)))
        filled = template.Template.cut(marked, len(leaves)).fill(template.values(leaves)).decode()
        assert filled == promtool.dump(promtool.groups(service))


def test_the_rules_of_a_full_service_read_as_recorded(file_regression: FileRegressionFixture) -> None:
    """Every recording and every alert once, as the file that reviewers see."""
    service = factory.service(drift=factory.DRIFT[:1], latency=factory.latency(factory.signal()))
    found = [
        (g.name, g.interval, [rules.as_dict(rule, service) for rule in g.rules]) for g in ruleset.groups(service)[0]
    ]
    file_regression.check(yamltext.rule_groups(found), extension=".yaml")
