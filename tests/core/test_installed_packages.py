"""Panels and alerts that installed packages bring, and packages that are broken."""

from __future__ import annotations

import importlib.metadata

import pytest

from gitops_obs.api import Alert
from tests.core.own_files import PANEL, custom_rules, only, panels, project
from tests.core.projects import run, tree


class Point:
    """An entry point as `importlib.metadata` gives it."""

    def __init__(self, name, value, module):
        self.name, self.value, self.module = name, value, module
        self.dist = type("Distribution", (), {"name": "shop-panels"})()

    def load(self):
        """The module, or an exception where the package is broken."""
        if isinstance(self.module, Exception):
            raise self.module
        return self.module


def installed(monkeypatch, **points):
    """Make packages seem installed: entry points by group without its prefix."""

    def entry_points(*, group):
        return points.get(group.removeprefix("gitops_obs."), [])

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)


def module(build, **names):
    """A module with a function `build`."""
    return type("Module", (), {"build": staticmethod(build), **names})


def test_panels_and_alerts_of_installed_packages_are_used_like_the_projects_own(monkeypatch, tmp_path):
    """Named by their entry points."""

    def panel(service):
        return {"type": "text", "title": f"Packaged for {service.name}"}

    def alert(service):
        return Alert("Packaged", f"vector({service.tier})", "page", "s", "d", "i", "a")

    installed(
        monkeypatch,
        panels=[Point("packaged", "shop:panel", module(panel, WIDTH=7))],
        alerts=[Point("packaged", "shop:alert", module(alert))],
    )
    root = project(tmp_path, {}, "panels: [packaged]", "alerts: {packaged: on}")
    assert run(root).diagnostics == []
    assert panels(root)["Packaged for checkout"]["gridPos"]["w"] == 7
    assert [rule["alert"] for rule in custom_rules(root)] == ["Packaged"]


@pytest.mark.parametrize(
    "loaded",
    [ImportError("no module named shop"), module(None), type("Empty", (), {})],
    ids=["broken", "none", "empty"],
)
def test_a_broken_package_is_a_finding(loaded, monkeypatch, tmp_path):
    """OBS403 names the package."""
    installed(monkeypatch, panels=[Point("packaged", "shop:panel", loaded)])
    root = project(tmp_path, {})
    found = only(run(root))
    assert found.code == "OBS403"
    assert found.span.file == "shop-panels (shop:panel)"
    assert found.hint
    assert tree(root) == {}


def test_a_package_whose_panel_fails_is_a_finding_of_the_service(monkeypatch, tmp_path):
    """There is no file of the user's to point at; the hint names the package."""

    def panel(service):
        raise KeyError(service.name)

    installed(monkeypatch, panels=[Point("packaged", "shop:panel", module(panel))])
    found = only(run(project(tmp_path, {}, "panels: [packaged]")))
    assert (found.code, found.span.file) == ("OBS403", "services/checkout.yaml")
    assert "KeyError" in found.message
    assert "shop-panels (shop:panel)" in found.hint


def test_a_panel_of_a_package_cannot_hide_one_of_the_project(monkeypatch, tmp_path):
    """Two of one id are an error, wherever they come from."""
    installed(monkeypatch, panels=[Point("queue-depth", "shop:panel", module(print))])
    root = project(tmp_path, {"panels/queue-depth.yaml": PANEL.format(id="queue-depth")})
    found = only(run(root))
    assert (found.code, found.span.file) == ("OBS405", "shop-panels (shop:panel)")
    assert "panels/queue-depth.yaml" in found.message
