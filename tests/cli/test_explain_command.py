"""`gitops-obs explain`."""

import re
from pathlib import Path

import pytest

from gitops_obs import alerts, findings, panels, preset
from gitops_obs.cli import _origin, _pages
from gitops_obs.workspace import Workspace
from tests.cli.program import run

PROJECT = """\
owners:
  payments:
    alerts:
      traffic_drift: {for: 1h}
defaults:
  alerts:
    traffic_drift: {severity: page, for: 20m}
    target_absent: off
"""


@pytest.mark.parametrize("name", _pages.names(None))
def test_everything_that_has_a_name_has_a_page(empty, name):
    """Output names things, and people ask about them by these names."""
    done = run("explain", name)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# ")
    assert name.replace("-", " ").lower() in done.out.lower().replace("-", " ")


def test_names_cover_every_registry():
    """A page that cannot be asked for is not there."""
    known = {*_pages.names(None)}
    assert known >= {*findings.codes(), *alerts.ids(), *panels.ids(), *preset.builtin_names(), "exit-codes"}
    assert known >= {alerts.module(name).NAME for name in alerts.ids()}


def test_letters_of_either_case_will_do(empty):
    """Codes are typed from memory."""
    assert run("explain", "obs101").out == run("explain", "OBS101").out


def test_an_id_that_an_alert_and_a_panel_share_shows_both_unless_told(empty):
    """Both are called by what they look at."""
    both = run("explain", "error_ratio").out
    alert, panel = (run("explain", "error_ratio", "--kind", kind).out for kind in ("alert", "panel"))
    assert alert.startswith("# Alert")
    assert panel.startswith("# Panel")
    assert both == f"{alert}\n{panel}"


def test_a_preset_says_what_to_write_and_what_not_to_expect(empty):
    """That is what one chooses by."""
    out = run("explain", "otel_http").out
    for part in ("select: {job: shop/checkout}", "http_server_request_duration_seconds", "## What it cannot answer",
                 "## Good to know", "## Sources"):  # fmt: skip
        assert part in out


def test_an_unknown_thing_is_answered_with_the_nearest(empty):
    """Mostly it is a slip."""
    done = run("explain", "otel_htp")
    assert (done.code, done.out) == (2, "")
    assert "did you mean `otel_http`?" in done.err


def test_a_projects_own_alert_is_explained_with_its_file(project):
    """The page says where to look further."""
    (project / "alerts").mkdir()
    (project / "alerts" / "depth.yaml").write_text(
        "alert: depth\nname: Depth\nexpr: up == 0\nsummary: too deep\ndescription: Too many wait.\naction: look\n"
    )
    out = run("explain", "depth").out
    assert "Too many wait." in out
    assert "alerts/depth.yaml" in out


def test_settings_of_an_alert_come_with_the_line_that_set_them(project):
    """Four files may have a say, and only one is to be edited."""
    (project / "gitops-obs.yaml").write_text(PROJECT)
    file = project / "services" / "checkout.yaml"
    file.write_text(file.read_text() + "alerts:\n  traffic_drift: {threshold: 70%}\n")
    rows = [line.split() for line in run("explain", "traffic_drift", "--service", "checkout").out.splitlines()[1:]]
    found = {row[0]: row[1:] for row in rows}
    assert found["alert"] == ["on", "services/checkout.yaml:9"]
    assert found["severity"] == ["page", "gitops-obs.yaml:7"]
    assert found["for"] == ["1h", "gitops-obs.yaml:4"]
    assert found["threshold"] == ["70%", "services/checkout.yaml:9"]
    assert found["keep_firing_for"][1:] == ["default"]


def test_an_alert_that_is_off_says_who_turned_it_off(project):
    """Its other settings mean nothing then."""
    (project / "gitops-obs.yaml").write_text(PROJECT)
    out = run("explain", "target_absent", "--service", "checkout").out
    assert out.splitlines()[1:] == ["alert    off    gitops-obs.yaml:8"]


@pytest.mark.parametrize(
    "said",
    ["off", "on", "{for: 5m}", "{threshold: 90%, severity: ticket}", "{for: 5m, keep_firing_for: 1m}"],
)
def test_settings_shown_are_those_that_a_build_uses(project, said):
    """Two readings of one file would be one too many."""
    (project / "gitops-obs.yaml").write_text(PROJECT)
    file = project / "services" / "checkout.yaml"
    file.write_text(file.read_text() + f"alerts:\n  traffic_drift: {said}\n")
    workspace = Workspace(project)
    first, *rest = _origin.settings(workspace, "checkout", "traffic_drift")
    used = workspace.read("checkout.yaml", file.read_bytes()).service.setting("traffic_drift")
    shown = {setting.key: setting.value for setting in rest if setting.place != _origin.DEFAULT}
    expected = {value.key: value.shown for value in used.values} | dict(used.durations)
    expected |= {"severity": used.severity} if used.severity else {}
    assert (first.value == "off", shown) == (used.off, expected)


def test_settings_of_a_service_that_is_not_there_name_the_nearest(project):
    """As everywhere."""
    done = run("explain", "latency", "--service", "chekout")
    assert (done.code, done.out) == (2, "")
    assert "did you mean `checkout`?" in done.err


def test_settings_are_refused_for_what_has_none(project):
    """A panel has no settings."""
    done = run("explain", "budget", "--service", "checkout")
    assert (done.code, "is none" in done.err) == (2, True)


def test_a_threshold_that_follows_from_an_objective_is_shown_as_such():
    """Every row of burn rates and the guard against low traffic, each with the objective that it follows from."""
    root = Path(__file__).parents[2]
    done = run("-C", str(root), "explain", "availability_burn", "--service", "checkout")
    told = {key: (value, place) for key, value, place in (re.split(r" {2,}", row) for row in done.out.splitlines())}
    line = (root / "services/checkout.yaml").read_text().splitlines().index("  availability: 99.9%") + 1
    place = f"services/checkout.yaml:{line}"
    assert told["threshold over 1h"] == ("1.44%", place)
    assert told["threshold over 6h"] == ("0.6%", place)
    assert told["min_requests"] == ("695", place)
