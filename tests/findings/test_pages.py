"""The pages that `gitops-obs explain` shows: each is whole, and each can be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_obs import findings
from gitops_obs.errors import Severity
from gitops_obs.findings._page import parse

FOLDER = Path(findings.__file__).parent
WORST = "# OBS101: unknown key\nSeverity: error\n\nText.\n\n## Bad\nx\n\n## Good\ny\n\n## What to do\nz\n"
every_page = pytest.mark.parametrize("code", findings.codes())


def test_every_file_in_the_folder_is_a_page():
    """Nothing lies there that nobody can read."""
    files = {path.name for path in FOLDER.glob("*.md")}
    assert files == {f"{code}.md" for code in findings.codes()}


def test_titles_are_unique():
    """Two codes with one title would be one finding."""
    titles = [findings.page(code).title for code in findings.codes()]
    assert len(set(titles)) == len(titles)


@every_page
def test_a_page_has_all_its_parts(code):
    """Heading, severity, text, examples and advice."""
    page = findings.page(code)
    assert page.code == code
    assert 3 <= len(page.title) <= 60
    assert page.title[0].islower() or page.title.startswith(("PromQL", "YAML"))
    assert not page.title.endswith(".")
    assert isinstance(page.severity, Severity)
    assert page.lead.count(". ") <= 2
    assert page.slug


@every_page
def test_examples_differ(code):
    """What is wrong is shown next to what is right, or on a console where no file can show it."""
    page = findings.page(code)
    bad, good = page.body.split("## Good")
    assert page.bad != page.good or "```console" in good
    assert page.bad or "```console" in bad


@every_page
def test_examples_are_files_of_a_project(code):
    """Relative paths with forward slashes, and every fence closed."""
    page = findings.page(code)
    for path, text in (page.bad | page.good).items():
        assert not path.startswith(("/", ".."))
        assert text.endswith("\n")
        assert "```" not in text
    assert page.body.count("\n```") % 2 == 0


@every_page
def test_lines_fit_a_terminal(code):
    """Prose and examples are at most 120 characters wide."""
    assert max(map(len, (FOLDER / f"{code}.md").read_text("utf-8").splitlines())) <= 120


def test_a_page_is_found_in_small_letters():
    """People type codes as they like."""
    assert findings.page("obs101") == findings.page("OBS101")


@pytest.mark.parametrize(("wrong", "near"), [("OBS1O1", "OBS101"), ("101", "OBS101"), ("OBS120", "OBS121")])
def test_an_unknown_code_names_the_nearest(wrong, near):
    """A slip of the keyboard is answered with what was meant."""
    with pytest.raises(KeyError, match=near):
        findings.page(wrong)


@pytest.mark.parametrize("wrong", ["", "../errors", "__init__", "x" * 1000])
def test_nonsense_is_an_unknown_code(wrong):
    """No name reaches a file that is not a page."""
    with pytest.raises(KeyError, match="no finding"):
        findings.page(wrong)


def test_a_page_is_read_as_written():
    """Title, severity and every file of both examples, in order; a console is no file."""
    text = WORST.replace(
        "x\n",
        "```yaml a/b.yaml\n# one\n## Good\n```\n\n```python c.py\n```\n\n```console\n$ ls\n```\n",
    ).replace("## Good\n```", "#Good\n```")
    page = parse("OBS101", text)
    assert (page.title, page.severity, page.lead) == ("unknown key", Severity.ERROR, "Text.")
    assert page.bad == {"a/b.yaml": "# one\n#Good\n", "c.py": ""}
    assert page.good == {}
    assert page.body.startswith("Text.\n\n## Bad\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(WORST.replace("OBS101", "OBS102"), id="another code"),
        pytest.param(WORST.replace("error", "fatal"), id="unknown severity"),
        pytest.param(WORST.replace("## Good\ny\n\n", ""), id="part missing"),
        pytest.param(WORST.replace("y\n", ""), id="part empty"),
        pytest.param(WORST.replace("Text.", ""), id="no text"),
        pytest.param(WORST.replace("## Bad", "## Worse"), id="part renamed"),
    ],
)
def test_a_page_that_lacks_a_part_is_refused(text):
    """A broken page is noticed when it is written, not when somebody needs it."""
    with pytest.raises(ValueError, match="page OBS101 must"):
        parse("OBS101", text)
