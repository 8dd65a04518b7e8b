"""Model → what is generated for one service, as values: its dashboard, its rule groups, and their proofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitops_obs.customs import Customs
    from gitops_obs.model import Service
    from gitops_obs.proofs import Test
    from gitops_obs.rules import Group, Omitted


@dataclass(frozen=True, slots=True)
class Compiled:
    """All that one service becomes. `omitted` pairs what was left out (a panel or alert id) with why."""

    service: Service
    dashboard: dict[str, Any]
    groups: tuple[Group, ...]
    omitted: tuple[tuple[str, Omitted], ...]
    tests: tuple[Test, ...]


def service(model: Service, customs: Customs) -> Compiled:
    """Compile one service in full. Imports grafanalib, which a build from cached shapes never does."""
    from gitops_obs import proofs, ruleset  # noqa: PLC0415
    from gitops_obs.dashboards import service as page  # noqa: PLC0415

    groups, no_rules = ruleset.groups(model, customs.alerts_of(model))
    dashboard, no_panels = page.build(model, customs.panels_of(model))
    tests = proofs.tests(model)
    return Compiled(model, dashboard, tuple(groups), (*no_panels, *no_rules), tuple(tests))
