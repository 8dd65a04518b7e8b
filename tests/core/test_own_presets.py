"""A preset of the project's own works like a built-in one, and a bad one stops the build."""

from __future__ import annotations

import pytest

from gitops_obs import preset as presets
from gitops_obs.workspace import Workspace
from tests.core.projects import codes, run, service, tree, write

PRESET = """\
preset: shop_http
title: Shop HTTP servers
summary: What the shop's own HTTP library exports.
kind: requests
select:
  example: {job: checkout}
requests:
  metrics: [shop_requests_total]
  labels: [status, path]
errors:
  match: {status: {re: "5.."}}
duration:
  metric: shop_request_duration_seconds
  unit: s
  buckets: [0.1, 0.25, 0.5, 1, 2.5]
  labels: [path]
labels: {status: status, route: path}
status_style: http
"""
USES = {"services/cart.yaml": service("cart", "slos: {latency: 99% < 250ms, availability: 99.9%}", preset="shop_http")}


def rules(root):
    """Text of the rules of the one service."""
    return (root / "generated/rules/payments/cart.yaml").read_text()


@pytest.mark.parametrize("name", sorted(presets.builtin_names()))
def test_a_built_in_preset_can_be_copied(tmp_path, name):
    """The file that people start from holds to the schema under a name of its own."""
    text = presets.builtin_text(name).replace(f"preset: {name}\n", "preset: mine\n")
    space = Workspace(write(tmp_path, {"presets/mine.yaml": text, "services/cart.yaml": service("cart")}))
    assert space.diagnostics == []
    assert space.own_presets == ("mine",)
    assert space.preset("mine").requests == presets.builtin(name).requests


def test_a_preset_with_a_built_in_name_takes_its_place(tmp_path):
    """In this project."""
    text = PRESET.replace("preset: shop_http", "preset: prometheus_http")
    write(tmp_path, {"presets/prometheus_http.yaml": text, "services/cart.yaml": service("cart")})
    assert codes(run(tmp_path)) == []
    assert "shop_requests_total" in rules(tmp_path)


BAD = {
    "misspelt key": PRESET.replace("metrics:", "metric:"),
    "no requests": PRESET.replace("requests:\n  metrics: [shop_requests_total]\n  labels: [status, path]\n", ""),
    "metric with a brace": PRESET.replace("shop_requests_total", "'a{b}'"),
    "label with a quote": PRESET.replace("labels: [path]", "labels: ['a\"']"),
    "bucket that is no number": PRESET.replace("0.25,", "'0.25',"),
    "another name than its file": PRESET.replace("preset: shop_http", "preset: other"),
    "a path as name": PRESET.replace("preset: shop_http", "preset: ../x"),
    "nothing": "",
    "a list": "- a\n",
    "no YAML": "a: [\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_preset_stops_the_build(tmp_path, text):
    """It is named, and services that use it are not built from anything else."""
    write(tmp_path, USES | {"presets/shop_http.yaml": text})
    result = run(tmp_path)
    assert "OBS118" in codes(result)
    assert {d.span.file for d in result.diagnostics if d.code == "OBS118"} == {"presets/shop_http.yaml"}
    assert tree(tmp_path) == {}


def test_labels_that_differ_are_named_in_the_service_file(tmp_path):
    """Wherever the preset uses them."""
    text = service("cart", "slos: {routes: {/pay: {availability: 99%}}}", preset="shop_http")
    text = text.replace("select:", "labels: {status: code, route: uri}, select:")
    write(tmp_path, {"services/cart.yaml": text, "presets/shop_http.yaml": PRESET})
    assert codes(run(tmp_path)) == []
    assert 'code=~"5.."' in rules(tmp_path)
    assert 'uri="/pay"' in rules(tmp_path)
    assert "status=" not in rules(tmp_path)
