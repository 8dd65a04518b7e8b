"""`alerts:` of project, owner and service, merged: what is said about each alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import edges, units
from gitops_obs.model import AlertSetting, AlertValue
from gitops_obs.spec import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitops_obs.source import Path

_DURATIONS = ("for", "keep_firing_for")


def read(
    layers: Iterable[dict[str, Any]], own: dict[str, Any], known: Mapping[str, frozenset[str]], problems: list[Problem]
) -> tuple[AlertSetting, ...]:
    """Settings by alert, the service's `own` last and strongest; problems are OBS104 and OBS115.

    `known` maps ids of alerts to the keys that may be set.
    """
    merged: dict[str, Any] = {}
    for settings in (*layers, own):
        for alert, value in settings.items():
            merged[alert] = _merged(merged.get(alert), value)
    return tuple([_setting(alert, merged[alert], own, known, problems) for alert in sorted(merged)])


def _merged(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) else new


def _setting(
    alert: str, value: Any, own: dict[str, Any], known: Mapping[str, frozenset[str]], problems: list[Problem]
) -> AlertSetting:
    path: Path = ("alerts", alert) if alert in own else ("owner",)
    keys = known.get(alert)
    if keys is None:
        problems.append(Problem("OBS115", path, f"no alert `{alert}`", nearest(alert, known), key=True))
        return AlertSetting(alert, off=True, severity=None)
    if not isinstance(value, dict):
        return AlertSetting(alert, off=value in ("off", False), severity=None)
    values, durations = [], []
    for key in sorted(value.keys() - {"severity"}):
        if key not in keys:
            message = f"`{alert}` has no setting `{key}`"
            problems.append(Problem("OBS115", (*path, key), message, nearest(key, keys), key=True))
            continue
        try:
            if key in _DURATIONS:
                durations.append((key, units.whole_duration(units.written(value[key]))))
            else:
                values.append(_value(key, units.written(value[key])))
        except ValueError as error:
            problems.append(Problem("OBS104", (*path, key), *units.advice(error)))
    return AlertSetting(
        alert, off=False, severity=value.get("severity"), values=tuple(values), durations=tuple(durations)
    )


def _value(key: str, shown: str) -> AlertValue:
    number = units.quantity(shown)
    if key == "threshold" and number <= 0:
        raise ValueError(f"a threshold of {shown} would always fire; use more than 0")
    return AlertValue(key, units.plain(number), shown, edges.around(number))
