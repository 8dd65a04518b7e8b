"""Four numbers about all services shown.

**Question:** does anybody need me now?

**Good:** 0 everywhere but under deploys. *Services hurt now* counts services with a page firing, or whose failed
requests burn the budget more than 14.4 times too fast. *Budgets empty* counts objectives that are missed for their
period. *Drifting or unknown* counts services whose live state differs from Git, or whose check failed so that nobody
knows; a dash means that no check ran at all.

**What to do:** hurt: open the first row of the table. Budgets: no risky releases there. Drift: the row *Drift* of
the service's page. A deploy shortly before the trouble is the first suspect, see *What changed*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import kit, recorded
from gitops_obs.dashboards._fleet import _deploys, _measures
from gitops_obs.dashboards._fleet._scope import named

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

TITLE = "Right now"

_HURT, _EMPTY, _DRIFT, _DEPLOYS = "Services hurt now", "Budgets empty", "Drifting or unknown", "Deploys, last hour"


def build(scope: Scope) -> object:
    """One stat of four values, which one query brings."""
    budgets = f"min by (service, slo) ({scope.seldom(recorded.BUDGET_REMAINING)}) <= 0"
    checked = f"0 * count({scope.drift('resources')})"
    numbers = (
        (_HURT, _count(scope, _measures.hurt(scope))),
        (_EMPTY, _count(scope, budgets)),
        (_DRIFT, f"{_count(scope, f'({_measures.drifted(scope)}) != 0', checked)}\nor\nvector(-1)"),
        (_DEPLOYS, _count(scope, f"({_deploys.begun(scope, '1h', '1m')})")),
    )
    return kit.stat(
        TITLE,
        "Services with a page firing or failed requests far beyond their objective; objectives missed for their "
        "period; services that differ from Git or whose check failed; new versions. Good: 0, but for deploys. Start "
        "with the first row of the table.",
        "short",
        [kit.instant("\nor\n".join(named(f"\n{expr}\n", "what", name) for name, expr in numbers), "{{what}}")],
        names=True,
        decimals=0,
        overrides=[_coloured(_HURT, kit.BAD), _coloured(_EMPTY, kit.WARN), _coloured(_DRIFT, kit.WARN, _UNCHECKED)],
    )


_UNCHECKED: dict[str, Any] = {"type": "value", "options": {"-1": {"text": "\N{EN DASH}", "index": 0}}}


def _count(scope: Scope, expr: str, otherwise: str = "vector(0)") -> str:
    return f"count(\n{scope.listed(expr)}\n)\nor\n{otherwise}"


def _coloured(name: str, colour: str, *mappings: dict[str, Any]) -> dict[str, Any]:
    thresholds = {"mode": "absolute", "steps": kit.steps((0, kit.GOOD), (1, colour), base=kit.MUTED)}
    return kit.override(name, thresholds=thresholds, mappings=list(mappings))
