"""Comments that silence findings: where they count, for how long, and what they cannot do."""

from __future__ import annotations

from datetime import date

import pytest

from gitops_obs import build, foreign, lint, suppressions
from gitops_obs.checks.rules._reading import Settings
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace
from tests.cli.program import run
from tests.core.projects import codes, write

TODAY = date(2026, 6, 1)
FILE = """groups:
  - name: a
    rules:
      - alert: A
        expr: up

      # a remark
      - alert: B
        labels:
          x: y
  - name: b
list:
- one
- two
last: |
  # gitops-obs: disable OBS332 — this is text
"""


def warning(line, code="OBS332", severity=Severity.WARNING):
    """A finding in a line."""
    return Diagnostic(code, "m", Span("f", line, 1), severity)


def silenced(text, code="OBS332"):
    """Lines of `text` in which a finding with `code` is silenced."""
    lines = range(1, text.count("\n") + 1)
    said = suppressions.applied("f", text, [warning(line, code) for line in lines], TODAY)
    kept = {finding.span.line for finding in said if finding.code == code}
    assert {finding.code for finding in said} <= {code}
    return [line for line in lines if line not in kept]


def above(line, comment="# gitops-obs: disable OBS332 — why"):
    """FILE with a comment above a line, indented as it is."""
    lines = FILE.split("\n")
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    return "\n".join([*lines[: line - 1], " " * indent + comment, *lines[line - 1 :]])


@pytest.mark.parametrize(
    ("line", "covers"),
    [
        (2, range(3, 12)), (4, range(5, 7)), (5, range(6, 7)), (8, range(9, 12)), (9, range(10, 12)),
        (11, range(12, 13)),
        (12, range(13, 16)), (13, range(14, 15)), (14, range(15, 16)), (3, range(4, 12)), (7, range(9, 12)),
    ],
)  # fmt: skip
def test_a_comment_alone_counts_for_what_begins_below_it(line, covers):
    """With all that is nested in it, remarks in between, and no more."""
    found = silenced(above(line))
    assert [n for n in found if n in covers] == [n for n in found if n != line]
    assert covers[0] in found
    assert covers[-1] in found or line in (4, 5)


def test_a_comment_behind_something_counts_for_its_line():
    """And no other."""
    assert silenced(FILE.replace("expr: up", "expr: up # gitops-obs: disable OBS332 — why")) == [5]


@pytest.mark.parametrize("before", ["", "# remark\n\n", "---\n"])
def test_a_comment_above_everything_counts_for_the_file(before):
    """Whatever the findings are about."""
    text = f"{before}# gitops-obs: disable OBS332 — why\n{FILE}"
    said = suppressions.applied("f", text, [warning(0), warning(15), Diagnostic("OBS332", "m", Span("other"))])
    assert [finding.span.file for finding in said] == ["other"]


@pytest.mark.parametrize("dash", ["—", "–", "--", ":", " :  "])  # noqa: RUF001  # people type what they have
@pytest.mark.parametrize("listed", ["OBS332", "OBS101, OBS332", "OBS332 OBS101", "OBS332,OBS101"])
def test_codes_and_dashes_are_written_as_people_write_them(listed, dash):
    """With commas or blanks."""
    assert silenced(FILE.replace("expr: up", f"expr: up  #gitops-obs:disable {listed} {dash} why")) == [5]


def test_text_that_looks_like_a_comment_is_text():
    """In quotes and in blocks."""
    assert silenced(FILE) == []
    quoted = FILE.replace("expr: up", "expr: 'up # gitops-obs: disable OBS332 — why'")
    assert silenced(quoted) == []


@pytest.mark.parametrize(
    ("day", "codes_", "message"),
    [
        ("2026-06-02", [], ""),
        ("2026-06-01", ["OBS017", "OBS332"], "the snooze of OBS332 ended on 2026-06-01"),
        ("2020-01-01", ["OBS017", "OBS332"], "ended on 2020-01-01"),
        ("2026-13-01", ["OBS014", "OBS332"], "`2026-13-01` is not a day"),
        ("tomorrow", ["OBS014", "OBS332"], "`tomorrow` is not a day"),
    ],
)
def test_a_snooze_runs_out(day, codes_, message):
    """On its day, in UTC."""
    text = FILE.replace("expr: up", f"expr: up # gitops-obs: snooze {day} OBS332 — why")
    said = suppressions.applied("f", text, [warning(5)], TODAY)
    assert sorted(codes(said)) == codes_
    assert not message or message in said[0].message


def test_without_a_day_no_snooze_runs_out():
    """Whoever calls without a clock wants no clock."""
    text = FILE.replace("expr: up", "expr: up # gitops-obs: snooze 2020-01-01 OBS332 — why")
    assert suppressions.applied("f", text, [warning(5)]) == []


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ("disable OBS332", "OBS015"), ("disable OBS332 —", "OBS015"), ("disable — why", "OBS014"), ("", "OBS014"),
        ("disable OBS999 — why", "OBS014"), ("ignore OBS332 — why", "OBS014"), ("snooze OBS332 — why", "OBS014"),
        ("disable rule_name — why", "OBS014"), ("disable OBS332 because", "OBS014"),
    ],
)  # fmt: skip
def test_a_comment_that_is_not_understood_silences_nothing(order, code):
    """And says so, with the form to use."""
    said = suppressions.applied("f", FILE.replace("expr: up", f"expr: up # gitops-obs: {order}"), [warning(5)], TODAY)
    assert codes(said) == [code, "OBS332"]
    assert (said[0].span.line, said[0].severity) == (5, Severity.WARNING)
    assert said[0].hint


def test_what_silences_nothing_is_said_where_it_was_looked_for():
    """Code by code; not what nobody looked for."""
    text = FILE.replace("expr: up", "expr: up # gitops-obs: disable OBS332, OBS334, OBS340 — why")
    said = suppressions.applied("f", text, [warning(5)], TODAY, foreign.looked_for(None))
    assert [(d.code, d.message) for d in said] == [("OBS016", "nothing here has the finding OBS334")]
    assert suppressions.applied("f", text, [warning(5)], TODAY) == []


@pytest.mark.parametrize(
    ("code", "severity", "stays"),
    [
        ("OBS101", Severity.ERROR, True), ("OBS203", Severity.ERROR, True), ("OBS313", Severity.ERROR, True),
        ("OBS313", Severity.WARNING, False), ("OBS119", Severity.WARNING, False), ("OBS112", Severity.INFO, False),
        ("OBS417", Severity.ERROR, False), ("OBS401", Severity.ERROR, True),
    ],
)  # fmt: skip
def test_what_stops_a_build_cannot_be_silenced(code, severity, stays):
    """Dashboards that offend against taste can."""
    text = FILE.replace("expr: up", f"expr: up # gitops-obs: disable {code} — why")
    said = suppressions.applied("f", text, [warning(5, code, severity)], TODAY)
    assert codes(said) == ([code, "OBS018"] if stays else [])


# in a project ------------------------------------------------------------------------------------------------------

HEAD = """service: checkout
owner: payments
telemetry: {preset: haproxy, select: {proxy: checkout}}
"""
SERVICE = f"{HEAD}links:\n  runbook: docs/nowhere.md\n"
COMMENT = "# gitops-obs: disable OBS119 — comes with the next release"
SNOOZE = COMMENT.replace("disable", "snooze 2026-06-01")


def built(root, today=TODAY):
    """Findings of a build."""
    return codes(build.run(Workspace(root), Request(jobs=1, today=today)))


def test_a_build_and_a_lint_are_silenced_alike(tmp_path):
    """By the same comment; what only `lint` finds is left to it."""
    write(tmp_path, {"services/checkout.yaml": SERVICE})
    assert built(tmp_path) == ["OBS119"]
    write(tmp_path, {"services/checkout.yaml": f"# gitops-obs: disable OBS112, OBS119 — why\n{SERVICE}"})
    assert built(tmp_path) == []
    assert codes(lint.run(Workspace(tmp_path), Request(today=TODAY))) == []


def test_lint_tells_of_comments_that_silence_nothing_and_a_build_does_not(tmp_path):
    """A build looks for fewer kinds of findings, so it cannot know."""
    write(tmp_path, {"services/checkout.yaml": f"# gitops-obs: disable OBS119, OBS112 — why\n{HEAD}"})
    assert built(tmp_path) == []
    assert codes(lint.run(Workspace(tmp_path), Request(today=TODAY))) == ["OBS016"]


def test_a_snooze_runs_out_without_any_file_changing(tmp_path):
    """Nothing about such a file is remembered from one build to the next."""
    write(tmp_path, {"services/checkout.yaml": SERVICE.replace("nowhere.md", f"nowhere.md {SNOOZE}")})
    assert built(tmp_path, date(2026, 5, 31)) == []
    assert built(tmp_path, date(2026, 5, 31)) == []
    assert sorted(built(tmp_path)) == ["OBS017", "OBS119"]


def test_an_error_stays_and_nothing_is_written(tmp_path):
    """A comment lets nothing wrong through."""
    write(tmp_path, {"services/checkout.yaml": f"# gitops-obs: disable OBS101 — why\n{SERVICE}tear: 1\n"})
    assert sorted(built(tmp_path)) == ["OBS018", "OBS101", "OBS119"]
    assert not (tmp_path / "generated").exists()


def test_findings_about_rules_and_dashboards_are_silenced_at_the_service(tmp_path):
    """They stand at its name, or at the alert that it sets."""
    page = "panel: own\ntitle: Own\ndescription: d\nunit: nonsense\nqueries: [{expr: 'sum(up{${select}})'}]\n"
    text = HEAD.replace("haproxy", "prometheus_http").replace("proxy:", "job:") + "alerts:\n  error_ratio: {for: 2h}\n"
    write(tmp_path, {"panels/own.yaml": page, "services/checkout.yaml": f"{text}panels: [own]\n"})
    said = lint.run(Workspace(tmp_path), Request(today=TODAY)).diagnostics
    places = {d.code: str(d.span) for d in said if d.severity > Severity.INFO}
    assert places == {"OBS417": "services/checkout.yaml:1:10", "OBS334": "services/checkout.yaml:5:3"}
    text = text.replace("checkout\n", "checkout # gitops-obs: disable OBS417 — an odd unit\n", 1)
    text = text.replace("2h}", "2h} # gitops-obs: disable OBS334 — a slow one")
    write(tmp_path, {"services/checkout.yaml": f"{text}panels: [own]\n"})
    assert set(codes(lint.run(Workspace(tmp_path), Request(today=TODAY)))) == {"OBS112"}


def test_rule_files_of_others_are_silenced_as_well(tmp_path):
    """A rule at a time."""
    rule = "      - alert: a_b\n        expr: 'up{job=\"a\"} == 0'\n"
    head, quiet = "groups:\n  - name: a\n    rules:\n", "      # gitops-obs: disable OBS310, OBS335, OBS336 — old\n"
    write(tmp_path, {"a.yaml": f"{head}{quiet}{rule}{rule.replace('a_b', 'c_d')}"})
    said = foreign.run([("a.yaml", tmp_path / "a.yaml")], Settings(), TODAY).diagnostics
    assert {(d.code, d.span.line // 7) for d in said} == {(code, 1) for code in ("OBS310", "OBS335", "OBS336")}


def test_the_commands_know_what_day_it_is(tmp_path, monkeypatch):
    """The clock is read at the edge, and nowhere else."""
    write(tmp_path, {"services/checkout.yaml": SERVICE.replace("nowhere.md", f"nowhere.md {SNOOZE}")})
    monkeypatch.chdir(tmp_path)
    days = {"2026-05-31": False, "2026-06-01": True}
    for day, ended in days.items():
        monkeypatch.setattr("gitops_obs.cli._options.Options.today", date.fromisoformat(day))
        for command in ("lint", "build"):
            done = run(command, "--output-format", "concise")
            assert ("OBS017" in done.out + done.err, "OBS119" in done.out + done.err) == (ended, ended)
