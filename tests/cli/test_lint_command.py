"""`gitops-obs lint`."""

from gitops_obs.request import Request
from tests.cli.program import INFO, run


def test_a_clean_project_is_said_to_be_clean(project, outcome):
    """With the number of services, so that an empty pattern is noticed."""
    outcome(checked=3)
    done = run("lint")
    assert (done.code, done.out, done.err) == (0, "No problems found in 3 services.\n", "")


def test_notes_are_printed_and_fail_nothing(project, outcome):
    """What a preset cannot answer is worth knowing once."""
    outcome(INFO)
    done = run("lint")
    assert (done.code, "info[OBS112]" in done.out) == (0, True)


def test_every_option_reaches_the_request(project, outcome):
    """An option that is read and forgotten lies."""
    asked = outcome()
    run("lint", "services/checkout.yaml", "--owner", "payments", "--changed-since", "main")
    assert asked == [Request(names=("services/checkout.yaml",), owner="payments", changed_since="main")]


def test_a_real_lint_finds_and_writes_nothing(project):
    """It is what a pull request from anywhere runs."""
    file = project / "services" / "checkout.yaml"
    file.write_text(file.read_text().replace("slos:", "slo:"))
    done = run("lint", "--output-format", "concise")
    assert done.code == 1
    assert done.out.startswith("services/checkout.yaml:6:1: OBS101 unknown key `slo`\n")
    assert sorted(path.name for path in project.iterdir()) == ["services"]
