"""The reference pages in docs/ are what the code says."""

import subprocess
import sys

from tests.cli.program import ROOT


def test_reference_pages_are_up_to_date():
    """They are generated, and reviewed with the change that changes them; `make docs` writes them."""
    command = [sys.executable, ROOT / "tools" / "docs.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
