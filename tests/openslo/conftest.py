"""The environment and the projects of tests of commands."""

from __future__ import annotations

from tests.cli.conftest import empty, environment, project

__all__ = ["empty", "environment", "project"]
