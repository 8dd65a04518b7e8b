"""What a finished panel says."""

from __future__ import annotations

from typing import Any

from gitops_obs import finish, panels
from gitops_obs.rules import Omitted
from tests import factory


def built(name: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The finished panel of a service from the factory."""
    found = panels.build(name, factory.service(*args, **kwargs))
    assert not isinstance(found, Omitted), found
    return finish.panel(found)


def colours(panel: dict[str, Any]) -> dict[str, str]:
    """The fixed colour of each series, by name or expression."""
    return {
        override["matcher"]["options"]: found["value"]["fixedColor"]
        for override in panel["fieldConfig"]["overrides"]
        for found in override["properties"]
        if found["id"] == "color"
    }


def steps(panel: dict[str, Any]) -> list[tuple[Any, str]]:
    """Value and colour of each threshold but the first."""
    found = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(step["value"], step["color"]) for step in found if step["value"] is not None]
