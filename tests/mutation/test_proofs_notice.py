"""Every generated rule, changed in one thing, makes a generated test fail: a proof that cannot fail proves nothing."""

from __future__ import annotations

import os
import resource
from collections import Counter
from pathlib import Path

import pytest

from gitops_obs import api
from gitops_obs.promtool import program, suite
from tests.mutation import mutants, trials

ROOT = Path(__file__).parents[2]
SERVICES = ("checkout", "accounts", "cart-grpc", "catalogue", "edge", "receipt-worker", "stock-consumer")
"""Between them they have every alert and every recording; native histograms only newer promtools read."""

LEAST = 95
"""Percent of the mutants that must be noticed."""

STRIDE = 1 if os.environ.get("MUTANTS") == "all" else int(os.environ.get("STRIDE",7))
"""Every so many mutants are tried, which takes a minute; `MUTANTS=all` tries all."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The project built anew, and its services."""
    folder, project = tmp_path_factory.mktemp("built"), api.load(ROOT)
    for service in project.services:
        for path, content in api.render(project, service):
            file = folder / suite.FOLDER / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    return folder, {service.name: service for service in project.services}


def test_a_mutant_of_any_rule_makes_a_generated_test_fail(built, tmp_path):
    folder, services = built
    promtool = program.find()
    before, tried, survived = _cpu(), [], []
    for name in SERVICES:
        jobs = [job for job in suite.jobs(folder, services[name].owner, name) if not job.native]
        whole = next(iter(suite.jobs(folder, services[name].owner, name, whole=True)))
        rules = [rule for group in whole.rules["groups"] if not _own(group) for rule in group["rules"]]
        same = [mutants.unchanged(name, rule) for rule in rules[::STRIDE]]
        left = trials.survivors(promtool, jobs, same, tmp_path)
        assert left == same, [str(mutant) for mutant in same if mutant not in left]
        made = [mutant for rule in rules for mutant in mutants.of(name, rule)][::STRIDE]
        tried += made
        b=_cpu(); x=trials.survivors(promtool, jobs, made, tmp_path)
        survived += x
        print(name, len(made), len(x), _cpu()-b)
    text = _report(tried, survived, _cpu() - before)
    print(text)
    assert 100 * (len(tried) - len(survived)) >= LEAST * len(tried), text


def _own(group):
    """Whether its rules are alerts that somebody wrote for this project: what proves them is up to them."""
    return group["name"].endswith(".custom")


def _report(tried, survived, seconds):
    """The score by kind and in total, and what was not noticed."""
    all_, left = (Counter(mutant.kind for mutant in some) for some in (tried, survived))
    kinds = [f"{kind:16} {_score(all_[kind], left[kind])}" for kind in sorted(all_)]
    total = f"{'in total':16} {_score(len(tried), len(survived))}, {seconds:.0f} s of CPU"
    return "\n".join(["", *kinds, total, "not noticed:", *(f"  {mutant}" for mutant in survived)])


def _score(every, left):
    return f"{100 * (every - left) / every:5.1f} % of {every:4} mutants noticed"


def _cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
