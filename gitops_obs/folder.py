"""A folder as a registry: its modules are the entries, their names the ids; `_` begins what is only shared."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class Folder(Generic[T]):
    """The modules of one package, imported one by one and only when asked for."""

    def __init__(self, package: str, path: Iterable[str]) -> None:
        self._package, self._path = package, path

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        names = (found.name for found in pkgutil.iter_modules(self._path))
        return tuple(sorted(name for name in names if not name.startswith("_")))

    def ids(self) -> tuple[str, ...]:
        """Ids of all entries, in order, without importing any."""
        return self._ids

    def module(self, name: str) -> T:
        """The module of an id. Raises KeyError where there is none."""
        if name not in self._ids:
            raise KeyError(name)
        return cast("T", importlib.import_module(f"{self._package}.{name}"))

    def modules(self) -> tuple[T, ...]:
        """Every entry, in order of id."""
        return tuple(self.module(name) for name in self._ids)
