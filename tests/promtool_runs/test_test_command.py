"""`gitops-obs test`: proofs and a team's own tests, run by a real promtool, and what is said when one fails."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gitops_obs import proven
from gitops_obs.promtool import program, run, suite
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace
from tests.cli.program import run as command
from tests.core.projects import run as build
from tests.core.projects import write

pytestmark = pytest.mark.real

HERE = Path(__file__).parents[2]
RULES, SERVICE = "generated/rules/payments/checkout.yaml", "services/checkout.yaml"


def line_of(root, text):
    """Where `text` stands in the service file, from 1 on."""
    return next(n for n, line in enumerate((root / SERVICE).read_text().splitlines(), start=1) if text in line)


def tamper(root, old, new):
    """Change a generated rule by hand, as nobody should."""
    file = root / RULES
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def findings(root, **asked):
    """Code and place of every finding."""
    report = proven.run(Workspace(root), Request(**asked), program.find())
    return [(found.code, f"{found.span.file}:{found.span.line}") for found in report.result.diagnostics]


def test_what_a_build_wrote_holds(built):
    """Exit code 0, how many tests ran, and by name what this promtool is too old for."""
    done = command("-C", str(built), "test")
    assert done.code == 0, done.out + done.err
    assert "tests of 2 services hold (promtool" in done.err
    skipped = "Skipped generated/tests/storefront/search.native.test.yaml: promtool"
    assert (skipped in done.err) != program.find().reads_native


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("> 0.0144", "> 0.5", "  availability"),
        ("ratio_rate1h{", "ratio_rate6h{", "  availability"),
        ("< 0.3\n", "< 0.2\n", "  traffic_drift"),
        ("absent(", "count(", "service: checkout"),
    ],
)
def test_a_rule_that_is_not_what_was_proven_is_found(old, new, place, built):
    """At the line of the service file that has to do with it."""
    tamper(built, old, new)
    found = findings(built, names=("checkout",))
    assert ("OBS352", f"{SERVICE}:{line_of(built, place)}") in found
    done = command("-C", str(built), "test", "checkout")
    assert done.code == 1
    assert "promtool test rules generated/tests/payments/checkout" in done.out


def test_a_team_s_own_test_that_does_not_hold_is_found(built):
    """At its own line; what else it says holds."""
    write(built, {SERVICE: (built / SERVICE).read_text().replace("fires: 1,", "fires: 2,")})
    assert not build(built).failed
    assert findings(built, names=("checkout",)) == [("OBS353", f"{SERVICE}:{line_of(built, 'orders wait')}")]
    done = command("-C", str(built), "test", "checkout")
    assert '`orders wait` does not hold at 25m: count(ALERTS{alertname="OrdersStuck"' in done.out


def test_without_generated_files_there_is_nothing_to_run(built):
    """And the finding says what makes them."""
    shutil.rmtree(built / "generated")
    assert {code for code, _ in findings(built)} == {"OBS351"}
    done = command("-C", str(built), "test")
    assert (done.code, "gitops-obs build" in done.out) == (1, True)


def test_without_promtool_it_says_what_to_install(built, monkeypatch):
    """A configuration error, before anything is read."""
    monkeypatch.setenv(program.VARIABLE, "/nowhere/promtool")
    done = command("-C", str(built), "test")
    assert done.code == 2
    assert "error[OBS350]: `/nowhere/promtool` is no program" in done.err + done.out
    assert "apt-get install prometheus" in done.err + done.out


@pytest.mark.parametrize("name", ["catalogue", "shop-ingress", "stock-consumer"])
def test_with_all_rules_the_same_holds(name):
    """Each test gets only the rules that it needs; with all of them, and by promtool alone, nothing is different."""
    promtool = program.find()
    owner = Workspace(HERE).read(f"{name}.yaml", (HERE / f"services/{name}.yaml").read_bytes()).service.owner
    for whole in (False, True):
        jobs = [job for job in suite.jobs(HERE, owner, name, whole=whole) if not job.native]
        assert len(jobs) > 5
        assert [failures for _, failures in run.run(promtool, jobs) if failures] == []
    narrow = sum(len(group["rules"]) for job in suite.jobs(HERE, owner, name) for group in job.rules["groups"])
    assert narrow < sum(len(group["rules"]) for job in jobs for group in job.rules["groups"])
    files = [str(HERE / file) for file in suite.files(HERE, owner, name)]
    done = subprocess.run(["promtool", "test", "rules", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_files_that_promtool_cannot_read_are_findings(built):
    """A merge conflict in a generated file is no crash."""
    (built / RULES).write_text("<<<<<<< HEAD\n")
    assert ("OBS351", f"{RULES}:0") in findings(built)
