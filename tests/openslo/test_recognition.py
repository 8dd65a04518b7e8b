"""Queries as people write them, and what they mean by the presets' names."""

from __future__ import annotations

import pytest

from gitops_obs import promql
from tests.openslo.documents import BAD, GOOD, QUICK, SERVICE, TIMED, TOTAL, slo
from tests.openslo.importing import drafts, said, service_file

AVAILABILITY = "slos:\n  availability: 99.9%\n"


@pytest.mark.parametrize(
    ("kind", "part", "total"),
    [
        ("bad", BAD, TOTAL),
        ("good", GOOD, TOTAL),
        ("good", f"{TOTAL} - {BAD}", TOTAL),
        ("bad", f"{TOTAL} - {GOOD}", TOTAL),
        ("bad", f"{BAD} or vector(0)", TOTAL),
        ("bad", BAD.replace("[5m]", "[{{.window}}]"), TOTAL.replace("[5m]", "[{{ .window }}]")),
        ("bad", BAD.replace("[5m]", "[$window]"), TOTAL.replace("[5m]", "[$__rate_interval]")),
        ("bad", BAD.replace("rate(", "increase("), f"({TOTAL})"),
        ("bad", 'http_requests_total{job="checkout",code=~"5.."}', 'http_requests_total{job="checkout"}'),
        ("bad", BAD.replace("sum", "sum by (job)"), TOTAL.replace("sum", "sum without (pod)")),
    ],
)
def test_a_sum_is_read_however_it_is_written(kind, part, total):
    """Rates or counters, good or bad, templates of sloth and Grafana for the window."""
    assert said(slo(part, total, kind=kind)) == []
    assert service_file(slo(part, total, kind=kind)).endswith(AVAILABILITY)


@pytest.mark.parametrize(
    ("le", "time"),
    [
        ('le="0.25"', "250ms"),
        ('le="1"', "1s"),
        ('le="1.0"', "1s"),
        ('le=~"1([.]0)?"', "1s"),
        ('le=~"1|1.0"', "1s"),
        ('le=~"^(1|1\\\\.0)$"', "1s"),
    ],
)
def test_a_bucket_is_read_in_both_spellings(le, time):
    """Prometheus 3 writes 1.0 where 2 wrote 1."""
    text = slo(QUICK.replace('le="0.25"', le), TIMED, kind="good", target="0.99")
    assert said(text) == []
    assert service_file(text).endswith(f"slos:\n  latency: 99% < {time}\n")


@pytest.mark.parametrize("le", ['le=~"0.1|0.25"', 'le!="0.25"', 'le=~"0..5"', 'le="+Inf"', 'le="fast"'])
def test_a_bucket_that_is_several_is_none(le):
    """A sum over buckets counts requests more than once."""
    text = slo(QUICK.replace('le="0.25"', le), TIMED, kind="good")
    assert [one[:6] for one in said(text)] == ["OBS143"]


def test_routes_become_routes_where_the_service_is_known_without():
    """`handler` is the route of prometheus_http; alone it must single out the service."""
    routed = slo(
        BAD.replace("}", ',handler="/pay"}'), TOTAL.replace("}", ',handler="/pay"}'), name="b", target="0.9995"
    )
    assert service_file(f"{slo()}---\n{routed}").endswith(
        f"{AVAILABILITY}  routes:\n    /pay:\n      availability: 99.95%\n"
    )
    alone = slo('sum(http_requests_total{handler="/pay",code=~"5.."})', 'sum(http_requests_total{handler="/pay"})')
    assert f"select: {{handler: /pay}}\n{AVAILABILITY}" in service_file(alone)


@pytest.mark.parametrize(
    ("labels", "owner"),
    [("team: shop", "shop"), ("owner: shop", "shop"), ("team: [shop, web]", "shop"), ("team: The Shop", "the-shop")],
)
def test_a_label_says_who_owns_it(labels, owner):
    """The Service's label first; --owner is stronger."""
    service = SERVICE.replace("team: payments", labels)
    assert drafts(service, slo(), owner="")[0][0].owner == owner
    assert drafts(service, slo(), owner="web")[0][0].owner == "web"


def test_the_only_team_of_the_project_owns_what_nobody_claims():
    """And with several teams somebody has to say."""
    assert drafts(slo(), owner="", owners=("shop",))[0][0].owner == "shop"
    assert said(slo(), owner="", owners=("shop", "web")) == ["OBS140 slo.yaml:3:1 nothing says who owns `checkout`"]


def test_numbers_are_exact_whatever_their_spelling():
    """0.990 and 99.90 are numbers, and no binary fraction comes between."""
    for written in ("0.990", "0.99", "'0.99'", "0.9900000"):
        assert "availability: 99%\n" in service_file(slo(target=written))
    assert "availability: 99.995%\n" in service_file(slo(target="0.99995"))
    assert "availability: 99.7%\n" in service_file(slo().replace("target: 0.999", "targetPercent: 99.70"))


@pytest.mark.parametrize(
    "expr",
    ["a * 2", "a / b", "a and b", "a or b", "-a", "avg(a)", "a offset 5m", "a @ 0", "count_over_time(a[5m])", "1",
     "histogram_fraction(0, 1, a) * histogram_count(b)", "histogram_fraction(1, 2, a) * histogram_count(a)", "a > 1"],
)  # fmt: skip
def test_what_is_more_than_a_sum_is_refused(expr):
    """Reading only its metrics would change its meaning."""
    with pytest.raises(ValueError, match="is more than a sum of counters"):
        promql.addends(expr)
