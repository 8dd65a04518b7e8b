"""Recording rules, one group of series a file, the file name being its id; the folder is the registry.

Each module has `GROUP`, the rule group its rules stand in, and `build(service)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from gitops_obs.model import Service
    from gitops_obs.rules import Omitted, Recording


class Module(Protocol):
    """What a file in this folder offers."""

    GROUP: str

    def build(self, service: Service) -> list[Recording | Omitted]:
        """The rules, in the order in which they must be evaluated, and what the service does not get."""


@cache
def ids() -> tuple[str, ...]:
    """Ids of all files in this folder, in order."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def module(name: str) -> Module:
    """The module of an id. Raises KeyError where there is none."""
    if name not in ids():
        raise KeyError(name)
    return cast("Module", importlib.import_module(f"{__name__}.{name}"))


def build(service: Service) -> list[tuple[str, Recording | Omitted]]:
    """Every recording of `service`, and what it does not get, each with the id it belongs to."""
    return [(name, rule) for name in ids() for rule in module(name).build(service)]
