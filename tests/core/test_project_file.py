"""The project file: what it sets, what it refuses, and where a project is at all."""

from __future__ import annotations

import pytest
import yaml

from gitops_obs import inputs, project
from gitops_obs.errors import GitopsObsError
from gitops_obs.workspace import Workspace
from tests.core.projects import codes, run, service, services, tree, write


def model(text):
    """What a project file of `text` gives, and its problems."""
    found, problems = project.from_data(yaml.safe_load(text) or {})
    return found, [(problem.code, problem.path) for problem in problems]


@pytest.mark.parametrize(
    ("rules", "interval", "window"),
    [
        ("{}", "30s", "5m"),
        ("{interval: 1.5m}", "90s", "5m"),
        ("{rate_window: 300s}", "30s", "5m"),
        ("{rate_window: 1800s}", "30s", "30m"),
    ],
)
def test_durations_are_whole_and_in_their_shortest_form(rules, interval, window):
    """As rules and names of series take them."""
    found, problems = model(f"rules: {rules}")
    assert (found.model.interval, found.model.rate_window, problems) == (interval, window, [])


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ("{interval: 0s}", "interval"),
        ("{interval: 0.0001s}", "interval"),
        (f"{{interval: {'9' * 40}s}}", "interval"),
        (f"{{rate_window: {'9' * 40}s}}", "rate_window"),
        ("{rate_window: 99999999h}", "rate_window"),
        ("{scrape_interval: 0s}", "scrape_interval"),
        ("{scrape_interval: 2m}", "rate_window"),
        ("{rate_window: 1m}", "rate_window"),
    ],
)
def test_durations_that_give_no_rates_are_refused(rules, key):
    """Nothing, an age, or fewer than four scrapes."""
    assert model(f"rules: {rules}")[1] == [("OBS104", ("rules", key))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("owners: {A B: {}}", "OBS121"),
        ("owners: {../x: {}}", "OBS121"),
        ("owners: [payments]", "OBS103"),
        ("environments: {prod: {grafana: 'javascript:alert(1)'}}", "OBS104"),
        ("environments: {prod: {token: secret}}", "OBS101"),
        ("repository: 'http://a b'", "OBS104"),
        ("branch: 'a b'", "OBS104"),
        ("cluster_label: 'a}'", "OBS104"),
        ('cluster_label: "a\\n"', "OBS104"),
        ("rules: {max_rules_per_group: 1}", "OBS104"),
        ("defaults: {tier: 7}", "OBS104"),
        ("service: checkout", "OBS101"),
    ],
)
def test_what_it_may_not_say_is_a_finding(text, code, tmp_path):
    """And nothing is built from defaults instead."""
    result = run(write(tmp_path, services("cart") | {"gitops-obs.yaml": text + "\n"}))
    assert codes(result) == [code]
    assert result.diagnostics[0].span.file == "gitops-obs.yaml"
    assert result.diagnostics[0].hint
    assert tree(tmp_path) == {}


def test_owners_once_named_are_all_there_are(tmp_path):
    """A slip in a service file is told with the nearest name."""
    write(tmp_path, services("cart", owner="payment") | {"gitops-obs.yaml": "owners: {payments: ~, shop: {}}\n"})
    (found,) = run(tmp_path).diagnostics
    assert (found.code, found.span.line, found.hint) == ("OBS116", 2, "did you mean `payments`?")


@pytest.mark.parametrize("place", ["defaults", "owners: {payments"])
@pytest.mark.parametrize(
    ("alerts", "code"), [("{nothing: off}", "OBS115"), ("{error_ratio: {threshold: 0}}", "OBS104")]
)
def test_a_bad_default_is_told_for_the_services_that_have_it(tmp_path, place, alerts, code):
    """At the line of their owner, for that is how they come by it."""
    text = f"{place}: {{alerts: {alerts}}}" + ("}" if "{" in place else "") + "\n"
    (found,) = run(write(tmp_path, services("cart") | {"gitops-obs.yaml": text})).diagnostics
    assert (found.code, found.span.file, found.span.line) == (code, "services/cart.yaml", 2)


def test_the_strongest_word_about_an_alert_is_the_services(tmp_path):
    """Then the owner's, then the project's; settings are merged key by key."""
    text = (
        "defaults: {alerts: {error_ratio: {threshold: 1%, for: 1m}, traffic_drift: off}}\n"
        "owners: {payments: {alerts: {error_ratio: {threshold: 2%, severity: ticket}}}, shop: ~}\n"
    )
    write(tmp_path, {"gitops-obs.yaml": text, "services/b.yaml": service("b", owner="shop")})
    write(tmp_path, {"services/a.yaml": service("a", "alerts: {error_ratio: {for: 3m}, traffic_drift: on}")})
    space = Workspace(tmp_path)
    said = {}
    for name in "ab":
        found = space.read(f"{name}.yaml", (tmp_path / f"services/{name}.yaml").read_bytes()).service
        ratio, drift = found.setting("error_ratio"), found.setting("traffic_drift")
        said[name] = (ratio.get("threshold"), ratio.get("for"), ratio.severity, drift.off)
    assert said == {"a": ("0.02", "3m", "ticket", False), "b": ("0.01", "1m", None, True)}


def test_the_root_is_found_from_any_folder_below_it(tmp_path):
    """As Git finds its own, and not beyond that."""
    root = write(tmp_path / "repository", services("a") | {"deep/down/file": ""})
    assert inputs.find_root(root / "deep/down") == root
    (root / "deep/.git").mkdir()
    with pytest.raises(GitopsObsError, match="no services/") as caught:
        inputs.find_root(root / "deep/down")
    assert caught.value.diagnostics[0].code == "OBS122"


def test_a_project_file_that_cannot_be_read_is_no_project_without_one(tmp_path):
    """A folder of that name, for instance."""
    write(tmp_path, services("a"))
    (tmp_path / "gitops-obs.yaml").mkdir()
    with pytest.raises(GitopsObsError, match=r"cannot read `gitops-obs\.yaml`"):
        run(tmp_path)
    assert tree(tmp_path) == {}
