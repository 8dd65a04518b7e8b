"""How findings and build results are printed: one format per file, and the folder is the registry.

A format is a module with `render(report) -> str`; its name is its file's. Names that begin with `_` are shared parts.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from gitops_obs.change import Change
from gitops_obs.formats._report import Report

__all__ = ["Change", "Report", "names", "render"]


def names() -> list[str]:
    """Names of all formats, sorted, read from the folder without importing any of them."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def render(name: str, report: Report) -> str:
    """`report` in format `name`, ending with a newline. Raises KeyError, with near matches, for an unknown name."""
    if name not in (known := names()):
        near = difflib.get_close_matches(name, known)
        raise KeyError(f"no format `{name}`; formats are {', '.join(near or known)}")
    text: str = importlib.import_module(f"{__name__}.{name}").render(report)
    return text
