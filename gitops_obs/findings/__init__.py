"""One page for each finding that the compiler can report, for `gitops-obs explain` and the documentation.

The folder is the registry: a page is a Markdown file named as its code.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from gitops_obs.findings._page import Page, parse

__all__ = ["Page", "codes", "page"]

_ALIKE, _SHOWN = 2, 3


def codes() -> list[str]:
    """All codes that have a page, sorted."""
    return list(_codes())


def _alike(code: str, other: str) -> int:
    """How many of a code's three digits stand in `other` at the same place."""
    return sum(a == b for a, b in zip(code[-3:], other[-3:], strict=False))


@cache
def _codes() -> tuple[str, ...]:
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


def page(code: str) -> Page:
    """Return the page of `code`, in either case of letters. Raises KeyError with near matches when there is none."""
    wanted = code.upper()
    if wanted not in (known := _codes()):
        near = sorted((c for c in known if _alike(c, wanted) >= _ALIKE), key=lambda c: (-_alike(c, wanted), c))[:_SHOWN]
        raise KeyError(f"no finding `{code}`" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    text = resources.files(__name__).joinpath(f"{wanted}.md").read_text(encoding="utf-8")
    return parse(wanted, text)
