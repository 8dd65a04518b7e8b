"""The examples on the pages of findings are true: the bad one has the finding, the good one has it no more."""

from __future__ import annotations

from datetime import date

import pytest

from gitops_obs import build, findings, lint
from gitops_obs.errors import Diagnostic, GitopsObsError
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace

TODAY = date(2026, 1, 1)  # for snoozes
ONLINE = "it asks a Prometheus: tests/lint/test_online.py"
ON_A_CONSOLE = {
    "OBS001": "root reads every file: tests/core/test_build_failures.py puts a folder in its place",
    "OBS002": "bytes that are no UTF-8 cannot stand on a page: tests/core/bad_input.py",
    "OBS003": "a mebibyte is too long for a page: tests/core/test_hostile_size.py",
    "OBS012": "a link is no text: tests/core/test_links.py",
    **dict.fromkeys(
        ("OBS140", "OBS141", "OBS142", "OBS143", "OBS144", "OBS145", "OBS146"),
        "found by `openslo import` and `export`, not by a build: tests/openslo/",
    ),
    "OBS136": "only amtool finds it, in a configuration merged by hand: tests/routing/test_routing_cases.py",
    "OBS019": "it is about files given by name: tests/lint/test_foreign_files.py",
    **dict.fromkeys((f"OBS{number}" for number in range(340, 346)), ONLINE),
    **dict.fromkeys(
        ("OBS350", "OBS351", "OBS352", "OBS353"), "found by `gitops-obs test`, not by a build: tests/promtool_runs/"
    ),
    "OBS502": "a link is no text: tests/core/test_links.py",
    "OBS503": "a full disk is no text: tests/core/test_build_failures.py",
    "OBS510": "an address is no file: tests/prometheus/test_address.py",
    "OBS511": "needs a server that is down: tests/prometheus/test_client.py",
    "OBS512": "needs a server that refuses: tests/prometheus/test_client.py",
    "OBS513": "needs a server that cannot: tests/prometheus/test_client.py",
    "OBS514": "needs a server that is none: tests/prometheus/test_client.py",
    "OBS515": "needs an answer: tests/prometheus/test_client.py",
    "OBS516": "needs a backtest: tests/prometheus/test_backtest_command.py",
    "OBS517": "needs a backtest: tests/prometheus/test_backtest_command.py",
    "OBS518": "a token is no file: tests/prometheus/test_address.py",
    "OBS519": "needs a slow server: tests/prometheus/test_client.py",
}
"""Pages whose bad example shows no files, each with why and where else the finding is tested."""

every_page = pytest.mark.parametrize("code", [code for code in findings.codes() if code not in ON_A_CONSOLE])


def found(root, files) -> list[Diagnostic]:
    """What checking, building and linting a project say about it."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    said: list[Diagnostic] = []
    for check in (True, False):
        try:
            said += build.run(Workspace(root), Request(check=check, today=TODAY)).diagnostics
        except GitopsObsError as error:
            said += error.diagnostics
    return said + lint.run(Workspace(root), Request(today=TODAY)).diagnostics


def is_built(root) -> bool:
    """Whether there are rules of any service."""
    return any((root / "generated/rules").glob("*/*.yaml"))


@every_page
def test_the_bad_example_has_the_finding(code, tmp_path):
    """With the severity and in the words that the page is about, and with advice."""
    page = findings.page(code)
    said = [finding for finding in found(tmp_path, page.bad) if finding.code == code]
    assert said
    assert {finding.severity for finding in said} == {page.severity}
    assert all(finding.hint for finding in said)
    places = {finding.span.file for finding in said}
    assert places <= {*page.bad, "services"} or all(place.startswith("generated/") for place in places)


@every_page
def test_the_good_example_is_built_without_the_finding(code, tmp_path):
    """And without any error at all, once it was built."""
    said = found(tmp_path, findings.page(code).good)
    assert is_built(tmp_path)
    assert {finding.code for finding in said if finding.severity.word == "error"} <= {"OBS501"}
    assert code == "OBS501" or code not in {finding.code for finding in said}


def test_only_pages_without_files_are_left_out():
    """A page that gets an example gets its test as well."""
    assert {code for code in findings.codes() if not findings.page(code).bad} == ON_A_CONSOLE.keys()
