"""When output is coloured."""

import pytest

from gitops_obs.cli import _color
from tests.cli.program import ERROR, run

TABLE = [
    # choice, variables, terminal → coloured
    ("auto", {}, True, True),
    ("auto", {}, False, False),
    ("auto", {"TERM": "dumb"}, True, False),
    ("auto", {"NO_COLOR": "1"}, True, False),
    ("auto", {"NO_COLOR": ""}, True, True),
    ("auto", {"FORCE_COLOR": "1"}, False, True),
    ("auto", {"FORCE_COLOR": ""}, False, False),
    ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
    ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ("always", {"NO_COLOR": "1"}, False, True),
    ("never", {"FORCE_COLOR": "1"}, True, False),
]


@pytest.mark.parametrize(("choice", "variables", "terminal", "colored"), TABLE)
def test_option_variables_and_terminal_decide_in_that_order(choice, variables, terminal, colored):
    """Users set NO_COLOR once for all programs, and `--color` for one."""
    assert _color.wanted(choice, variables, terminal=terminal) is colored


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_findings_are_coloured_as_asked(project, outcome, monkeypatch, *, arguments, variables, colored, before):
    """The option works before the command's name and behind it."""
    outcome(ERROR)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = run(*arguments, "lint") if before else run("lint", *arguments)
    assert ("\x1b[" in done.out) is colored


def test_machine_formats_are_never_coloured(project, outcome):
    """Escapes in JSON would be part of the data."""
    outcome(ERROR)
    assert "\x1b" not in run("lint", "--json", "--color", "always").out


def test_a_file_is_not_coloured_because_the_terminal_would_be(project, outcome, monkeypatch):
    """What is written with --output-file is read elsewhere."""
    outcome(ERROR)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    run("lint", "--output-file", "findings.txt")
    assert "\x1b" not in (project / "findings.txt").read_text()
