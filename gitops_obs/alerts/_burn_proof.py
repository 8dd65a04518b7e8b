"""Proofs of the alerts on error budgets: each row alone, both sides of every threshold, and the guards.

Pages are proven by the minute from the service's own metrics; what takes hours and days by the hour, from recorded
rates. Where one phase of a case follows another it has a million times the traffic, so that the windows hold what it
brings and nothing else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gitops_obs import burn, edges, proof, recorded, traffic
from gitops_obs.alerts import _burn
from gitops_obs.alerts._tune import Tune
from gitops_obs.proof import Case, Claim, Firing, Load
from gitops_obs.recordings import _budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitops_obs.alerts._burn import Burning
    from gitops_obs.leaf import Leaf
    from gitops_obs.model import BurnRow, Service
    from gitops_obs.recordings._budget import Budget
    from gitops_obs.rules import Alert

_SHARE = "{{ $value | humanizePercentage }}"
_ALL = "100%"
_A_LOT, _MORE, _STILL_MORE, _MOST = "e6", "e12", "e18", "e24"
_LONGEST_FOR = 3600  # seconds; a case by the hour that waits longer would outlast its own windows

Rule = tuple["Burning", "Alert"]


def cases(service: Service, alert: str, defaults: Mapping[str, str], slo: str, alerts: list[Alert]) -> list[Case]:
    """The cases of one alert on error budgets; `alerts` are its rules, as `_burn.build` gives them."""
    rules = list(zip(_burn.burning(Tune(service, alert, defaults), slo), alerts, strict=True))
    found: list[Case] = []
    for budget in dict.fromkeys(rule.budget for rule, _ in rules):
        own = [rule for rule in rules if rule[0].budget == budget]
        prove = _by_the_minute if own[0][0].row.severity == "page" else _by_the_hour
        found += [*prove(service, alert, own), *_over_hours(service, alert, own)]
    kinds = ([rule for rule in rules if rule[0].row.quick == quick] for quick in (True, False))
    return [*found, *(case for kind in kinds if kind and _is_short(kind) for case in _one_window(service, alert, kind))]


# by the minute ------------------------------------------------------------------------------------------------------


def _by_the_minute(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    """Just under and just over each threshold, as the service's metrics tell it; and silence without bad requests."""
    begin, low = traffic.begin(service), rules[-1]
    wait = proof.steps(low[1].for_)
    name, edge = low[1].name, low[0].row.edge
    firing = _firing(service, low, edge.over_percent)
    before = (Claim(begin + wait - 1, name),) if wait else ()
    over = _case(
        low, alert, "a little too many", (edge.over, edge.over_rest), *before, Claim(begin + wait, name, (firing,))
    )
    under = _case(low, alert, "a little fewer", (edge.under, edge.under_rest), Claim(begin + wait, name))
    found = [over, under]
    if len(rules) > 1:
        edge = rules[0][0].row.edge
        claim = Claim(begin + wait, name, (_firing(service, low, edge.under_percent),))
        found.append(_case(rules[0], alert, "a little fewer", (edge.under, edge.under_rest), claim))
    if low[0].budget.route is None:
        silent = Claim(begin + wait + 1, name)
        found += [_asked(low[0].budget, alert, "no traffic", Load("0", "0", "0"), silent)]
        found += [_asked(low[0].budget, alert, "nothing goes wrong", Load("", "1e6", "1e6"), silent)]
    return found


def _case(rule: Rule, alert: str, about: str, shares: tuple[str, str], *claims: Claim) -> Case:
    """A million requests a minute, of which the first of `shares` are bad."""
    bad, good = shares
    budget = rule[0].budget
    load = Load(f"{bad}{_A_LOT}", f"{good}{_A_LOT}", f"1{_A_LOT}", budget.route)
    return _asked(budget, alert, f"{_about(rule)}, {about}", load, *claims)


def _asked(budget: Budget, alert: str, about: str, load: Load, *claims: Claim) -> Case:
    failing = budget.slo == "availability"
    bad, slow = (load, None) if failing else (None, load)
    return Case(alert, about, failing=bad, slow=slow, claims=claims, subject=_subject(budget))


# by the hour --------------------------------------------------------------------------------------------------------


def _by_the_hour(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    """Just under and just over each threshold, from the slower row to the quicker, in phases of two hours and more."""
    if not _is_short(rules):
        return []
    wait = max(proof.steps(rule[1].for_, "hours") for rule in rules)
    phase, scales = wait + 1, (_A_LOT, _MORE, _STILL_MORE, _MOST)
    low, name = rules[-1], rules[0][1].name
    edge = low[0].row.edge
    told = [(edge.under, edge.under_rest, ()), (edge.over, edge.over_rest, (_firing(service, low, edge.over_percent),))]
    if len(rules) > 1:
        quick = rules[0]
        edge = quick[0].row.edge
        told.append((edge.under, edge.under_rest, (_firing(service, low, edge.under_percent),)))
        both = tuple(_firing(service, rule, edge.over_percent) for rule in rules)
        told.append((edge.over, edge.over_rest, both))
    bad = " ".join(f"{bad}{scale}+0x{wait}" for (bad, _, _), scale in zip(told, scales, strict=False))
    total = " ".join(f"1{scale}+0x{wait}" for _, scale in zip(told, scales, strict=False))
    claims = [Claim((n + 1) * phase - 1, name, firing) for n, (_, _, firing) in enumerate(told)]
    if wait:
        claims.insert(1, Claim(phase, name))
    about = f"{_about(low)}, a little fewer and a little too many"
    return [_told(service, low[0].budget, alert, about, (bad, total), *claims)]


def _over_hours(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    if not _is_short(rules):
        return []
    found = [_quick_alone(service, alert, rules)] if len(rules) > 1 else []
    quiet = rules[0][0].row.severity == "page"
    guards = [_slow_guard, _quick_guard] if quiet else [_slow_guard, _quick_guard_of_a_day]
    return found + [case for guard in guards for case in guard(service, alert, rules)]


def _quick_alone(service: Service, alert: str, rules: list[Rule]) -> Case:
    """The quick row without the slow one.

    For a page the six hours hold hours without failures, and much traffic. For a ticket the day remembers a bad
    beginning, and the six hours since do not. The same data serve both.
    """
    row = _first_page(rules[0][0].budget, rules[0][0].row)
    bad = f"1e15+0x1 0+0x3 {row.edge.over}{_A_LOT}+0x6"
    total = f"1e15+0x1 1e10+0x3 1{_A_LOT}+0x6"
    page = rules[0][0].row.severity == "page"
    at = 8 + proof.steps(rules[0][1].for_, "hours")
    firing = _firing(service, rules[0], row.edge.over_percent if page else _ALL)
    before = (Claim(5, rules[0][1].name),) if page else ()
    claims = (*before, Claim(at, rules[0][1].name, (firing,)))
    about = f"{_about(rules[0])}, and only now"
    return _told(service, rules[0][0].budget, f"{alert} alone", about, (bad, total), *claims)


def _first_page(budget: Budget, fallback: BurnRow) -> BurnRow:
    rows = budget.objective.rows
    return next((row for row in rows if row.severity == "page" and row.quick), fallback)


def _slow_guard(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    """Everything goes wrong, of so few requests that the slow row speaks only of the tenth."""
    slow = next((rule for rule in rules if not rule[0].row.quick), None)
    if slow is None or slow[0].tune.has("min_errors"):
        return []
    few = edges.around(Decimal(burn.ENOUGH) / burn.every(slow[0].row.long, service.project)).under
    values, name = _growing(few), slow[1].name
    claims = (Claim(2, name), Claim(4, name, (_firing(service, slow, _ALL),)))
    about = f"{_about(slow)}, of hardly any"
    return [_told(service, slow[0].budget, f"{alert} quiet", about, (values, values), *claims)]


def _quick_guard_of_a_day(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    """Everything goes wrong, of so few requests that the quick row speaks only when they add up over the day."""
    if not rules[0][0].row.quick or rules[0][0].tune.has("min_requests"):
        return []
    values, name = _growing(rules[0][0].row.few), rules[0][1].name
    others = tuple(_firing(service, rule, _ALL) for rule in rules[1:])
    all_ = tuple(_firing(service, rule, _ALL) for rule in rules)
    claims = (Claim(2, name, others), Claim(4, name, all_))
    about = f"{_about(rules[0])}, of few"
    return [_told(service, rules[0][0].budget, f"{alert} few", about, (values, values), *claims)]


def _quick_guard(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    """The same for a row over an hour, which holds one sample or two."""
    if not rules[0][0].row.quick or rules[0][0].tune.has("min_requests"):
        return []
    row, name = rules[0][0].row, rules[0][1].name
    values = f"0 {row.few} 0.001 {row.enough} {row.enough}"
    others = tuple(_firing(service, rule, _ALL) for rule in rules[1:])
    all_ = tuple(_firing(service, rule, _ALL) for rule in rules)
    claims = (Claim(2, name, others), Claim(4, name, all_))
    about = f"{_about(rules[0])}, of few"
    return [_told(service, rules[0][0].budget, f"{alert} few", about, (values, values), *claims)]


def _growing(few: str) -> str:
    """Rates of which the first sample counts as 5 % too few, and the third brings what lacked."""
    return f"0 {few} 0.001 {few}e-1 0.001"


def _one_window(service: Service, alert: str, rules: list[Rule]) -> list[Case]:
    """The same row of every objective: silent while only one window is over the threshold, and until `for` is over.

    What is counted within the long window was counted long ago in it; when a window of hours has passed, it is silent
    again. Shares are told as recorded, so that no other case of the test may bring what they are made of.
    """
    wait = max(proof.steps(rule[1].for_, "hours") for rule in rules)
    phase, name = wait + 1, rules[0][1].name
    end = 4 * phase - 1
    passed = _passed(rules, end)
    last = max(end, *passed) if passed else end
    told: dict[str, str] = {}
    for burning, _ in rules:
        over, under = burning.row.edge.over, burning.row.edge.under
        told |= _labelled(
            service, burning, recorded.slo_ratio(burning.row.long), _phases(phase, last, over, under, over)
        )
        told |= _labelled(service, burning, recorded.slo_ratio(burning.short), _phases(phase, last, under, over, over))
        told |= _labelled(service, burning, burning.counts, _long_ago(burning.row, end, last))
    firing = tuple(_firing(service, rule, rule[0].row.edge.over_percent) for rule in rules)
    silent = dict.fromkeys([2 * phase - 1, 3 * phase - 1, *([end - 1] if wait else [])])
    claims = (*(Claim(at, name) for at in silent), Claim(end, name, firing), *(Claim(at, name) for at in passed))
    about, kept = f"{alert}: one window of {rules[0][0].row.long}", {series.partition("{")[0] for series in told}
    absent = tuple(name for name in _counted(service) if name not in kept)
    return [Case(f"{alert} windows", about, "hours", tuple(told.items()), claims=claims, absent=absent)]


def _phases(steps: int, last: int, first: Leaf, second: Leaf, third: Leaf) -> str:
    return f"{first}+0x{2 * steps - 1} {second}+0x{steps - 1} {third}+0x{last - 3 * steps}"


def _long_ago(row: BurnRow, end: int, last: int) -> str:
    """A lot at one step only, which the long window still holds at `end`; of an hour, at each step until then."""
    hours = proof.steps(row.long, "hours")
    lot = range(end + 1) if hours == 1 else (max(end + 2 - hours, 0),)
    return " ".join("1e15" if step in lot else "0" for step in range(last + 1))


def _passed(rules: list[Rule], end: int) -> list[int]:
    """The step at which the long window no longer holds what was counted, if that is soon."""
    hours = proof.steps(rules[0][0].row.long, "hours")
    if hours >= end:
        return []
    kept = max(proof.steps(rule[1].keep_firing_for, "hours") for rule in rules)
    return [(end if hours == 1 else end + 2 - hours) + hours + 1 + kept]


def _labelled(service: Service, burning: Burning, name: str, values: str) -> dict[str, str]:
    labels = traffic.series_labels(service, f'service="{service.name}"', *burning.budget.matchers)
    return {f"{burning.budget.name(name)}{{{labels}}}": values}


def _counted(service: Service) -> list[str]:
    """Whatever shares of bad requests are made of, of the service and of its routes."""
    project = service.project
    whole = [name(project) for name in (recorded.errors, recorded.requests, recorded.slow, recorded.timed)]
    both = [name(project) for name in (recorded.slo_bad, recorded.slo_requests)]
    return [*whole, *both, *map(recorded.of_route, both)]


def _told(service: Service, budget: Budget, lane: str, about: str, values: tuple[str, str], *claims: Claim) -> Case:
    """A case by the hour: bad and all requests as recorded."""
    series = _budget.series(service, budget, *values)
    return Case(lane, about, "hours", series, claims=claims, subject=_subject(budget))


def _subject(budget: Budget) -> tuple[str, Leaf]:
    return budget.slo, budget.route.route if budget.route else ""


def _is_short(rules: Iterable[Rule]) -> bool:
    return all(proof.seconds(alert.for_) <= _LONGEST_FOR for _, alert in rules)


def _about(rule: Rule) -> str:
    row, budget = rule[0].row, rule[0].budget
    of = f" of {budget.route.route}" if budget.route else ""
    return f"{budget.slo}{of}: {row.factor} times the even pace over {row.long}"


def _firing(service: Service, rule: Rule, share: str) -> Firing:
    burning, alert = rule
    return Firing(alert, traffic.of_data(service, *burning.budget.labels(service)), ((_SHARE, share),))
