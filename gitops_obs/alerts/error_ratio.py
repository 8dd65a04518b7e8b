"""Too large a share of requests fails.

## What it means

Over the last five minutes (`rules.rate_window` of the project) more than 5 % of all requests failed. What counts as
failed is the preset's business: 5xx for HTTP, the server's own faults for gRPC.

With an availability objective the alerts on the error budget (`availability_burn`, `availability_burn_slow`) watch the
same requests with thresholds that follow from what was promised, and this one is left out unless it is given a
`threshold`.

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

Rather set an objective than a threshold: it says what users need, and thresholds follow from it.

## When to turn it off

Where another alert watches the same requests closer to the user, such as one at the ingress.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import proof, recorded, traffic, units
from gitops_obs.alerts import _red
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing, Load
from gitops_obs.rules import Alert, Omitted

if TYPE_CHECKING:
    from gitops_obs.model import Service

NAME = "REDErrorRatioHigh"
TITLE = "Error ratio is high"
GROUP = "red"
DEFAULTS = {"threshold": "5%", "min_requests": "10", "for": "2m", "keep_firing_for": "0s", "severity": "page"}

_SHARE = "{{ $value | humanizePercentage }}"


def build(service: Service) -> list[Alert | Omitted]:
    """One alert, unless an objective watches the same requests and nobody sets a threshold."""
    tune, span = Tune(service, "error_ratio", DEFAULTS), _red.window(service)
    raw = _red.ratio(service, span, recorded.level(service.project))
    if raw is None:
        return [Omitted(service.signal.why_not("errors"), "errors")]
    if service.availability and not tune.has("threshold"):
        return [Omitted("the alerts on the error budget watch the same; set `alerts.error_ratio.threshold` to add it")]
    ratio, errors = raw
    if span == service.project.rate_window:
        ratio = recorded.of(service, recorded.error_ratio(service.project))
        errors = recorded.of(service, recorded.errors(service.project))
    return [_alert(tune, ratio, errors, span)]


def _alert(tune: Tune, ratio: str, errors: str, span: str) -> Alert:
    service, guard = tune.service, tune.text("min_requests")
    return tune.applied(
        Alert(
            name=NAME,
            severity=DEFAULTS["severity"],
            expr=f"{ratio} > {tune.text('threshold')}\nand\n{_red.in_window(errors, span, guard)}",
            summary=f"{_red.subject(service)}: too many requests fail",
            description=f"{{{{ $value | humanizePercentage }}}} of the requests of the last {span} failed, more than "
            f"{tune.shown('threshold')}. Counted from {guard} failed requests on, so that a single one wakes nobody.",
            impact=f"Users of {service.name} get errors instead of answers.",
            action=f"First {_red.after_deploy(service)}. Otherwise find the route, version or instance that fails.",
            labels=(("slo", "availability"),),
            panel="error_ratio",
        )
    )


def prove(service: Service, alerts: list[Alert]) -> list[Case]:
    """Just over and just under the threshold, and too few failures to matter."""
    tune, (alert,) = Tune(service, "error_ratio", DEFAULTS), alerts
    if _red.window(service) != service.project.rate_window:
        return []
    begin, wait, edge = traffic.begin(service), proof.steps(alert.for_), tune.edge()
    firing = Firing(alert, traffic.of_data(service, ("service", service.name)), ((_SHARE, edge.over_percent),))
    before = (Claim(begin + wait - 1, NAME),) if wait else ()
    over = Load(f"{edge.over}e6", f"{edge.over_rest}e6", "1e6")
    under = Load(f"{edge.under}e6", f"{edge.under_rest}e6", "1e6")
    at = begin + wait
    return [
        _case("a little too many fail", over, *before, Claim(at, NAME, (firing,))),
        _case("a little fewer fail", under, Claim(at, NAME)),
        _case("nothing fails", Load("", "1e6", "1e6"), Claim(at, NAME)),
        _case("no traffic", Load("0", "0", "0"), Claim(at, NAME)),
        *([] if tune.has("min_requests") else _few(alert, service, begin, wait)),
    ]


def _few(alert: Alert, service: Service, begin: int, wait: int) -> list[Case]:
    """All requests fail; nine of them within the window are silent, eleven are not."""
    minutes = max(1, int(proof.seconds(service.project.rate_window)) // 60)
    firing = Firing(alert, traffic.of_data(service, ("service", service.name)), ((_SHARE, "100%"),))
    many, few = (units.plain((Decimal(n) / minutes).quantize(Decimal("0.001"))) for n in (11, 9))
    end = begin + minutes + wait
    return [
        _case("eleven fail", Load(many, "0", many), Claim(end, NAME, (firing,))),
        _case("nine fail", Load(few, "0", few), Claim(end, NAME)),
    ]


def _case(about: str, load: Load, *claims: Claim) -> Case:
    return Case("error_ratio", about, failing=load, claims=claims, subject=("availability", ""))
