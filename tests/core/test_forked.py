"""Work in several processes: every result, every exception, and no process left behind."""

from __future__ import annotations

import os
import pickle
import signal
from pathlib import Path

import pytest

from gitops_obs import forked
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span


class Odd(Exception):  # noqa: N818  # as users name theirs
    """An exception that cannot be pickled and read again."""

    def __init__(self, one, two):
        super().__init__(one)
        self.two = lambda: two


def children():
    """Ids of the processes that this one started and did not wait for; other tests of the worker may have servers."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text("ascii").split()}


@pytest.fixture(autouse=True)
def no_child_is_left():
    """Whatever happened, nobody runs on and nobody is a zombie."""
    before = children()
    yield
    assert children() <= before


@pytest.mark.parametrize("jobs", [1, 2, 3, 20])
@pytest.mark.parametrize("count", [0, 1, 2, 65, 300])
def test_every_item_has_its_result(jobs, count):
    """Also with more processes than items, and with more items than one message holds."""
    assert sorted(forked.each(lambda item: item * 2, range(count), jobs)) == [2 * n for n in range(count)]


def test_large_results_arrive_whole():
    """Larger than a pipe holds."""
    found = {len(result) for result in forked.each(bytes, [1 << 20, 3 << 20, 5], 2)}
    assert found == {1 << 20, 3 << 20, 5}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (KeyError("x"), KeyError, "x"),
        (SystemExit(3), SystemExit, "3"),
        (KeyboardInterrupt("^C"), KeyboardInterrupt, "C"),
        (GitopsObsError(Diagnostic("OBS503", "no space", Span("a"))), GitopsObsError, "a: no space"),
        (RecursionError("deep"), RecursionError, "deep"),
    ],
)
def test_an_exception_is_raised_here(jobs, error, kind, text):
    """As it was, wherever it came from."""

    def fail(item):
        if item == 70:
            raise error
        return item

    with pytest.raises(kind, match=text):
        list(forked.each(fail, range(100), jobs))


def test_an_exception_that_cannot_travel_arrives_as_text():
    """With its name."""

    def fail(_):
        raise Odd("what", "why")

    with pytest.raises(RuntimeError, match="Odd: what"):
        list(forked.each(fail, [1, 2], 2))


def test_a_result_that_cannot_travel_is_an_exception():
    """And no child that hangs or runs on."""
    with pytest.raises((pickle.PicklingError, AttributeError, RuntimeError), match="lambda"):
        list(forked.each(lambda _: lambda: None, [1, 2], 2))


@pytest.mark.parametrize("name", ["SIGKILL", "SIGUSR1", "SIGTERM"])
def test_a_child_that_dies_is_an_exception(name):
    """Its items are not passed over in silence."""

    def die(item):
        return os.kill(os.getpid(), getattr(signal, name)) if item == 150 else item

    with pytest.raises(ChildProcessError, match=name):
        list(forked.each(die, range(200), 3))


@pytest.mark.parametrize("code", [0, 1, 7])
def test_a_child_that_leaves_is_an_exception(code):
    """Even where it says that all is well."""

    def leave(item):
        return os._exit(code) if item == 1 else item

    with pytest.raises(ChildProcessError):
        list(forked.each(leave, range(4), 2))


def test_closing_early_stops_the_children():
    """Nobody waits for what nobody wants."""
    results = forked.each(lambda item: item, range(10_000), 4)
    assert next(results) is not None
    results.close()


def test_an_error_keeps_its_findings_and_code_through_a_pickle():
    """What a child found out is told as if found here."""
    error = GitopsObsError(Diagnostic("OBS001", "m", Span("f", 1, 2, 3, 4), Severity.WARNING, "l", "h"), exit_code=3)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert (again.diagnostics, again.exit_code, str(again)) == (error.diagnostics, 3, "f:1:2: m")
