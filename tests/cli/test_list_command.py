"""`gitops-obs list`."""

import json

import pytest

from gitops_obs import alerts, checks, findings, formats, panels, preset
from gitops_obs.cli import _catalogue
from gitops_obs.cli import list as list_command
from tests.cli.program import run

REGISTRIES = {
    "presets": [name for name in preset.builtin_names() if preset.builtin(name).kind != "companion"],
    "panels": panels.ids(),
    "alerts": alerts.ids(),
    "checks": checks.ids(),
    "formats": formats.names(),
    "codes": findings.codes(),
}


@pytest.mark.parametrize("what", REGISTRIES)
def test_every_entry_of_a_registry_is_listed_once(empty, what):
    """The folders are the registries, so nothing can be forgotten."""
    items = json.loads(run("list", what, "--json").out)["items"]
    assert [next(iter(item.values())) for item in items] == sorted(REGISTRIES[what])


@pytest.mark.parametrize("what", REGISTRIES)
def test_every_entry_says_what_it_is(empty, what):
    """A list of ids alone helps nobody to choose."""
    for item in json.loads(run("list", what, "--json").out)["items"]:
        missing = [key for key, value in item.items() if not value and (what, key) != ("presets", "tells")]
        assert (item, missing) == (item, [])


@pytest.mark.parametrize("what", [*REGISTRIES, "services"])
def test_a_piped_table_has_one_line_for_each_entry(project, what):
    """`grep` and `wc -l` work on lines."""
    lines = run("list", what).out.splitlines()
    assert len(lines) == 1 + len(REGISTRIES.get(what, ["checkout"]))
    assert lines[0] == lines[0].upper()


def test_the_command_offers_exactly_what_the_catalogue_has():
    """The one is written down so that `--help` need not import the other."""
    assert _catalogue.kinds() == list_command._WHAT


def test_services_are_listed_with_broken_ones(project):
    """A service that is missing from a list is looked for in the wrong place."""
    (project / "services" / "broken.yaml").write_text("service: [")
    items = json.loads(run("list", "services", "--json").out)["items"]
    assert items == [
        {"service": "broken", "owner": "", "tier": "", "preset": "see `gitops-obs lint`",
         "file": "services/broken.yaml"},
        {"service": "checkout", "owner": "payments", "tier": "3", "preset": "prometheus_http",
         "file": "services/checkout.yaml"},
    ]  # fmt: skip


def test_a_projects_own_things_are_listed_with_their_files(project):
    """What colleagues wrote is as good as what is built in."""
    (project / "panels").mkdir()
    (project / "panels" / "depth.yaml").write_text(
        "panel: depth\ntitle: Messages waiting\ndescription: Few.\nunit: short\nqueries: [{expr: up}]\n"
    )
    (project / "panels" / "extra.py").write_text('"""Shows more.\n\nMuch more."""\n\n\ndef build(service): ...\n')
    (project / "alerts").mkdir()
    (project / "alerts" / "depth.yaml").write_text(
        "alert: depth\nname: Depth\nexpr: up == 0\nsummary: too deep\ndescription: x\naction: look\n"
    )
    (project / "presets").mkdir()
    text = preset.builtin_text("flask").replace("preset: flask", "preset: ours").replace("title: Flask", "title: Ours")
    (project / "presets" / "ours.yaml").write_text(text)
    panels_, alerts_, presets = (run("list", what).out for what in ("panels", "alerts", "presets"))
    assert "Messages waiting" in panels_
    assert "panels/depth.yaml" in panels_
    assert "Shows more" in panels_
    assert "too deep" in alerts_
    assert "presets/ours.yaml" in presets


def test_an_unknown_kind_is_a_usage_error():
    """It lists what there is instead."""
    done = run("list", "dashboards")
    assert (done.code, "presets" in done.err) == (2, True)


def test_what_cannot_be_shown_is_said_on_stderr(project):
    """Otherwise people look for what they wrote."""
    (project / "panels").mkdir()
    (project / "panels" / "broken.yaml").write_text("panel: [")
    done = run("list", "panels")
    assert (done.code, "broken" in done.out) == (0, False)
    assert "Not shown, because it has findings (`gitops-obs lint`): panels/broken.yaml" in done.err
