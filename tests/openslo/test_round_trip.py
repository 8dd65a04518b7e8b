"""What is exported and imported again is the same service: the same series, and the same objectives."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given

from gitops_obs import promql
from gitops_obs.openslo import exported, text
from gitops_obs.workspace import Workspace
from tests import factory
from tests.core.projects import THOROUGH
from tests.core.specs import meaningful
from tests.openslo import importing, specification

HISTOGRAMS = [
    (name, histogram)
    for name in factory.PRESETS
    for histogram in ("classic", "native")
    if histogram == "classic" or (importing.PRESETS[name].duration and importing.PRESETS[name].duration.native)
]
ANNOTATIONS = re.compile(r"\n  annotations:(?:\n    .*)+")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Give an empty project to read service files in."""
    root = tmp_path_factory.mktemp("project")
    (root / "services").mkdir()
    return Workspace(root)


def again(documents, project, **given):
    """Return the service that documents make, by way of its service file."""
    (draft,), findings = importing.drafts(documents, owner="", window=project.project.window, **given)
    assert [found for found in findings if found.code != "OBS144"] == []
    read = project.read(f"{draft.name}.yaml", text.service_file(draft, "# a service").encode())
    assert [found for found in read.findings if found.code not in ("OBS111", "OBS119")] == []
    return read.service


def matchers(service):
    """Return what a service selects, in an order of its own."""
    return sorted(promql.selectors(promql.selector("x", service.signal.select))[0].matchers)


def measured(service):
    """Return what an objective is measured by, whatever the preset is called."""
    return sorted(selector.matchers for selector in promql.selectors(service.signal.error_ratio("5m") or "vector(0)"))


@pytest.mark.parametrize(("name", "histogram"), HISTOGRAMS)
def test_a_service_over_any_preset_comes_back(name, histogram, project):
    """Preset, matchers, kind of histogram and each objective."""
    service = factory.service(name, histogram=histogram, project=project.project.model)
    documents = exported.service(service).text
    if not documents:
        assert not service.availability
        assert not service.latency
        return
    found = again(documents, project)
    assert (found.availability, found.latency, found.routes) == (service.availability, service.latency, service.routes)
    assert (found.signal.preset.id, matchers(found)) == (name, matchers(service))
    # availability alone may be counted without any histogram
    assert found.signal.histogram == histogram or not service.latency
    assert (found.name, found.owner, found.description) == (service.name, service.owner, service.description)


@pytest.mark.parametrize("name", factory.PRESETS)
def test_metrics_alone_tell_the_preset(name, project):
    """Documents of other tools have no annotation; of twins with the same metrics either will do."""
    service = factory.service(name, project=project.project.model, routes=())
    documents = ANNOTATIONS.sub("", exported.service(service).text)
    if not documents:
        return
    assert "gitops-obs-preset" not in documents
    drafts, findings = importing.drafts(documents, owner="", window=project.project.window)
    twins = {"aspnetcore", "otel_http"}
    assert {found.code for found in findings} - {"OBS144"} == ({"OBS142"} if name in twins else set())
    assert drafts[0].preset == name or {drafts[0].preset, name} == twins
    read = project.read("checkout.yaml", text.service_file(drafts[0], "# a service").encode()).service
    assert (read.availability, read.latency) == (service.availability, service.latency)
    assert measured(read) == measured(service)


@given(data=meaningful())
@THOROUGH
def test_whatever_a_service_file_says_of_objectives_comes_back(data, project):
    """Any share, window, route and matcher, however hostile its text."""
    data = {key: value for key, value in data.items() if key not in ("alerts", "drift", "runs_on", "links")}
    file = f"{data['service']}.yaml"
    service = project.read(file, exported._yaml(data).encode()).service
    documents = exported.service(service).text if service else ""
    if not documents:
        return
    assert specification.problems(documents) == []
    found = again(documents, project)
    assert (found.availability, found.latency, found.routes) == (service.availability, service.latency, service.routes)
    assert (found.signal.preset.id, matchers(found)) == (service.signal.preset.id, matchers(service))


def test_renamed_labels_come_back(project):
    """A status under another name is recognised by what it is compared with, a route by the annotation."""
    full = """\
service: checkout
owner: payments
telemetry:
  preset: prometheus_http
  select: {job: checkout}
  labels: {status: http_status, route: path}
slos:
  availability: 99.9%
  routes: {/pay: {availability: 99.95%}}
"""
    service = project.read("checkout.yaml", full.encode()).service
    found = again(exported.service(service).text, project)
    assert dict(found.signal.labels) == dict(service.signal.labels)
    assert found.routes == service.routes


def test_own_buckets_come_back(project):
    """A bound that the preset does not list is listed in the file; nobody can know the others."""
    full = """\
service: checkout
owner: payments
telemetry: {preset: prometheus_http, select: {job: checkout}, buckets: [0.1, 0.3, 1]}
slos: {latency: 99% < 300ms}
"""
    service = project.read("checkout.yaml", full.encode()).service
    (draft,), findings = importing.drafts(exported.service(service).text, owner="")
    assert [found.code for found in findings if found.code != "OBS144"] == ["OBS142"]
    read = project.read("checkout.yaml", text.service_file(draft, "#").encode()).service
    assert dataclasses.replace(read, file="") == dataclasses.replace(service, file="")
