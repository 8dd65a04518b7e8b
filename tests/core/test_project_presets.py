"""Presets of a project work like built-in ones, and are findings where they do not."""

from __future__ import annotations

import pytest

from gitops_obs import preset
from tests.core.own_files import PAGE, RULES
from tests.core.projects import codes, run, service, services, tree, write


def test_a_preset_of_the_project_works_like_a_built_in_one(tmp_path):
    """The same data under another name gives the same rules."""
    own = preset.builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: own_http")
    lines = ("slos: {availability: 99.9%, latency: 99% < 250ms}",)
    one = write(tmp_path / "one", {"services/checkout.yaml": service("checkout", *lines)})
    text = service("checkout", *lines, preset="own_http")
    two = write(tmp_path / "two", {"services/checkout.yaml": text, "presets/own_http.yaml": own})
    assert run(one).diagnostics == run(two).diagnostics == []
    rules = (two / RULES).read_text()
    assert rules.replace("own_http", "prometheus_http") == (one / RULES).read_text()


def test_a_changed_preset_changes_its_services(tmp_path):
    """Also where the services and the built shapes are remembered."""
    own = preset.builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: own_http")
    files = {"services/checkout.yaml": service(preset="own_http"), "presets/own_http.yaml": own, **services("search")}
    root = write(tmp_path, files)
    run(root)
    write(root, {"presets/own_http.yaml": own.replace("http_request_duration_seconds", "own_duration_seconds")})
    changed = {change.path for change in run(root).changes if change.kind == "update"}
    assert changed == {PAGE, RULES, *(path for path in tree(root) if "/tests/payments/checkout.test" in path)}
    assert b"own_duration_seconds_bucket" in (root / RULES).read_bytes()
    assert b" http_request_duration_seconds" not in (root / RULES).read_bytes()


@pytest.mark.parametrize(
    "change",
    [("preset: own_http", "preset: other"), ("kind: requests", "kind: anything"), ("title:", "titel:"), ("\n", "\n\t")],
    ids=["name", "value", "key", "tab"],
)
def test_a_bad_preset_is_a_finding_at_its_place(change, tmp_path):
    """OBS118 in the preset's own file, though no service uses it."""
    own = preset.builtin_text("prometheus_http").replace("preset: prometheus_http", "preset: own_http")
    result = run(write(tmp_path, {**services("checkout"), "presets/own_http.yaml": own.replace(*change)}))
    assert set(codes(result)) == {"OBS118"}
    assert result.diagnostics[0].span.file == "presets/own_http.yaml"
    assert result.diagnostics[0].span.line
    assert tree(tmp_path) == {}
