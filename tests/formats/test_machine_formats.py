"""JSON, SARIF, JUnit and GitHub's commands, read back as their consumers read them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from gitops_obs import findings, schema
from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.formats import Report, render

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it: kind, properties, message."""
    kind, properties, message = COMMAND.fullmatch(line).groups()
    pairs = dict(pair.split("=", 1) for pair in properties.split(","))
    return kind, {name: unescaped(value) for name, value in pairs.items()}, unescaped(message)


def unescaped(text: str) -> str:
    """The runner's own order: the per cent sign comes last."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def visible(text: str) -> str:
    """A text whose control characters, except line ends, are shown as escapes."""
    return "".join(c if c in "\r\n\u200d" or c.isprintable() or c in "\ufffe\uffff" else escape(c) for c in text)


def escape(character: str) -> str:
    """The escape that a terminal shows for `character`."""
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


def test_json_holds_to_its_published_schema(report, clean, hostile_report):
    """Whatever the report, programs get what the schema promises."""
    validator = jsonschema.Draft202012Validator(schema.load("diagnostics"))
    for given in (report, clean, hostile_report):
        validator.validate(json.loads(render("json", given)))


def test_the_json_schema_describes_every_field(report):
    """A field that is added must be described before it is published."""
    document = json.loads(render("json", report))
    described = schema.load("diagnostics")
    assert set(document) == set(described["properties"]) == set(described["required"])
    for name, found in (("diagnostic", document["diagnostics"][1]), ("change", document["changes"][0])):
        assert set(found) == set(described["$defs"][name]["properties"])
    assert set(document["summary"]) == set(described["properties"]["summary"]["properties"])


def test_json_keeps_every_text(hostile_report, hostile):
    """Nothing is lost or changed on the way to a program, and the bytes are ASCII."""
    out = render("json", hostile_report)
    assert out.isascii()
    document = json.loads(out)
    found = document["diagnostics"][-1]
    assert (found["message"], found["label"], found["hint"]) == (hostile, hostile, hostile)
    assert document["changes"][0]["path"] == found["file"] == f"services/{hostile or 'x'}.yaml"


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span("a"), None),
        (Span("a", 2, 3), {"line": 2, "column": 3, "end_line": 2, "end_column": 3}),
        (Span("a", 2, 3, 4, 1), {"line": 2, "column": 3, "end_line": 4, "end_column": 1}),
    ],
    ids=["file", "point", "range"],
)
def test_json_says_places_in_full(span, expected):
    """A program need not guess an end, and can tell a file from its first line."""
    document = json.loads(render("json", Report((Diagnostic("OBS101", "m", span),), 1, "lint", lambda _file: None)))
    assert document["diagnostics"][0]["range"] == expected


def test_a_github_line_reads_back_as_its_finding(hostile_report, hostile):
    """One line for each finding, and the runner sees the message, the place and nothing else."""
    *commands, last = render("github", hostile_report).split("\n")[:-1]
    assert last == "Found 2 errors, 0 warnings in 1 service."
    assert len(commands) == 2
    kind, properties, message = parsed(commands[1])
    name = visible(f"services/{hostile or 'x'}.yaml")
    assert kind == "error"
    assert properties == {
        "title": "gitops-obs (OBS101)",
        "file": name,
        "line": "1",
        "col": "1",
        "endLine": "1",
        "endColumn": "4",
    }
    notes = f"\nnote: {visible(hostile)}\nhelp: {visible(hostile)}" if hostile else ""
    assert message == f"{name}:1:1: OBS101 {visible(hostile)}{notes}"


@pytest.mark.parametrize(
    ("severity", "kind"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")]
)
def test_github_knows_three_severities(severity, kind):
    """What we call info, GitHub calls a notice."""
    finding = Diagnostic("OBS112", "m", Span("a.yaml"), severity=severity)
    line = render("github", Report((finding,), 1, "lint", lambda _file: None)).splitlines()[0]
    assert line == f"::{kind} title=gitops-obs (OBS112),file=a.yaml::a.yaml: OBS112 m"


def test_github_gets_an_end_only_on_the_same_line():
    """An annotation that ends on another line, such as the one after the last, would not be shown."""
    finding = Diagnostic("OBS101", "m", Span("a.yaml", 2, 3, 3, 1))
    line = render("github", Report((finding,), 1, "lint", lambda _file: None)).splitlines()[0]
    assert "file=a.yaml,line=2,col=3::" in line


def check_sarif(document: dict) -> None:
    """What SARIF 2.1.0 and GitHub's upload ask for, as far as we use it."""
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert isinstance(result["message"]["text"], str)
        place = result["locations"][0]["physicalLocation"]
        uri = urlsplit(place["artifactLocation"]["uri"])
        assert (uri.scheme, uri.netloc, uri.query, uri.fragment) == ("", "", "", "")
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri.path)
        assert all(number >= 1 for number in place["region"].values())


def test_sarif_has_the_shape_that_code_scanning_reads(report, clean, hostile_report):
    """Rules, levels, relative and encoded addresses, regions from 1."""
    for given in (report, clean, hostile_report):
        check_sarif(json.loads(render("sarif", given)))


def test_sarif_addresses_decode_to_file_names(hostile_report, hostile):
    """Blanks, colons and every other character are percent-encoded, and only encoded."""
    results = json.loads(render("sarif", hostile_report))["runs"][0]["results"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == f"services/{hostile or 'x'}.yaml"


def test_sarif_messages_hold_no_link(hostile_report, hostile):
    """A plain SARIF message may hold links, so that their syntax is parted; the text is otherwise the finding's."""
    results = json.loads(render("sarif", hostile_report))["runs"][0]["results"]
    text = results[-1]["message"]["text"]
    assert "](" not in text
    assert text.split("\nnote: ")[0] == hostile.replace("](", "] (")


def test_sarif_rules_carry_their_pages(report):
    """Title, first paragraph and full page, and the level of the page rather than of one finding."""
    rules = {rule["id"]: rule for rule in json.loads(render("sarif", report))["runs"][0]["tool"]["driver"]["rules"]}
    page = findings.page("OBS101")
    assert rules["OBS101"]["shortDescription"]["text"] == page.title
    assert rules["OBS101"]["fullDescription"]["text"] == page.lead
    assert rules["OBS101"]["help"]["markdown"] == page.body
    assert rules["OBS101"]["name"] == "UnknownKey"
    assert rules["OBS112"]["defaultConfiguration"] == {"level": "note"}


def test_sarif_takes_codes_without_a_page(report):
    """A plug-in's finding is reported like any other."""
    rules = {rule["id"]: rule for rule in json.loads(render("sarif", report))["runs"][0]["tool"]["driver"]["rules"]}
    assert rules["OBS999"] == {"id": "OBS999", "defaultConfiguration": {"level": "warning"}}


def test_sarif_regions_are_those_of_the_spans():
    """Columns from 1 and an end that is exclusive, on both sides."""
    spans = [Span("a", 2, 3, 2, 9), Span("b", 2, 3, 4, 1), Span("c", 2, 3), Span("d")]
    found = tuple(Diagnostic("OBS101", "m", span) for span in spans)
    results = json.loads(render("sarif", Report(found, 1, "lint", lambda _file: None)))["runs"][0]["results"]
    assert [result["locations"][0]["physicalLocation"]["region"] for result in results] == [
        {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 9},
        {"startLine": 2, "startColumn": 3, "endLine": 4, "endColumn": 1},
        {"startLine": 2, "startColumn": 3},
        {"startLine": 1},
    ]


def junit(report: Report) -> ET.Element:
    """The report as a JUnit reader gets it, from bytes."""
    return ET.fromstring(render("junit", report).encode())


def test_junit_parses_and_keeps_what_xml_can_hold(hostile_report, hostile):
    """Characters that XML has no way to write are gone, all others are there."""
    *_, case = junit(hostile_report).iter("testcase")
    legal = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", "", hostile)
    assert case.find("failure").get("message") == legal
    assert case.get("file") == f"services/{legal or 'x'}.yaml"
    assert case.get("line") == "1"


def test_junit_counts_what_it_holds(report):
    """Errors fail, warnings and notes are skipped, and the numbers on the suite agree."""
    root = junit(report)
    (suite,) = root
    cases = list(root.iter("testcase"))
    assert int(suite.get("tests")) == int(root.get("tests")) == len(cases) == 12
    assert int(suite.get("failures")) == len(list(root.iter("failure"))) == 9
    assert int(suite.get("skipped")) == len(list(root.iter("skipped"))) == 3


def test_junit_of_a_clean_run_has_one_passed_case(clean):
    """Some CI systems fail a job whose report holds no test."""
    (case,) = junit(clean).iter("testcase")
    assert case.get("name") == "No problems found in 12 services."
    assert list(case) == []


def test_concise_lines_are_one_for_each_finding(hostile_report, hostile):
    """No text from a file can start a line of its own."""
    lines = render("concise", replace(hostile_report, changes=())).split("\n")
    assert len(lines) == 4
    assert lines[1].startswith("services/")
    assert ":1:1: OBS101 " in lines[1]


def test_concise_says_what_is_no_error():
    """Lines of errors need no word, since most are."""
    finding = Diagnostic("OBS013", "m", Span("a.yml"), severity=Severity.WARNING)
    assert render("concise", Report((finding,), 1, "lint", lambda _file: None)).startswith(
        "a.yml: OBS013 m (warning)\n"
    )
