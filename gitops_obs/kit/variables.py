"""Template variables on top of a page."""

from __future__ import annotations

from typing import Any

from gitops_obs.finish import datasource_variable as datasource

__all__ = ["choice", "datasource", "labels"]

_ON_TIME_RANGE_CHANGE = 2
_RISING, _FALLING = 1, 2


def labels(
    name: str, title: str, series: str, label: str, *, everything: str = ".*", several: bool = True
) -> dict[str, Any]:
    """The values of `label` on `series` in the time range shown.

    With `several` any number of them may be chosen, all at first, else one, at first the last in the alphabet.
    `everything` is the regular expression that stands for all: `.+` demands the label, `.*` does not.
    """
    found: dict[str, Any] = {
        "name": name,
        "label": title,
        "type": "query",
        "query": f"label_values({series}, {label})",
        "refresh": _ON_TIME_RANGE_CHANGE,
        "sort": _RISING if several else _FALLING,
        "multi": several,
        "includeAll": several,
    }
    if not several:
        return found
    return found | {"allValue": everything, "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}


def choice(name: str, title: str, values: tuple[str, ...]) -> dict[str, Any]:
    """One of fixed `values`, the first unless chosen."""
    options = [{"selected": n == 0, "text": value, "value": value} for n, value in enumerate(values)]
    fixed = {"query": ",".join(values), "options": options, "current": options[0]}
    return {"name": name, "label": title, "type": "custom", "multi": False, "includeAll": False} | fixed
