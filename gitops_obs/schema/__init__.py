"""JSON Schemas of the service file, the project file, a preset and the machine-readable findings."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def names() -> tuple[str, ...]:
    """Names that `load` knows; the folder is the registry."""
    folder = resources.files(__name__)
    found = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".schema.json") for name in found if name.endswith(".schema.json")))


def text(name: str) -> str:
    """The schema `name` (service, project, preset, …) as JSON text. Raises KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    return (resources.files(__name__) / f"{name}.schema.json").read_text("utf-8")


@cache
def load(name: str) -> dict[str, Any]:
    """The schema `name` as a mapping, shared: do not change it."""
    schema: dict[str, Any] = json.loads(text(name))
    return schema
