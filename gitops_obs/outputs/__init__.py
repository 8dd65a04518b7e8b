"""Kinds of generated file, one module each: `path(name, owner)` and `text(compiled)`; the folder is the registry."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


class Output(Protocol):
    """What a module in this folder offers."""

    def path(self, name: str, owner: str) -> str:
        """Where a service's file goes, relative to `generated/`."""

    def text(self, compiled: Compiled) -> str:
        """The file of one service. Leaves are pasted into it as they are, so that it can be a template."""


@cache
def all_outputs() -> tuple[Output, ...]:
    """Every output, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast("Output", importlib.import_module(f"{__name__}.{name}")) for name in names)
