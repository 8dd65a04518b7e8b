"""The few of many services that a chart shows: chosen once for the whole time range, so that lines do not break off.

`@ end()` makes Prometheus choose once and not at every step, and `$__interval` keeps that as cheap for a month as for
an hour. Charts take the chosen out of the recorded series before they do anything else with them: for a thousand
services that is ten times faster than to aggregate all and choose then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.dashboards._fleet._scope import by_service

if TYPE_CHECKING:
    from gitops_obs.dashboards._fleet._scope import Scope

RANKED = 10
"""How many services a chart shows."""


def largest(scope: Scope, operator: str, selector: str) -> str:
    """The services with the largest average of `selector` over the time range, clusters put together by `operator`."""
    average = by_service(operator, f"avg_over_time({selector}[$__range:$__interval] @ end())")
    return _ranked(scope, "topk", average)


def least(scope: Scope, selector: str, span: str) -> str:
    """The services with the least of `selector`, recorded within `span`, at the end of the time range."""
    return _ranked(scope, "bottomk", by_service("min", f"last_over_time({selector}[{span}] @ end())"))


def only(expr: str, chosen: str) -> str:
    """Of `expr`, the series of the services `chosen`."""
    return f"\n{expr}\nand on (service)\n{chosen}\n"


def _ranked(scope: Scope, operator: str, expr: str) -> str:
    return f"{operator}({RANKED}, {expr} and on (service) {scope.info} @ end())"
