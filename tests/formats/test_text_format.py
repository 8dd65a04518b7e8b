"""Where the caret stands, what is cut, and what is said once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from gitops_obs import checks, findings
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.formats import Report, render

PAGE = """\
error[OBS104]: unknown key `latencyy_p99`
  --> services/checkout.yaml:2:5
   |
 2 |     latencyy_p99: 300ms
   |     ^^^^^^^^^^^^ not a field of `slo`
   |
   = help: did you mean `latency_p99`?
   = docs: gitops-obs explain OBS104
Found 1 error, 0 warnings in 12 services.
"""


def shown(line: str, column: int, end: int, width: int = 100, **fields) -> str:
    """One finding on one line of source, printed."""
    return printed(line, Span("services/a.yaml", 1, column, 1, end), width, **fields)


def printed(text: str, span: Span, width: int = 100, **fields) -> str:
    """One finding in `text`, printed."""
    finding = Diagnostic("OBS101", "unknown key", span, **fields)
    return render("text", Report((finding,), 1, "lint", lambda _file: text, width=width))


def marked(out: str) -> str:
    """The part of the excerpt that stands over the carets, measured in cells."""
    line, carets = (row.split("|", 1)[1] for row in out.splitlines()[3:5])
    start = carets.index("^")
    cells = [character for character in line for _ in range(cell_len(character))]
    return "".join(dict.fromkeys(cells[start : start + carets.count("^")]))


def test_a_finding_looks_as_the_manual_shows_it():
    """The page of the manual that explains findings, character for character."""
    finding = Diagnostic(
        "OBS104",
        "unknown key `latencyy_p99`",
        Span("services/checkout.yaml", 2, 5, 2, 17),
        label="not a field of `slo`",
        hint="did you mean `latency_p99`?",
    )
    text = "slos:\n    latencyy_p99: 300ms\n"
    assert render("text", Report((finding,), 12, "lint", lambda _file: text)) == PAGE


@pytest.mark.parametrize(
    ("line", "word"),
    [
        pytest.param("service: wrng", "wrng", id="plain"),
        pytest.param("\tservice:\twrng", "wrng", id="tabs"),
        pytest.param("a\tb: wrng", "wrng", id="tab within a word"),
        pytest.param("決済: wrng", "wrng", id="wide characters before"),
        pytest.param("name: 決済", "決済", id="wide characters marked"),
        pytest.param("💳: wrng", "wrng", id="emoji before"),
        pytest.param("caf\u0065\u0301: wrng", "wrng", id="combining accent before"),
        pytest.param("a\x1bb: wrng", "wrng", id="escape before"),
        pytest.param("a\u202eb: wrng", "wrng", id="override before"),
    ],
)
def test_carets_stand_under_what_is_marked(line, word):
    """Whatever a character's width, the carets start and end with the marked word."""
    start = line.index(word)
    assert marked(shown(line, start + 1, start + 1 + len(word))) == "".join(dict.fromkeys(word))


def test_a_control_character_is_shown_as_its_escape():
    """A file with an escape sequence cannot paint on the terminal of who builds it."""
    out = shown("a: \x1b[2J\x07\x9b\u202e", 4, 5, hint="\x1b[2J", label="\x1b[2J")
    assert "a: \\x1b[2J\\x07\\x9b\\u202e" in out
    assert "\x1b" not in out
    assert "^^^^ \\x1b[2J" in out


@pytest.mark.parametrize("column", [1, 2, 40, 200, 399, 400, 500])
@pytest.mark.parametrize("filling", ["x", "決", "e\u0301", "\t", "\x1b"], ids=ascii)
def test_a_long_line_is_cut_around_the_carets(column, filling):
    """The excerpt fits the terminal, and its carets stand within it."""
    line = (filling * 400)[:400]
    out = shown(line, column, column + 3, width=60)
    source, carets = out.splitlines()[3:5]
    assert cell_len(source) <= 60
    assert len(carets) <= 60
    assert "…" in source


def test_a_cut_shows_what_is_marked():
    """In the middle of a long line the marked word and its neighbours are what is left."""
    line = "a " * 500 + "wrng" + " b" * 500
    out = shown(line, 1001, 1005, width=60)
    assert marked(out) == "wrng"
    assert "a a wrng b b" in out
    assert out.splitlines()[3].count("…") == 2


def test_a_line_of_a_megabyte_is_cut_at_once():
    """The size of a line shows neither in the output nor in the time it takes."""
    out = shown("x" * 1_000_000, 500_000, 900_000, width=80)
    assert max(map(len, out.splitlines())) <= 80


def test_a_short_line_is_never_cut():
    """A line that fits is shown whole, and its label may stand out."""
    out = shown("service: wrng", 10, 14, label="x" * 200)
    assert " 1 | service: wrng\n" in out
    assert "x" * 200 in out


def test_a_span_over_several_lines_marks_the_first():
    """From the start of the span to the end of its first line, without trailing blanks."""
    out = printed("slos:\n  latency: |  \n    99%\n", Span("services/a.yaml", 2, 3, 3, 8))
    assert "|   latency: |\n   |   ^^^^^^^^^^\n" in out


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\r\nb\r\nwrng\r\n", 3), ("a\rb\rwrng", 3), ("a\u2028b\nwrng", 3), ("\ufeffwrng", 1), ("a\x0bb\x0cc\nwrng", 2)],
    ids=ascii,
)
def test_lines_are_counted_as_yaml_counts_them(text, line):
    """Line ends of every kind, and no others; a byte order mark is no character."""
    assert marked(printed(text, Span("services/a.yaml", line, 1, line, 5))) == "wrng"


@pytest.mark.parametrize("span", [Span("a.yaml", 1, 5, 1, 5), Span("a.yaml", 1, 5), Span("a.yaml", 1, 99, 1, 100)])
def test_a_place_without_extent_gets_one_caret(span):
    """The end of a line or of a file can be pointed at as well."""
    out = printed("abcd", span)
    assert out.splitlines()[4] == "   |     ^"


@pytest.mark.parametrize("span", [Span("a.yaml"), Span("a.yaml", 9, 1, 9, 2)], ids=["whole file", "past the end"])
def test_where_there_is_no_line_there_is_no_excerpt(span):
    """A finding about a file, or about a file that has changed since, is head, place and notes."""
    out = printed("service: a\n", span, hint="do this")
    assert out.splitlines()[1:4] == [f"  --> {span}", "   = help: do this", "   = docs: gitops-obs explain OBS101"]


@pytest.mark.parametrize("code", sorted({*findings.codes(), *(checks.module(name).CODE for name in checks.ids())}))
def test_every_code_that_explain_knows_names_its_page(code):
    """Findings about dashboards need explaining most; their pages are those of the checks."""
    out = render("text", Report((Diagnostic(code, "odd", Span("a.yaml")),), 1, "lint", lambda _file: None))
    assert f"\n   = docs: gitops-obs explain {code}\n" in out


def test_a_code_of_a_plugin_names_no_page():
    """`explain` would answer that it knows no such thing."""
    out = render("text", Report((Diagnostic("OBS999", "odd", Span("a.yaml")),), 1, "lint", lambda _file: None))
    assert "explain" not in out


def test_a_file_that_cannot_be_read_has_no_excerpt():
    """A source of None is no reason to fail."""
    finding = Diagnostic("OBS101", "unknown key", Span("a.yaml", 3, 1, 3, 2))
    out = render("text", Report((finding,), 1, "lint", lambda _file: None))
    assert "  --> a.yaml:3:1\n   = docs" in out


def test_each_file_is_read_once():
    """A thousand findings in one file read it once."""
    reads = []
    findings = tuple(Diagnostic("OBS101", f"key {n}", Span("a.yaml", 1, 1, 1, 2)) for n in range(5))
    render("text", Report(findings, 1, "lint", lambda file: reads.append(file) or "a: b"))
    assert reads == ["a.yaml"]


def test_a_hint_of_several_lines_cannot_pose_as_a_finding_or_a_command():
    """Its further lines keep the mark of a note, so neither a person nor a CI runner takes them for more."""
    out = shown("a: b", 1, 2, hint="first\n::error::owned\nerror[OBS001]: faked")
    assert "   = help: first\n   =       ::error::owned\n   =       error[OBS001]: faked\n" in out


def everywhere(number: int, **fields) -> tuple[Diagnostic, ...]:
    """The same problem in `number` services."""
    return tuple(
        Diagnostic("OBS101", "unknown key `x`", Span(f"services/s{n}.yaml", n, 1, n, 2), **fields)
        for n in range(1, number + 1)
    )


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (2, " (and 1 more: services/s2.yaml:2:1)"),
        (4, " (and 3 more: services/s2.yaml:2:1, services/s3.yaml:3:1, services/s4.yaml:4:1)"),
        (9, " (and 8 more: services/s2.yaml:2:1, services/s3.yaml:3:1, services/s4.yaml:4:1, …)"),
    ],
)
def test_the_same_problem_in_many_services_prints_once(number, more):
    """One block with a count and the first places, and a total that counts them all."""
    out = render("text", Report(everywhere(number), 20, "lint", lambda _file: None))
    assert out.count("error[OBS101]") == 1
    assert f"  --> services/s1.yaml:1:1{more}\n" in out
    assert out.endswith(f"Found {number} errors, 0 warnings in 20 services.\n")


def test_duplicates_are_shown_on_request():
    """Each service's own block, when somebody asks."""
    out = render("text", Report(everywhere(4), 20, "lint", lambda _file: None, show_duplicates=True))
    assert out.count("error[OBS101]") == 4
    assert "more" not in out


def test_equal_findings_in_one_file_stay_apart():
    """Each needs its own edit, so each is shown."""
    findings = tuple(Diagnostic("OBS011", "`no`", Span("a.yaml", n, 1, n, 2)) for n in (1, 2))
    assert render("text", Report(findings, 1, "lint", lambda _file: None)).count("error[OBS011]") == 2


@pytest.mark.parametrize("other", [{"severity": Severity.WARNING}, {"hint": "b"}, {"label": "b"}], ids=str)
def test_problems_that_differ_in_anything_stay_apart(other):
    """Only what would print the same is printed once."""
    findings = (everywhere(1)[0], everywhere(2, **other)[1])
    out = render("text", Report(findings, 2, "lint", lambda _file: None))
    assert "more" not in out


@pytest.mark.parametrize(
    ("severities", "checked", "line"),
    [
        ([], 1, "No problems found in 1 service."),
        ([], 12, "No problems found in 12 services."),
        ([Severity.ERROR], 12, "Found 1 error, 0 warnings in 12 services."),
        ([Severity.WARNING] * 2, 1, "Found 0 errors, 2 warnings in 1 service."),
        ([Severity.INFO], 12, "Found 0 errors, 0 warnings, 1 note in 12 services."),
    ],
)
def test_the_last_line_counts(severities, checked, line):
    """Singular and plural, and notes only where there are some."""
    findings = tuple(Diagnostic("OBS101", str(n), Span("a.yaml"), severity=s) for n, s in enumerate(severities))
    assert render("text", Report(findings, checked, "lint", lambda _file: None)).splitlines()[-1] == line


def test_colour_changes_no_character(report):
    """With the escape sequences taken out again, the coloured text is the plain text."""
    coloured = render("text", replace(report, color=True))
    assert coloured.startswith("\x1b[1;31merror[")
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render("text", report)
