"""Kinds of generated file, one module each: `path(name, owner)` and `text(compiled)`; the folder is the registry."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from gitops_obs.folder import Folder

if TYPE_CHECKING:
    from gitops_obs.compile import Compiled


class Output(Protocol):
    """What a module in this folder offers."""

    def path(self, name: str, owner: str) -> str:
        """Where a service's file goes, relative to `generated/`."""

    def text(self, compiled: Compiled) -> str:
        """The file of one service, "" for none. Leaves are pasted into it as they are, so that it can be a template."""


_FOLDER: Folder[Output] = Folder(__name__, __path__)
all_outputs = cache(_FOLDER.modules)
