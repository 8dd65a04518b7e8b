"""Dashboards that come with gitops-obs, one a file, the file name being its id; the folder is the registry."""

from __future__ import annotations

import pkgutil
from functools import cache


@cache
def ids() -> tuple[str, ...]:
    """Ids of all dashboards, in order."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))
