"""Too large a share of requests fails.

## What it means

Over the last five minutes (`rules.rate_window` of the project) more requests failed than the service can afford. What
counts as failed is the preset's business: 5xx for HTTP, the server's own faults for gRPC.

With an availability objective the threshold is the share that spends 2 % of the error budget in an hour, 1.44 % for
99.9 % over 30 days; at that rate the whole budget is gone in two days. Without an objective it is 5 %.
A route with an objective of its own gets its own alert, with the label `route`.

The alert speaks only when at least ten requests failed within the window. A ratio of few requests means little: with
thirty requests an hour, one failed request at night is a third of all, and nobody should get up for it.

## What to do now

1. Was it the last deploy? The dashboard's deploy lines tell, and its row *By version* whether only the new version
   fails. Then take it back first and look for the reason afterwards.

   ```
   kubectl -n shop rollout history deployment/checkout
   kubectl -n shop rollout undo deployment/checkout
   ```
2. Which route, version or instance fails? The dashboard's rows *By route* and *By version* tell. One instance: remove
   it. All of them: look at what they depend on.
3. Does the live state still match Git? The dashboard's row *Drift* lists what was changed by hand.

## How to tune it

`threshold` (`2%`), `min_requests` (failed requests within the window; 0 turns the guard off), `for`, `keep_firing_for`
and `severity`:

```yaml
alerts:
  error_ratio: {threshold: 2%, min_requests: 50}
```

Rather change the objective than the threshold: the objective says what users need, and the threshold follows. Alerts
of routes follow the objectives of their routes, whatever threshold is set.

## When to turn it off

Where another alert watches the same requests closer to the user, such as one at the ingress.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import recorded
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import Availability, RouteObjective, Service

NAME = "REDErrorRatioHigh"
TITLE = "Error ratio is high"
GROUP = "red"
DEFAULTS = {"threshold": "5%", "min_requests": "10", "for": "2m", "keep_firing_for": "0s", "severity": "page"}


def build(service: Service) -> list[Alert | Omitted]:
    """One alert for the service, one for each route with an availability objective."""
    tune = Tune(service, "error_ratio", DEFAULTS)
    return [_whole(tune), *(_route(tune, route, route.availability) for route in service.routes if route.availability)]


def objective(service: Service) -> tuple[Leaf, tuple[str, ...]] | None:
    """The threshold that follows from the objective, and where that stands in the service file; None without one."""
    found = service.availability
    return (found.page_percent, ("slos", "availability")) if found and found.can_page else None


def _whole(tune: Tune) -> Alert | Omitted:
    service, project, span = tune.service, tune.service.project, _red.window(tune.service)
    raw = _red.ratio(service, span, recorded.level(project))
    if raw is None:
        return Omitted(service.signal.why_not("errors"), "errors")
    ratio, errors = raw
    if span == project.rate_window:
        ratio = recorded.of(service, recorded.error_ratio(project))
        errors = recorded.of(service, recorded.errors(project))
    objective = service.availability
    if objective is None or tune.has("threshold"):
        aim = f" (objective {objective.percent} over {objective.window})" if objective else ""
        return _alert(tune, ratio, errors, (tune.text("threshold"), tune.shown("threshold") + aim))
    return _burning(tune, ratio, errors, objective)


def _route(tune: Tune, route: RouteObjective, objective: Availability) -> Alert | Omitted:
    service, label = tune.service, _red.route_label(tune.service)
    if label is None:
        return Omitted(service.signal.why_not("route"), "route")
    by = (label, *recorded.level(service.project))
    raw = _red.ratio(service, _red.window(service), by, _red.route_match(label, route))
    if raw is None:
        return Omitted(service.signal.why_not("errors"), "errors")
    return _burning(tune, *raw, objective, route)


def _burning(
    tune: Tune, ratio: str, errors: str, objective: Availability, route: RouteObjective | None = None
) -> Alert | Omitted:
    """The alert at the ratio that spends 2 % of the budget in an hour, if there is one."""
    if not objective.can_page:
        return Omitted(
            f"at an objective of {objective.percent} a page would need {objective.page_percent} of requests to fail; "
            "set `alerts.error_ratio.threshold`"
        )
    spends = f"{objective.page_percent}, which spends 2 % of the error budget in an hour"
    shown = f"{spends} (objective {objective.percent} over {objective.window})"
    return _alert(tune, ratio, errors, (objective.page_threshold, shown), route)


def _alert(
    tune: Tune, ratio: str, errors: str, threshold: tuple[Leaf, str], route: RouteObjective | None = None
) -> Alert:
    service, span = tune.service, _red.window(tune.service)
    subject, guard = _red.subject(service, route), tune.text("min_requests")
    limit, shown = threshold
    return tune.applied(
        Alert(
            name=NAME,
            severity=DEFAULTS["severity"],
            expr=f"{ratio} > {limit}\nand\n{_red.in_window(errors, span, guard)}",
            summary=f"{subject}: too many requests fail",
            description=f"{{{{ $value | humanizePercentage }}}} of the requests of the last {span} failed, more than "
            f"{shown}. Counted from {guard} failed requests on, so that a single one wakes nobody.",
            impact=f"Users of {service.name} get errors instead of answers.",
            action=f"First {_red.after_deploy(service)}. Otherwise find the route, version or instance that fails.",
            labels=(("slo", "availability"), *_red.route_labels(route)),
            panel="error_ratio",
        )
    )
