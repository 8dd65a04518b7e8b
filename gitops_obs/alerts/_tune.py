"""What an alert is told: the service's settings before the alert's defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitops_obs import edges, units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitops_obs.leaf import Leaf
    from gitops_obs.model import AlertValue, Edge, Service
    from gitops_obs.rules import Alert

NONE = "0s"


@dataclass(frozen=True, slots=True)
class Tune:
    """Settings of one alert of one service. `defaults` are texts as a person writes them, durations among them."""

    service: Service
    id: str
    defaults: Mapping[str, str]

    def has(self, key: str) -> bool:
        """Whether the service, its team or the project sets `key`."""
        return self._said(key) is not None

    def text(self, key: str) -> Leaf:
        """The value of `key` for PromQL: a plain decimal, or a duration."""
        said = self._said(key)
        if said is not None:
            return said.text
        default = self.defaults[key]
        return units.plain(units.quantity(default)) if key == "threshold" else default

    def shown(self, key: str) -> Leaf:
        """The value of `key` as a person wrote it."""
        said = self._said(key)
        return self.defaults[key] if said is None else said.shown

    def applied(self, alert: Alert) -> Alert:
        """The alert with severity and durations as set."""
        setting = self.service.setting(self.id)
        return replace(
            alert,
            severity=(setting.severity if setting else None) or self.defaults["severity"],
            for_=self._duration("for"),
            keep_firing_for=self._duration("keep_firing_for"),
        )

    def edge(self) -> Edge:
        """Numbers on both sides of the threshold."""
        said = self._said("threshold")
        return edges.around(units.quantity(self.defaults["threshold"])) if said is None else said.edge

    def _duration(self, key: str) -> str:
        """A duration for Prometheus, "" for none."""
        setting = self.service.setting(self.id)
        said = dict(setting.durations).get(key) if setting else None
        if said is not None:
            return said
        default, interval = self.defaults[key], self.service.project.interval
        # shorter than one evaluation it would be none, and a ratio may be wrong at the first one after a restart
        return "" if default == NONE else max(default, interval, key=units.duration)

    def _said(self, key: str) -> AlertValue | None:
        setting = self.service.setting(self.id)
        return next((value for value in setting.values if value.key == key), None) if setting else None
