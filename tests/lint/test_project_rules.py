"""What `gitops-obs lint` says about the rules of a project's services, and where."""

from __future__ import annotations

import pytest

from gitops_obs import lint, source
from gitops_obs.errors import Severity
from gitops_obs.request import Request
from gitops_obs.workspace import Workspace
from tests.core.projects import service, write

BUCKET = "sum(rate(http_request_duration_seconds_bucket{${select},le='%s'}[5m])) > 1"


def alert(expr, **more):
    """A custom alert as YAML that is JSON."""
    texts = {"summary": "s", "description": "d", "action": "a", "for": "5m", **more}
    lines = "".join(f"{key}: {value!r}\n" for key, value in texts.items())
    return {"alerts/own.yaml": f"alert: own\nname: Own\nexpr: {expr!r}\n{lines}"}


def said(root, files, **request):
    """Place, code and message of all but notes about what is left out."""
    result = lint.run(Workspace(write(root, files)), Request(**request))
    return [f"{d.span} {d.code} {d.message}" for d in result.diagnostics if d.code != "OBS112"]


FAULTS = [
    ("sum(queue_total{${select}}) > 1", {},
    "OBS327 alert `Own`: counter `queue_total` without rate, irate or increase"),
    ("sum(queue{${select}})", {}, "OBS311 alert `Own`: compares with nothing, so it always fires"),
    ("sum(queue{${select}}) > 1", {"summary": "{{ $labels.job }}"},
     "OBS314 alert `Own`: `summary` reads label `job`, which the expression does not have"),
    ("service:nothing:rate5m > 1", {},
    "OBS332 alert `Own`: `service:nothing:rate5m`: no rule of the service records it"),
    ("sum(rate(queue_total{${select}}[59s])) > 1", {},
     "OBS322 alert `Own`: `rate` over 59s, with a scrape every 30s, mostly has no result"),
    (BUCKET % "0.3", {}, "OBS329 alert `Own`: `http_request_duration_seconds_bucket` has no bucket `0.3`"),
    ("sum(queue{${select}}) > 1", {"summary": "{{ $valu }}"},
     "OBS313 alert `Own`: template in `summary`: there is no variable `$valu`"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "more", "message"), FAULTS, ids=[message.split()[0] for _, _, message in FAULTS])
def test_a_fault_of_a_custom_alert_stands_where_a_service_turns_it_on(tmp_path, expr, more, message):
    """Each service that has it is told."""
    files = {"services/checkout.yaml": service("checkout", "alerts: {own: on}"), **alert(expr, **more)}
    assert said(tmp_path, files) == [f"services/checkout.yaml:4:10 {message}"]


def test_services_of_one_shape_are_told_apart_by_what_checks_look_at(tmp_path):
    """A duration is text in a template, and yet one service waits for too long."""
    files = {
        f"services/{name}.yaml": service(
            name, f"alerts:\n  error_ratio: {{threshold: 5%, for: {wait}}}", "slos: {availability: 99.9%}"
        )
        for name, wait in (("a", "2m"), ("b", "2h"), ("c", "5m"), ("d", "2h"))
    }
    assert said(tmp_path, files) == [
        f"services/{name}.yaml:5:3 OBS334 alert `REDErrorRatioHigh`: a page that waits for 2h" for name in "bd"
    ]


def test_buckets_of_the_service_itself_count_instead_of_the_presets(tmp_path):
    """The file says which ones its application has."""
    text = service("checkout", "alerts: {own: on}").replace("{preset:", "{buckets: [0.3, 1], preset:")
    assert said(tmp_path, {"services/checkout.yaml": text, **alert(BUCKET % "0.3")}) == []
    (line,) = said(tmp_path, {"services/checkout.yaml": text, **alert(BUCKET % "0.25")})
    assert "has no bucket `0.25`" in line


def test_the_projects_scrape_interval_and_group_size_are_heeded(tmp_path):
    """Ten minutes of window are few for a scrape every four."""
    files = {
        "services/checkout.yaml": service("checkout", "alerts: {own: on}"),
        "gitops-obs.yaml": "rules: {scrape_interval: 4m, rate_window: 16m}\n",
        **alert("sum(rate(queue_total{${select}}[10m])) > 1"),
    }
    result = lint.run(Workspace(write(tmp_path, files)), Request())
    found = [d for d in result.diagnostics if d.code == "OBS322"]
    assert [d.severity for d in found] == [Severity.INFO]


def test_a_custom_alert_of_another_team_may_be_recorded_elsewhere(tmp_path):
    """Names that are not of our level are a note only."""
    files = {"services/checkout.yaml": service("checkout", "alerts: {own: on}"), **alert("shop:orders:rate5m > 1")}
    result = lint.run(Workspace(write(tmp_path, files)), Request())
    assert {d.severity for d in result.diagnostics if d.code == "OBS332"} == {Severity.INFO}


PLACED = """a: sum(b)
b: "sum(b)"
c: 'sum(b)'
d: |
  first
    sum(b)
e: >-
  folded
  sum(b)
f: {g: [one, "sum(b)"]}
h: "\\x73um(b)"
"""


@pytest.mark.parametrize(
    ("path", "offset", "place"),
    [
        (("a",), 4, "f:1:8"), (("b",), 4, "f:2:9"), (("c",), 4, "f:3:9"), (("d",), 12, "f:6:9"), (("d",), 0, "f:5:3"),
        (("e",), 7, "f:7:4"), (("f", "g", 1), 4, "f:10:19"), (("h",), 4, "f:11:4"), (("f",), 0, "f:10:4"),
        (("x",), 0, "f:1:1"), (("f", "g", 7), 0, "f:10:5"),
    ],
)  # fmt: skip
def test_a_place_within_a_text_is_found(path, offset, place):
    """In every way to write a text; the whole text where lines are folded or characters escaped."""
    document = source.Document("f", PLACED, None)
    assert str(document.within(path, offset)) == place
