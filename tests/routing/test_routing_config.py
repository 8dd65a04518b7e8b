"""The configuration of Alertmanager: what stands in it, that Alertmanager takes it, and that teams stay apart in it."""

from __future__ import annotations

import copy
import itertools
import re
from functools import reduce
from pathlib import Path

import pytest
import yaml

from gitops_obs import alertmanager, alerts, findings, unchanged
from gitops_obs.alertmanager import inhibition
from gitops_obs.request import Request
from tests import factory, promtool
from tests.core.projects import codes, run, services, tree, write
from tests.routing import routed

OWNERS = (
    "owners: {payments: {slack: {page: '#payments-oncall', ticket: '#payments'}}, shop: {slack: {page: '#shop'}}}\n"
)
VARIANTS = {
    "teams": routed.PROJECT,
    "clusters": routed.PROJECT + "cluster_label: cluster\n",
    "a token": routed.PROJECT + "  slack_token_file: /etc/alertmanager/token\n",
    "nobody": 'routing: {default: "#alerts"}\n',
    "own pace": 'routing: {default: "#a", page: {group_wait: 0s, group_interval: 1.5h}, ticket: {group_wait: 1w}}\n',
}


@pytest.mark.real
@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS)
def test_amtool_takes_the_whole_configuration(text: str, tmp_path: Path) -> None:
    """As Debian's Alertmanager would."""
    routed.check(tmp_path, alertmanager.text(alertmanager.whole(routed.routing(text))))


@pytest.mark.real
def test_fragments_merged_into_a_root_are_a_configuration(tmp_path: Path) -> None:
    """Whatever else stands in it; and merged into ours, they are the whole."""
    theirs = {
        "global": {"slack_api_url_file": "/etc/alertmanager/theirs"},
        "route": {"receiver": "central", "routes": [{"matchers": ['alertname="Watchdog"'], "receiver": "central"}]},
        "receivers": [{"name": "central"}],
    }
    parts = list(routed.fragments().values())
    root = reduce(routed.merged, parts, copy.deepcopy(theirs))
    routed.check(tmp_path, yaml.safe_dump(root))
    assert root["route"]["receiver"] == "central"
    whole = routed.config()
    bare = {**whole, "route": {k: v for k, v in whole["route"].items() if k != "routes"}}
    bare["receivers"] = whole["receivers"][:1]
    for key in ("inhibit_rules", "time_intervals"):
        del bare[key]
    assert reduce(routed.merged, parts, bare) == whole


def test_a_teams_route_sends_pages_at_once_and_tickets_in_its_hours() -> None:
    """Grouped by service and objective."""
    (payments, shop, warehouse) = routed.config()["route"]["routes"]
    assert payments == {
        "matchers": ['team="payments"'],
        "group_by": ["service", "slo"],
        "routes": [
            {"matchers": ['severity="page"'], "receiver": "payments/page",
             "group_wait": "10s", "group_interval": "1m", "repeat_interval": "1h"},
            {"matchers": ['severity="ticket"'], "receiver": "payments/ticket",
             "group_wait": "1m", "group_interval": "5m", "repeat_interval": "1d",
             "active_time_intervals": ["payments/office"]},
        ],
    }  # fmt: skip
    assert [route["receiver"] for team in (shop, warehouse) for route in team["routes"]] == [
        "shop/page", "warehouse/ticket",
    ]  # fmt: skip


def test_hours_are_the_days_meant_also_over_the_end_of_a_week() -> None:
    """Alertmanager counts from Sunday and refuses ranges that go over it, so days are listed."""
    office, shifts = routed.config()["time_intervals"]
    workdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    at_work = {
        "weekdays": workdays,
        "times": [{"start_time": "09:00", "end_time": "17:30"}],
        "location": "Europe/Berlin",
    }
    assert office == {"name": "payments/office", "time_intervals": [at_work]}
    assert shifts["time_intervals"][0]["weekdays"] == ["monday", "wednesday", "saturday", "sunday"]


def test_hours_of_all_teams_are_those_of_the_project_unless_they_say_otherwise() -> None:
    """`always` takes them back."""
    text = (
        "owners: {a: {slack: {ticket: '#a'}}, b: {slack: {ticket: '#b'}, tickets: always}}\n"
        "routing: {default: '#x', tickets: office, hours: {office: {from: '09:00', to: '17:00', zone: UTC}}}\n"
    )
    a, b = (team["routes"][0] for team in routed.config(text)["route"]["routes"])
    assert (a["active_time_intervals"], b.get("active_time_intervals")) == (["a/office"], None)


def test_clusters_are_told_apart() -> None:
    """A page from one cluster is another message than one from the other, and silences no ticket there."""
    found = routed.config(VARIANTS["clusters"])
    assert all(team["group_by"] == ["service", "slo", "cluster"] for team in found["route"]["routes"])
    assert {tuple(rule["equal"]) for rule in found["inhibit_rules"] if "checker" not in rule["equal"]} == {
        ("service", "slo", "cluster"), ("service", "cluster"),
    }  # fmt: skip
    assert "&var-cluster=" in found["receivers"][1]["slack_configs"][0]["title_link"]


def test_matchers_are_quoted_and_speak_of_the_team() -> None:
    """Alertmanager 0.27 reads bare values in another way, and a merged fragment must leave other teams alone."""
    rules = routed.config()["inhibit_rules"]
    matchers = [m for rule in rules for key in ("source_matchers", "target_matchers") for m in rule[key]]
    assert all(re.fullmatch(r'\w+(=|!=|=~|!~)"[^"\\]*"', m) for m in matchers)
    for rule in rules:
        teams = [next(m for m in rule[key] if m.startswith("team=")) for key in ("source_matchers", "target_matchers")]
        assert teams[0] == teams[1]


def test_a_page_is_silenced_by_pages_only() -> None:
    """A ticket may wait for office hours, and would take the page with it."""
    for rule in routed.config()["inhibit_rules"]:
        assert 'severity="page"' in rule["source_matchers"] or 'severity="ticket"' in rule["target_matchers"]


def test_inhibition_knows_alerts_by_the_names_that_they_have() -> None:
    """Every alert of a checker is about it or about drift, and the label that singles them out is what they carry."""
    names = {name: alerts.module(name).NAME for name in alerts.ids()}
    drift = {names[name] for name in names if name.startswith("drift_")}
    assert {*inhibition.BROKEN_CHECK, *inhibition.DRIFT} == drift
    assert names["target_absent"] == inhibition.ABSENT
    built = [r for group in promtool.groups(factory.service())["groups"] for r in group["rules"] if "alert" in r]
    assert {r["alert"] for r in built if r["labels"]["slo"] == "drift"} == drift
    assert {r["alert"] for r in built if r["labels"]["slo"] == "target"} == {inhibition.ABSENT, "TargetDown"}
    wanted = {"checker", "source", "service", "severity", "team"}
    assert all(wanted <= r["labels"].keys() for r in built if r["alert"] in drift)


def test_names_of_receivers_and_intervals_never_meet() -> None:
    """Owners and hours are called what looks like each other's parts."""
    names = ["a", "a-page", "page", "default", "a-b", "b"]
    owners = {name: {"slack": {"page": "#x", "ticket": "#x"}, "tickets": "b"} for name in names}
    hours = {name: {"from": "09:00", "to": "10:00", "zone": "UTC"} for name in names}
    found = routed.config(yaml.safe_dump({"owners": owners, "routing": {"default": "#x", "hours": hours}}))
    for key in ("receivers", "time_intervals"):
        listed = [item["name"] for item in found[key]]
        assert len(set(listed)) == len(listed) >= len(names)


def test_no_secret_is_in_any_file_only_where_it_is_kept() -> None:
    """The whole names the file of the address, receivers that of the token."""
    found = routed.config(routed.PROJECT + "  slack_api_url_file: /run/url\n  slack_token_file: /run/token\n")
    assert found["global"] == {"slack_api_url_file": "/run/url"}
    told = [config for receiver in found["receivers"] for config in receiver["slack_configs"]]
    secret = {"authorization": {"type": "Bearer", "credentials_file": "/run/token"}}
    assert all(config["http_config"] == secret for config in told)
    assert all("http_config" not in c for r in routed.config()["receivers"] for c in r["slack_configs"])


# files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outputs", "files"),
    [
        ("", ["payments.yaml", "shop.yaml"]),
        ("outputs: {alertmanager: fragments}\n", ["payments.yaml", "shop.yaml"]),
        ("outputs: {alertmanager: whole}\nrouting: {default: '#alerts'}\n", ["alertmanager.yml"]),
        ("outputs: {alertmanager: off}\n", []),
    ],
)
def test_a_build_writes_what_the_project_asks_for(tmp_path: Path, outputs: str, files: list[str]) -> None:
    """Fragments unless it says otherwise; each says where it comes from; built twice, they are the same bytes."""
    root = write(tmp_path, services("cart", owner="payments") | {"gitops-obs.yaml": OWNERS + outputs})
    assert codes(run(root)) == []
    built = tree(root, "generated/alertmanager")
    assert sorted(path.rpartition("/")[2] for path in built) == files
    head = b"# Code generated by gitops-obs from gitops-obs.yaml; DO NOT EDIT.\n"
    assert all(content.startswith(head) for content in built.values())
    assert {change.kind for change in run(root).changes} == {"unchanged"}
    assert codes(run(root, check=True)) == []


def test_without_channels_nothing_is_written(tmp_path: Path) -> None:
    """A project that sends alerts elsewhere hears nothing of Slack."""
    root = write(tmp_path, services("cart") | {"gitops-obs.yaml": "owners: {payments: {title: Payments}}\n"})
    assert codes(run(root)) == []
    assert tree(root, "generated/alertmanager") == {}


def test_what_is_asked_for_no_more_is_deleted(tmp_path: Path) -> None:
    """A team that is gone, or another kind of file; `--check` says so before."""
    root = write(tmp_path, services("cart") | {"gitops-obs.yaml": OWNERS})
    run(root)
    write(root, {"gitops-obs.yaml": OWNERS.partition(", shop")[0] + "}\n"})
    assert codes(run(root, check=True)) == ["OBS501"]
    run(root)
    assert list(tree(root, "generated/alertmanager")) == ["generated/alertmanager/payments.yaml"]


def test_a_changed_fragment_is_stale(tmp_path: Path) -> None:
    """An edit by hand does not outlive the next build."""
    root = write(tmp_path, services("cart") | {"gitops-obs.yaml": OWNERS})
    run(root)
    assert unchanged.look(root, Request()) is not None
    file = root / "generated/alertmanager/shop.yaml"
    file.write_text(file.read_text().replace("#shop", "#other"))
    assert unchanged.look(root, Request()) is None
    assert codes(run(root, check=True)) == ["OBS501"]
    assert [change.kind for change in run(root).changes].count("update") == 1


@pytest.mark.parametrize(("output", "name"), [("whole", "alertmanager.yml"), ("fragments", "payments.yaml")])
def test_a_configuration_of_somebody_else_is_never_replaced(tmp_path: Path, output: str, name: str) -> None:
    """An error, and nothing else is written either."""
    text = f"{OWNERS}outputs: {{alertmanager: {output}}}\nrouting: {{default: '#alerts'}}\n"
    place = f"generated/alertmanager/{name}"
    root = write(tmp_path, services("cart") | {"gitops-obs.yaml": text, place: "route: {receiver: everybody}\n"})
    result = run(root)
    assert (codes(result), result.diagnostics[0].span.file) == (["OBS135"], place)
    assert tree(root) == {place: b"route: {receiver: everybody}\n"}


def test_a_file_of_somebody_else_beside_them_is_left_alone(tmp_path: Path) -> None:
    """With a word about it."""
    files = services("cart") | {"gitops-obs.yaml": OWNERS, "generated/alertmanager/silences.yaml": "[]\n"}
    assert codes(run(write(tmp_path, files))) == ["OBS504"]
    assert (tmp_path / "generated/alertmanager/silences.yaml").read_text() == "[]\n"


def test_a_fragment_does_not_change_with_the_services(tmp_path: Path) -> None:
    """So that a new service is a small diff."""
    root = write(tmp_path, services("cart") | {"gitops-obs.yaml": OWNERS})
    run(root)
    before = tree(root, "generated/alertmanager")
    write(root, services("search", "stock"))
    run(root)
    assert tree(root, "generated/alertmanager") == before


def test_no_order_of_owners_changes_a_teams_fragment() -> None:
    """It depends on what is said of the team and of all."""
    owners = yaml.safe_load(routed.PROJECT)["owners"]
    found = []
    for order in itertools.permutations(owners):
        text = yaml.safe_dump(yaml.safe_load(routed.PROJECT) | {"owners": {name: owners[name] for name in order}})
        found.append(routed.fragments(text))
    assert all(one == found[0] for one in found)


# documentation -------------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text("utf-8")


def test_the_pages_project_file_is_one_and_shows_the_defaults() -> None:
    """What it says about pace is what one gets without."""
    (text,) = re.findall(r"^```yaml\n# gitops-obs.yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    data = yaml.safe_load(text)
    said = routed.routing(text, "fragments")
    for key in ("page", "ticket", "slack_api_url_file"):
        del data["routing"][key]
    assert routed.routing(yaml.safe_dump(data), "fragments") == said
    assert [team.hours.name if team.hours else "" for team in said.teams] == ["office", ""]


def test_the_page_names_alerts_and_codes_that_exist() -> None:
    """All that inhibition knows, and findings that have a page."""
    named = {*re.findall(r"`([A-Z]\w+[a-z])(?:…)?`", PAGE)}
    assert named == {*inhibition.BROKEN_CHECK, inhibition.ABSENT, "GitOps"}
    assert all(name.startswith("GitOps") for name in inhibition.DRIFT)
    assert {*re.findall(r"OBS\d+", PAGE)} <= {*findings.codes()}
