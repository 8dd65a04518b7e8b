"""Recorded series become the expressions that record them, and promtool sees no difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import preset as presets
from gitops_obs import promql, rules, ruleset
from gitops_obs.prometheus import guard
from gitops_obs.prometheus.inline import InlineError, Recordings, inline
from gitops_obs.rules import Alert, Group, Recording
from tests import factory, promtool

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = Decimal(60)
TIMES = ("10m", "47m", "1h31m", "2h")

# A rule file by hand with what generated rules do not have yet: labels out of the data, several recordings of one
# name, recordings of recordings three deep, labels that hide others, `$` and quotes in values.
SHOP = (("service", "shop"),)
ERRORS, SLOW = (*SHOP, ("slo", "errors")), (*SHOP, ("slo", "slow"))
RATIO = """
shop:requests:rate5m{service="shop",code="500"}
/ ignoring (code) group_left ()
sum without (code) (shop:requests:rate5m{service="shop"})
"""
LONG = """
sum_over_time(shop:ratio{slo="errors"}[30m])
/
count_over_time(shop:ratio{slo="errors"}[30m])
"""
BY_HAND = Group(
    "shop.by_hand",
    "1m",
    (
        Recording("shop:requests:rate5m", "sum by (route, code) (rate(hits_total[5m]))", SHOP),
        Recording("shop:ratio", RATIO, ERRORS),
        Recording("shop:ratio", "sum by (route) (shop:requests:rate5m) * 0.01", SLOW),
        Recording("shop:long", LONG, ERRORS),
        Recording("shop:odd", "up", (("price", '5$1 "x" \\d'), ("zone", ""))),
        Recording("shop:gone", "sum(never_total)", SHOP),
        Recording("shop:plain", "max(up)", ()),
        Recording("shop:info", "vector(1)", (*SHOP, ("owner", "team"))),
    ),
)
DATA = {
    'hits_total{route="/pay",code="200",pod="a"}': "0+60x40 0+90x90",
    'hits_total{route="/pay",code="500",pod="a"}': "0+1x20 20+7x20 160+1x90",
    'hits_total{route="/cart",code="200",pod="b"}': "0+600x60 _x10 0+600x60",
    'hits_total{route="/cart",code="500",pod="b"}': "_x30 0+2x100",
    'up{job="shop",instance="a",zone="z"}': "1x130",
    'up{job="shop",instance="b",zone="z"}': "1x50 0x30 1x50",
}
READERS = [
    "shop:requests:rate5m",
    'shop:requests:rate5m{service="shop"}',
    'shop:requests:rate5m{service!="shop"}',
    'shop:requests:rate5m{code="500"}',
    'shop:requests:rate5m{code!="500"}',
    'shop:requests:rate5m{code=~"5.."}',
    'shop:requests:rate5m{code!~"5..",route="/pay"}',
    'shop:requests:rate5m{route=~".*a.*"}',
    'shop:requests:rate5m{nothing=""}',
    'shop:requests:rate5m{nothing="x"}',
    'shop:ratio{slo="errors"}',
    'shop:ratio{slo=~"err.*|none"}',
    'shop:ratio{slo!="errors"}',
    "shop:ratio",
    'shop:ratio{slo="unheard"}',
    'sum by (slo) (shop:ratio) > 0.02 or shop:ratio{slo="slow"}',
    'shop:ratio{slo="errors"} * on (service) group_left (owner) shop:info',
    'shop:ratio{slo="errors"} > 0.02 unless on (route) shop:requests:rate5m{code="200"} < 1',
    "sum_over_time(shop:ratio[30m])",
    'avg_over_time(shop:requests:rate5m{code="500"}[20m]) * 1200 >= 10',
    'max_over_time(shop:ratio{slo="errors"}[30m] offset 20m)',
    "shop:requests:rate5m offset 30m",
    'shop:long{slo="errors"}',
    'shop:long{slo="errors"} offset 15m',
    "max_over_time((shop:long > 0)[30m:2m])",
    "max_over_time(shop:long[30m:2m] offset 10m)",
    'shop:long and shop:ratio{slo="errors"} > 0.01',
    'absent(shop:gone{service="shop"})',
    'absent(shop:gone{service="shop",x=~"y"})',
    'absent(shop:requests:rate5m{service="shop",code="418",route=~".+"})',
    'absent(shop:requests:rate5m{service="shop",code="418",route="/a",route!="/b"})',
    'absent_over_time(shop:gone{service="shop"}[10m])',
    "absent(shop:plain)",
    "count by (price) (shop:odd)",
    'shop:odd{price="5$1 \\"x\\" \\\\d"} == 0',
    '{__name__="shop:plain"} - shop:plain offset 5m',
    'label_replace(count by (__name__) (shop:requests:rate5m or shop:ratio), "n", "$1", "__name__", "(.*)")',
    'label_replace(shop:plain, "from", "$1", "__name__", "(.*):.*")',
    'quantile by (service) (0.5, label_replace(shop:requests:rate5m, "n", "1", "", "") or shop:requests:rate5m)',
    "-shop:plain + 2 ^ shop:plain",
    "topk(1, shop:requests:rate5m)",
    "scalar(shop:plain) + vector(1)",
    'histogram_quantile(0.5, label_replace(shop:requests:rate5m, "le", "1", "", ""))',
    "sum(rate(hits_total[5m])) > bool 3",
    "shop:requests:rate5m > on (route, code) group_right () hits_total * 0",
    "present_over_time(shop:gone[5m]) or shop:plain",
    "last_over_time(shop:plain[1m] @ 600)",
    "shop:plain @ 600 offset 5m",
    "time() - timestamp(shop:plain)",
]  # fmt: skip


def content(groups: list[Group]) -> dict[str, Any]:
    """Recordings as Prometheus reads them; alerts play no part here."""
    return {
        "groups": [
            {
                "name": group.name,
                "interval": group.interval,
                "rules": [rules.as_dict(rule, None) for rule in group.rules if isinstance(rule, Recording)],  # type: ignore[arg-type]
            }
            for group in groups
        ]
    }


def same(recorded: str, raw: str) -> list[str]:
    """Queries that have no result where both expressions have the same series with the same values.

    But for the last bits: Prometheus adds in the order of a Go map, which is another one each time.
    """
    a, b = f"({recorded})", f"({raw})"
    # `unless` and comparisons look at all labels but the name; NaN differs from itself
    near = f"abs({a} - {b}) <= 1e-9 * abs({a}) + 1e-12"
    differ = f"({a} - {b}) unless {a} == {b} unless {near} unless ({a} != {a} and {b} != {b})"
    return [f"{a} unless {b}", f"{b} unless {a}", differ]


def judged(
    folder: Path, files: dict[str, tuple[dict[str, Any], dict[str, str], list[str]]], times: tuple[str, ...] = TIMES
) -> None:
    """Have promtool find nothing for every query at several times; `files` are rules, series and queries by name."""
    cases = {
        name: [promtool.Case(series, numbers={(at, query): [] for at in times for query in queries})]
        for name, (_, series, queries) in files.items()
    }
    promtool.check_cases(folder, {name: content for name, (content, _, _) in files.items()}, cases)


@pytest.mark.real
def test_readers_of_recorded_series_see_the_same_in_raw_series(tmp_path: Path) -> None:
    """Matchers of every kind, windows, offsets, several recordings of a name: promtool finds no difference."""
    recordings = Recordings([BY_HAND])
    queries = [query for expr in READERS for query in same(expr, inline(expr, MINUTE, recordings))]
    judged(tmp_path, {"by-hand": (content([BY_HAND]), DATA, queries)})


@pytest.mark.real
def test_the_comparison_would_notice_a_difference(tmp_path: Path) -> None:
    """Another value, another label, a series too few: each makes promtool complain."""
    for wrong in (
        "sum by (route, code) (rate(hits_total[5m]))",
        'label_replace(sum by (route, code) (rate(hits_total[5m])) * 1.0000001, "service", "shop", "", "")',
        'label_replace(sum by (route, code) (rate(hits_total[5m])) > 1, "service", "shop", "", "")',
    ):
        with pytest.raises(AssertionError, match="FAILED"):
            judged(tmp_path, {"wrong": (content([BY_HAND]), DATA, same("shop:requests:rate5m", wrong))})


@pytest.mark.real
@pytest.mark.parametrize("name", factory.PRESETS)
def test_every_recording_of_every_preset_is_the_same_in_raw_series(name: str, tmp_path: Path) -> None:
    """Over the preset's sample series: what a rule records is what its inlined expression gives."""
    groups = ruleset.groups(factory.service(name))[0]
    # in one group and every minute, as promtool evaluates: of several groups now one comes first and now another
    whole = Group("all", "1m", tuple(rule for group in groups for rule in group.rules if isinstance(rule, Recording)))
    recordings, queries = Recordings([whole]), list[str]()
    for rule in (rule for rule in whole.rules if isinstance(rule, Recording)):
        matchers = (promql.matcher(label, "eq", value) for label, value in rule.labels)
        selector = promql.selector(rule.record, *matchers)
        raw = inline(selector, MINUTE, recordings)
        # promtool's engine takes 10,000 samples at most, and there are two hours of them
        if not any(window in raw for window in ("[1d:", "[3d:", "[30d:", "offset")):
            queries += same(selector, raw)
    assert len(queries) >= 2 * 3
    series = {one["series"]: one["values"] for one in presets.builtin_data(name)["sample_series"]}
    judged(tmp_path, {name: (content([whole]), series, queries)}, TIMES[1::2])


@pytest.mark.parametrize("name", factory.PRESETS)
def test_every_generated_alert_can_be_inlined(name: str) -> None:
    """Nothing recorded is left in it, with its guard and without."""
    for service in (factory.service(name), factory.service(name, project=factory.CLUSTERED)):
        groups = ruleset.groups(service)[0]
        recordings = Recordings(groups)
        for rule in (rule for group in groups for rule in group.rules if isinstance(rule, Alert)):
            for text in filter(None, (rule.expr, guard.without(rule.expr))):
                raw = inline(text, Decimal(30), recordings)
                assert promql.error(raw) is None
                assert not {found for found in promql.metric_names(raw) if found in recordings.names()}


@pytest.mark.parametrize(
    "expr, why",
    [
        ("shop:plain @ end()", "range query"),
        ("sum(rate(hits_total[5m] @ start()))", "range query"),
        ("max_over_time(shop:plain[5m:1m] @ end())", "range query"),
        ('{__name__=~"shop:.*"}', "by a pattern"),
        ('{__name__!="up",job="x"}', "by a pattern"),
        ('shop:plain{x=~"("}', "cannot be read"),
        ('shop:ratio{slo=~"[[:alpha:]]+"}', "is not understood"),
        (r'shop:ratio{slo=~"\\pL+"}', "is not understood"),
        ("shop:plain +", "cannot be read"),
        ('up{a="b" or c="d"}', "not known"),
    ],
)
def test_what_cannot_be_inlined_is_said(expr: str, why: str) -> None:
    """A wrong answer about the past is worse than none."""
    with pytest.raises(InlineError, match=why):
        inline(expr, MINUTE, Recordings([BY_HAND]))


def test_a_recording_that_reads_itself_is_not_followed_for_ever() -> None:
    """Prometheus allows it; there is no beginning to begin from."""
    loop = Group("a", "1m", (Recording("a:x", "a:y + 1"), Recording("a:y", "a:x offset 1m")))
    with pytest.raises(InlineError, match="from itself"):
        inline("a:x", MINUTE, Recordings([loop]))


def test_recordings_at_several_intervals_have_no_common_window() -> None:
    """Their samples would not be counted as Prometheus counts them."""
    groups = [Group("a", "1m", (Recording("a:x", "b", (("n", "1"),)),)), Group("b", "5m", (Recording("a:x", "c"),))]
    with pytest.raises(InlineError, match="several intervals"):
        inline("sum_over_time(a:x[1h])", MINUTE, Recordings(groups))


def test_too_many_recordings_behind_one_selector_are_refused() -> None:
    """A query over a whole fleet would be a megabyte long."""
    fleet = Group("a", "1m", tuple(Recording("a:x", "b", (("n", str(n)),)) for n in range(51)))
    with pytest.raises(InlineError, match="51 recordings"):
        inline("sum(a:x)", MINUTE, Recordings([fleet]))
    assert "b" in inline('sum(a:x{n="7"})', MINUTE, Recordings([fleet]))


def test_what_is_recorded_less_often_than_it_is_read_is_held() -> None:
    """An alert every 30 s over a series every 2 m sees each sample four times."""
    groups = [Group("a", "2m", (Recording("a:x", "b"),))]
    assert inline("a:x", Decimal(30), Recordings(groups)) == "last_over_time((b)[119999ms:2m])"
    assert inline("a:x", Decimal(240), Recordings(groups)) == "(b)"
    assert inline("max_over_time(a:x[10m:1m])", Decimal(120), Recordings(groups)).count("last_over_time") == 1


def test_what_another_service_records_is_looked_up_once() -> None:
    """Only where a name with a colon is not the service's own, or no service is named."""
    asked = []

    def others() -> list[Group]:
        asked.append(1)
        return [Group("b", "1m", (Recording("service:x", "raw_b", (("service", "b"),)),))]

    own = [Group("a", "1m", (Recording("service:x", "raw_a", (("service", "a"),)),))]
    recordings = Recordings(own, others)
    assert "raw_b" not in inline('up + service:x{service="a"}', MINUTE, recordings)
    assert asked == []
    assert "raw_b" in inline('service:x{service="b"}', MINUTE, recordings)
    assert "raw_a" in (both := inline("sum(service:x)", MINUTE, recordings))
    assert "raw_b" in both
    assert asked == [1]


def test_a_series_that_the_server_has_is_read_there() -> None:
    """`keep` is told the selector and how far back it reads."""
    told = []

    def keep(selector: str, past: Decimal) -> bool:
        told.append((selector, past))
        return selector == "shop:plain{}" or "errors" in selector

    expr = 'sum_over_time(shop:ratio{slo="errors"}[30m] offset 1h) + on () shop:info'
    raw = inline(expr, MINUTE, Recordings([BY_HAND]), keep)
    assert raw.startswith('sum_over_time(shop:ratio{slo="errors"}[30m] offset 1h) + on () label_replace(')
    assert told == [('shop:ratio{slo="errors"}', Decimal(5400)), ("shop:info", Decimal(0))]


@pytest.mark.parametrize(
    "expr, expected",
    [
        ("a > 1 and b >= 10", "a > 1"),
        ("a > 1 and on (service) (b * 300 >= 10)", "a > 1"),
        ("(a > 1 and b > 2) and c >= 3", "(a > 1 and b > 2)"),
        ("a > 1 and b > 2 and c >= 3", "a > 1 and b > 2"),
        ("(a > 1 and b >= 10) or (c > 1 and d >= 10)", "(a > 1) or (c > 1)"),
        ("(a > 1 and b >= 10) or c > 1", "(a > 1) or (c > 1)"),
        ("a > 1 and b > 10", ""),
        ("a > 1 and b >= c", ""),
        ("a >= 10", ""),
        ("a > 1 unless b >= 10", ""),
        ("sum(a and b >= 10)", ""),
    ],
)
def test_the_guard_is_told_from_the_expression(expr: str, expected: str) -> None:
    """Only the comparison with a number that a whole condition is joined with."""
    assert guard.without(expr) == expected
