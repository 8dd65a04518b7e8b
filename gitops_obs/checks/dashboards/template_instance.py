"""There is a template variable `instance`, set up as every dashboard has it.

A query of the templated datasource, labelled "Instance", several values allowed, and `.+` for all of them, so that
series without the label are not mixed in.

Unlike dashboard-linter, the rule asks for it only where some panel reads scraped series: a page of recorded series has
nothing that the variable could narrow.

**What to do:** add it, or correct what the finding names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _scraped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

CODE = "OBS412"


def check(dashboard: dict[str, Any]) -> Iterator[Issue]:
    """A missing variable, or one that is set up otherwise."""
    yield from _scraped.variable(dashboard, "instance")
