"""Files filled in from templates are the files that a full build of the service gives."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest
import yaml
from hypothesis import example, given, settings

from gitops_obs import render, resolve
from gitops_obs.project import from_data
from gitops_obs.render import Renderer
from gitops_obs.store import Store
from gitops_obs.workspace import Workspace
from tests.core import projects, specs
from tests.core.projects import THOROUGH

PROJECT = {
    "repository": "https://git.example/shop/obs",
    "cluster_label": "cluster",
    "grafana": {"url": "https://grafana.example"},
    "rules": {"interval": "1.5m", "rate_window": "10m"},
}
OWN = {
    "panels/queue.yaml": "panel: queue\ntitle: Queue of ${service}\ndescription: x\nunit: short\nqueries:\n"
    "  - expr: sum by (a) (rate(queue{${select}}[${window}])) or vector(0)\n    legend: '{{a}} ${owner}'\n",
    "alerts/stuck.yaml": "alert: stuck\nname: Stuck\nexpr: '  sum(queue{${select}}) > 1'\nfor: 1.5m\n"
    "summary: ${service} of ${owner}\ndescription: '{{ $value }}'\naction: Look.\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A project with a panel and an alert of its own."""
    space = Workspace(projects.write(tmp_path_factory.mktemp("own"), OWN | projects.services("a")))
    assert space.diagnostics == []
    return space


@pytest.fixture(scope="module")
def understand(workspace):
    """What a service file means, in a project that says little or much."""
    contexts = [workspace.context, replace(workspace.context, project=from_data(PROJECT)[0])]

    def understood(data):
        own = {"panels": ["queue"], "alerts": {"stuck": "on"}} if len(data["service"]) % 2 else {}
        return resolve.service(data | own, f"services/{data['service']}.yaml", contexts[len(data["owner"]) % 2])[0]

    return understood


@pytest.fixture(scope="module")
def both_ways(workspace, tmp_path_factory):
    """The files of a service as three ways give them: in full, from templates in memory, from templates on disk."""
    memory, disk = Renderer(workspace.customs), Renderer(workspace.customs, Store(tmp_path_factory.mktemp("store")))

    def rendered(service):
        disk.templates.clear()
        return render.in_full(service, workspace.customs), memory.files(service), disk.files(service)

    return rendered


@settings(THOROUGH, max_examples=60)
@given(data=specs.meaningful())
@example(data={"service": "a", "owner": "a", "telemetry": {"preset": "otel_http", "select": {"job": "a or b or "}}})
def test_templates_equal_the_full_path_byte_for_byte(data, understand, both_ways):
    """For random services over every preset, with hostile text wherever a file can hold some."""
    service = understand(data)
    if service is None:
        return
    full, *filled = both_ways(service)
    assert filled == [full, full]
    for path, content in full:
        assert content.endswith(b"\n")
        _ = json.loads(content) if path.endswith(".json") else yaml.load(content, yaml.CSafeLoader)


@pytest.mark.parametrize("preset", specs.PRESETS)
def test_every_preset_renders_the_same_both_ways(preset, workspace, both_ways):
    """A second service in the shape of the first, of each preset and project."""
    labels = specs.presets.builtin_data(preset)["select"]["example"]
    for name in ("one", "another", "if x or y"):
        data = {"service": "a", "owner": "team", "telemetry": {"preset": preset, "select": dict.fromkeys(labels, name)}}
        service, problems = resolve.service(data, f"services/{name}.yaml", workspace.context)
        assert problems == []
        full, *filled = both_ways(service)
        assert filled == [full, full]


@pytest.fixture(scope="module")
def hostile(understand):
    """A few dozen services with hostile text, as files by path."""
    found = {}

    @settings(THOROUGH, max_examples=30)
    @given(specs.meaningful())
    def collect(data):
        service = understand(data | {"service": f"s{len(found)}"})
        if service is not None:
            found[service.name] = service

    collect()
    return list(found.values())


def test_prometheus_takes_the_rules_of_hostile_services(hostile, workspace, tmp_path):
    """Every rule file, checked by the real program in one go."""
    files = [file for service in hostile for file in render.in_full(service, workspace.customs)]
    rules = {path: content for path, content in files if path.endswith(".yaml")}
    projects.write(tmp_path, rules)
    done = subprocess.run(
        ["promtool", "check", "rules", *rules], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("SUCCESS") == len(rules) >= 20


def test_hostile_text_reaches_no_template_and_no_path(hostile, workspace):
    """Descriptions and labels never become Grafana variables of ours, Go templates or folders."""
    for service in hostile:
        for path, content in render.in_full(service, workspace.customs):
            assert path.count("/") == 2
            assert ".." not in path
            if path.endswith(".yaml"):
                for rule in (rule for group in yaml.safe_load(content)["groups"] for rule in group["rules"]):
                    assert "{{ 1 }}" not in str(rule.get("annotations"))


def test_a_service_of_a_known_shape_needs_no_grafanalib(workspace, understand, monkeypatch, tmp_path):
    """The compiler is asked once a shape, also in the next run."""
    asked = []
    texts = render._texts
    monkeypatch.setattr(render, "_texts", lambda *found: asked.append(1) or texts(*found))
    for name in ("a", "c", "e"):
        data = {"service": name, "owner": "team", "telemetry": {"preset": "otel_http", "select": {"job": name}}}
        Renderer(workspace.customs, Store(tmp_path)).files(understand(data))
    assert len(asked) == 1


@pytest.mark.parametrize("junk", [b"", b"{", b"\xff\xfe", b"null"])
def test_a_damaged_template_on_disk_is_built_again(junk, workspace, understand, tmp_path):
    """The folder is a cache: what cannot be read is as good as absent."""
    data = {"service": "a", "owner": "team", "telemetry": {"preset": "otel_http", "select": {"job": "a"}}}
    service = understand(data)
    expected = Renderer(workspace.customs, Store(tmp_path)).files(service)
    for file in (tmp_path / ".gitops-obs/cache").iterdir():
        file.write_bytes(junk)
    assert Renderer(workspace.customs, Store(tmp_path)).files(service) == expected
