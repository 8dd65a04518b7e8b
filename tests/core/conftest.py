"""What tests of several files start from."""

from __future__ import annotations

import pytest

from tests.core.own_files import ON_EVERY_SIDE
from tests.core.projects import run, write


@pytest.fixture
def built(tmp_path):
    """Three services and a dashboard of the project's own, built."""
    result = run(write(tmp_path, ON_EVERY_SIDE))
    assert result.diagnostics == []
    return tmp_path
