"""Every generated rule, changed in one thing, makes a generated test fail: a proof that cannot fail proves nothing."""

from __future__ import annotations

import os
import re
import resource
from collections import Counter
from pathlib import Path

import pytest

from gitops_obs import alerts, api
from gitops_obs.promtool import program, suite
from tests.core import projects
from tests.mutation import mutants, trials

ROOT = Path(__file__).parents[2]
SERVICES = ("checkout", "accounts", "cart-grpc", "catalogue", "edge", "receipt-worker", "stock-consumer", "timed")
"""Between them they have every alert and every recording; native histograms only newer promtools read."""

TIMED = projects.service("timed", "alerts: {latency: {threshold: 300ms}}")
"""A service of its own for the alert that none of the project's has."""

LEAST = 95
"""Percent of the mutants that must be noticed."""

EVERY = int(os.environ.get("MUTANTS_EVERY", "9"))
"""Every so many mutants are tried, of all rules and kinds, which takes a minute; `MUTANTS_EVERY=1` tries all."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The project built anew, and its services."""
    folder, other = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("other")
    projects.write(other, {"services/timed.yaml": TIMED})
    services = {}
    for project in (api.load(ROOT), api.load(other)):
        for service in project.services:
            services[service.name] = service
            files = {f"{suite.FOLDER}/{path}": content for path, content in api.render(project, service)}
            projects.write(folder, files)
    return folder, services


@pytest.mark.real
def test_a_mutant_of_any_rule_makes_a_generated_test_fail(built, tmp_path):
    before, (tried, survived) = _cpu(), ([], [])
    promtool = program.find()
    for name in SERVICES:
        jobs, rules = _known(*built, name)
        made = [mutant for rule in rules for mutant in mutants.of(name, rule)][::EVERY]
        tried += made
        survived += trials.survivors(promtool, jobs, made, tmp_path)
    text = _report(tried, survived, _cpu() - before)
    print(text)  # noqa: T201  # the score is what people want to see
    assert 100 * (len(tried) - len(survived)) >= LEAST * len(tried), text


@pytest.mark.real
def test_a_rule_that_is_only_printed_anew_makes_none_fail(built, tmp_path):
    for name in SERVICES:
        jobs, rules = _known(*built, name)
        same = [mutants.unchanged(name, rule) for rule in rules[::EVERY]]
        assert trials.survivors(program.find(), jobs, same, tmp_path) == same


def test_every_alert_and_every_recording_that_there_is_is_among_them(built):
    found, everywhere = (_names(built, services) for services in (SERVICES, built[1]))
    assert {alerts.module(name).NAME for name in alerts.ids()} - found == set()
    assert everywhere - found == set()


def _names(built, services):
    """Names of rules, whatever the quantile or the window in them."""
    rules = (rule for name in services for rule in _known(*built, name)[1])
    return {re.sub("[0-9]+[mhd]?", "", mutants.name(rule)) for rule in rules}


def _known(folder, services, name):
    """The generated tests of a service that any promtool reads, and its generated rules."""
    whole, *_ = suite.jobs(folder, services[name].owner, name, whole=True)
    rules = [rule for group in whole.rules["groups"] if not _own(group) for rule in group["rules"]]
    return [job for job in suite.jobs(folder, services[name].owner, name) if not job.native], rules


def _own(group):
    """Whether its rules are alerts that somebody wrote for this project: what proves them is up to them."""
    return group["name"].endswith(".custom")


def _report(tried, survived, seconds):
    """The score by kind and in total, and what was not noticed."""
    all_, left = (Counter(mutant.kind for mutant in some) for some in (tried, survived))
    kinds = [f"{kind:16} {_score(all_[kind], left[kind])}" for kind in sorted(all_)]
    total = f"{'in total':16} {_score(len(tried), len(survived))}; {seconds:.0f} s of CPU"
    return "\n".join(["", *kinds, total, "not noticed:", *(f"  {mutant}" for mutant in survived)])


def _score(every, left):
    return f"{100 * (every - left) / every:5.1f} % of {every:4} noticed"


def _cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
