"""What holds for every format, whichever there are."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from gitops_obs import findings, formats
from gitops_obs.errors import Severity

EXTENSIONS = {"json": ".json", "sarif": ".sarif.json", "junit": ".xml", "markdown": ".md"}
every_format = pytest.mark.parametrize("name", formats.names())


def test_the_folder_is_the_list_of_formats():
    """Each module without an underscore is a format, and nothing else is."""
    assert formats.names() == ["concise", "github", "json", "junit", "markdown", "sarif", "text"]


def test_no_format_is_imported_before_it_is_used():
    """Asking for the names costs no import of any of them."""
    code = (
        "import sys; from gitops_obs import formats;"
        "print([name for name in formats.names() if f'gitops_obs.formats.{name}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(("wrong", "near"), [("sarff", "sarif"), ("mark-down", "markdown"), ("xyz", "concise")])
def test_an_unknown_format_names_the_nearest(report, wrong, near):
    """A slip of the keyboard is answered with the name that was meant, nonsense with all names."""
    with pytest.raises(KeyError, match=near):
        formats.render(wrong, report)


@pytest.mark.parametrize("wrong", ["_report", "../errors", ""])
def test_only_formats_can_be_rendered(report, wrong):
    """No name reaches a module that is not a format."""
    with pytest.raises(KeyError):
        formats.render(wrong, report)


@pytest.fixture
def one_page(monkeypatch):
    """The same short page for every code that has one, so that a recorded file does not follow their wording."""
    page = findings.Page("OBS101", "a title", Severity.ERROR, "Why.\n\n## Bad\na\n\n## Good\nb\n", {}, {})
    known = frozenset(findings.codes())
    monkeypatch.setattr(findings, "page", lambda code: page if code in known else {}[code])


@every_format
@pytest.mark.usefixtures("one_page")
def test_a_full_report_prints_as_recorded(report, name, file_regression):
    """Every format, over one report that holds something of everything."""
    file_regression.check(formats.render(name, report), extension=EXTENSIONS.get(name, ".txt"), encoding="utf-8")


@every_format
def test_a_clean_report_prints_as_recorded(clean, name, file_regression):
    """Every format, when there is nothing to report."""
    file_regression.check(formats.render(name, clean), extension=EXTENSIONS.get(name, ".txt"), encoding="utf-8")


@every_format
def test_the_order_of_findings_does_not_show(report, name):
    """Findings and changes come from many places at once, and two runs print the same."""
    shuffled = replace(report, diagnostics=report.diagnostics[::-1], changes=report.changes[::-1])
    assert formats.render(name, shuffled) == formats.render(name, report)


@every_format
def test_no_control_character_comes_through(hostile_report, name):
    """Whatever a file holds, the terminal or the log gets line ends and visible characters."""
    out = formats.render(name, hostile_report)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", _without_xml_text(out, name)
    )


@every_format
def test_output_ends_with_one_line_end(hostile_report, name):
    """The command writes what it gets, and a prompt starts on a line of its own."""
    out = formats.render(name, hostile_report)
    assert out.endswith("\n")
    assert not out.endswith("\n\n")


def _without_xml_text(out: str, name: str) -> str:
    # XML is read by programs: its text keeps tabs, carriage returns and format characters
    return re.sub("[\t\r\u2028\u2029\u202a-\u202e\u2066-\u2069]", "", out) if name == "junit" else out
