"""The reference pages in docs/ are what the code says."""

import subprocess
import sys

import pytest

from tests.cli.program import ROOT


def test_reference_pages_are_up_to_date():
    """They are generated, and reviewed with the change that changes them; `make docs` writes them."""
    command = [sys.executable, ROOT / "tools" / "docs.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("page", ["service-file.md", "project-file.md"])
def test_every_field_says_what_it_is(page):
    """Editors show the same words beside the field, and a finding gives them as help."""
    rows = (ROOT / "docs" / "reference" / page).read_text().splitlines()
    assert [row for row in rows if row.startswith("| `") and row.split(" | ")[-1].strip(" |") == ""] == []
