"""Help pages: short, whole, and true."""

import re
import shlex

import click
import pytest

from gitops_obs.cli import _group
from gitops_obs.cli._options import Options
from tests.cli.program import run

COMMANDS = _group.group.list_commands(None)


def examples(name):
    """Return the command lines in a command's help, without their comments."""
    text = run(name, "--help").out.partition("Examples:\n")[2].partition("\n\n")[0]
    joined = re.sub(r"\\\n\s*", "", text)
    return [shlex.split(line, comments=True) for line in joined.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_a_help_page_prints_as_recorded(name, file_regression):
    """It is the first thing users see, so a change of it is seen in review."""
    done = run(*filter(None, [name, "--help"]))
    assert (done.code, done.err) == (0, "")
    file_regression.check(done.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_page_fits_80_columns(name):
    """Narrow terminals are common, and wrapped examples cannot be copied."""
    assert max(map(len, run(name, "--help").out.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_page_begins_with_one_sentence_and_has_three_to_five_examples(name):
    """People read the first line and the examples."""
    assert re.fullmatch(r"[A-Z][a-z]+ .{8,90}\.", _group.summary(name))
    assert 3 <= len(examples(name)) <= 5


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_line_that_parses(name, tmp_path, monkeypatch):
    """An example that does not run is worse than none."""
    (tmp_path / "here").mkdir()
    for other in ("platform", "shop"):
        (tmp_path / other).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for program, *words in examples(name):
        end = next((n for n, word in enumerate(words) if word in (">", ">>", "|")), len(words))
        assert program == "gitops-obs"
        with _group.group.make_context("gitops-obs", words[:end], obj=Options()) as context:
            found, command, rest = _group.group.resolve_command(context, [*context._protected_args, *context.args])
            assert found == name
            command.make_context(found, rest, parent=context)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name):
    """An option without a text is one that only its author uses."""
    command = _group.group.get_command(None, name)
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_shows_the_first_line_of_each_page(name):
    """Both are the same sentence, read in two ways."""
    shown = " ".join(run("--help").out.split())
    assert _group.summary(name) in shown
    assert _group.summary(name) in " ".join(run(name, "--help").out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes_one_line_of_the_list(name):
    """A list is read with one glance."""
    assert f"  {name.ljust(max(map(len, COMMANDS)))}  {_group.summary(name)}\n" in run("--help").out
