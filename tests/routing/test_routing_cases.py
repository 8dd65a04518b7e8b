"""Where each alert of each owner lands: cases from the services, asked of the real amtool."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from gitops_obs import alertmanager, amtool, api, ruleset
from gitops_obs.alertmanager.cases import Case, cases
from gitops_obs.errors import GitopsObsError
from gitops_obs.rules import Alert
from tests.core.projects import service, write
from tests.routing import routed

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.api import Loaded

CART = ("drift: {kubernetes: deploy/}", "slos: {availability: 99.9%, latency: 99% < 250ms}", "alerts: {odd: on}")
FILES = {
    "gitops-obs.yaml": routed.PROJECT + "outputs: {alertmanager: whole}\n",
    "services/cart.yaml": service("cart", *CART),
    "services/search.yaml": service("search", owner="shop"),
    "services/stock.yaml": service("stock", owner="warehouse"),
    "services/legacy.yaml": service("legacy", owner="nobody"),
    "deploy/cart.yaml": "kind: Deployment\n",
    "alerts/odd.py": (
        "from gitops_obs.api import Alert\n\n\ndef build(service):\n"
        "    labels = (('path', '/a \"b\" \\\\c,d={}'), ('pod', '{{ $labels.pod }}'))\n"
        "    return Alert(name='Odd', severity='page', expr='up == 0', summary='s', description='d', impact='i',\n"
        "                 action='a', labels=labels)\n"
    ),
}


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    """Four owners, of which one has both channels, two have one, and one has none."""
    return api.load(write(tmp_path, FILES))


def found(loaded: Loaded) -> list[Case]:
    """The cases of the project."""
    return cases(loaded.workspace.project.routing, loaded.services, loaded.workspace.customs)


def test_there_is_a_case_for_each_owner_severity_and_alert(loaded: Loaded) -> None:
    """With the receiver that the project file means."""
    told = {(case.label("team"), case.label("severity")): case.receiver for case in found(loaded)}
    assert told == {
        ("payments", "page"): "payments/page", ("payments", "ticket"): "payments/ticket",
        ("shop", "page"): "shop/page", ("shop", "ticket"): "",
        ("warehouse", "page"): "", ("warehouse", "ticket"): "warehouse/ticket",
        ("nobody", "page"): "", ("nobody", "ticket"): "",
    }  # fmt: skip
    ours = {case.label("alertname") for case in found(loaded) if case.label("team") == "payments"}
    payments = [service for service in loaded.services if service.owner == "payments"]
    groups = [group for service in payments for group in ruleset.groups(service)[0]]
    assert ours == {rule.name for group in groups for rule in group.rules if isinstance(rule, Alert)} | {"Odd"}


def test_a_second_service_adds_no_case(loaded: Loaded, tmp_path: Path) -> None:
    """A thousand services take no longer than ten."""
    write(tmp_path, {"services/more.yaml": service("more", *CART)})
    assert found(api.load(tmp_path)) == found(loaded)


def test_without_routing_there_are_no_cases(loaded: Loaded) -> None:
    """Nothing is generated that could be asked."""
    assert cases(routed.routing(output="off"), loaded.services, loaded.workspace.customs) == []


def test_labels_of_the_data_are_left_out(loaded: Loaded) -> None:
    """Nobody knows them before the alert fires; any other label is asked with, however odd."""
    odd = next(case for case in found(loaded) if case.label("alertname") == "Odd")
    assert (odd.label("pod"), odd.label("path")) == ("", '/a "b" \\c,d={}')


@pytest.mark.real
def test_every_alert_lands_where_the_project_file_says(loaded: Loaded) -> None:
    """In the whole configuration, as amtool resolves it."""
    document = loaded.workspace.document
    assert document is not None
    assert len(found(loaded)) >= 20
    assert amtool.generated(loaded.workspace.project.routing, found(loaded), document) == []


@pytest.mark.real
def test_an_alert_that_lands_elsewhere_is_a_finding(loaded: Loaded, tmp_path: Path) -> None:
    """In a configuration that somebody merged, a route above takes the pages of a team."""
    config = routed.config()
    config["route"]["routes"].insert(0, {"matchers": ['severity="page"', 'team="payments"'], "receiver": "shop/page"})
    file = tmp_path / "merged.yml"
    file.write_text(yaml.safe_dump(config))
    document = loaded.workspace.document
    assert document is not None
    astray = amtool.merged(file, found(loaded), document)
    assert {(f.code, f.span.file, f.span.line) for f in astray} == {("OBS136", "gitops-obs.yaml", 2)}
    assert all(f.hint for f in astray)
    assert "page Odd of `payments` goes to `shop/page` instead of `payments/page`" in {f.message for f in astray}


@pytest.mark.real
def test_a_missing_fragment_is_a_finding(loaded: Loaded, tmp_path: Path) -> None:
    """Its alerts go to the root's receiver, whatever that is called."""
    config = routed.config() | {"receivers": [{"name": "everybody"}, {"name": "shop/page"}]}
    del config["inhibit_rules"], config["time_intervals"]
    config["route"] = {"receiver": "everybody", "routes": config["route"]["routes"][1:2]}
    file = tmp_path / "merged.yml"
    file.write_text(yaml.safe_dump(config))
    document = loaded.workspace.document
    assert document is not None
    teams = {message.split("`")[1] for message in (f.message for f in amtool.merged(file, found(loaded), document))}
    assert teams == {"payments", "warehouse"}


@pytest.mark.real
def test_a_configuration_that_amtool_refuses_is_one_finding(loaded: Loaded, tmp_path: Path) -> None:
    """In amtool's words."""
    file = tmp_path / "merged.yml"
    file.write_text(alertmanager.text(routed.config()).replace("receiver: shop/page", "receiver: nowhere"))
    document = loaded.workspace.document
    assert document is not None
    (refused,) = amtool.merged(file, found(loaded), document)
    assert refused.code == "OBS136"
    assert 'undefined receiver "nowhere"' in refused.message


def test_without_amtool_one_is_told_how_to_get_it(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was checked, which is no success."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    document = loaded.workspace.document
    assert document is not None
    with pytest.raises(GitopsObsError, match="amtool is not installed") as caught:
        amtool.generated(loaded.workspace.project.routing, found(loaded), document)
    assert caught.value.exit_code == 2
