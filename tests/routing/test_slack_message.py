"""The message in Slack, filled in by the real amtool from alerts of all kinds, and held to Slack's own rules."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.routing import routed
from tests.slack import bad_text

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

LABELS = {"alertname": "REDErrorRatioHigh", "service": "checkout", "slo": "availability", "severity": "page",
          "team": "payments", "tier": "1"}  # fmt: skip
TEXTS = {
    "summary": "checkout: too many requests fail",
    "description": "14% of the requests of the last 5m failed.",
    "impact": "Users of checkout get errors.",
    "action": "Roll back: `kubectl -n shop rollout undo deployment/checkout`.",
    "dashboard_url": "https://grafana.example/d/svc-checkout?viewPanel=3",
    "runbook_url": "https://git.example/runbook.md",
    "service_file_url": "https://git.example/checkout.yaml",
}
BEGAN, ENDED, NEVER = "2024-01-01T02:41:00Z", "2024-01-01T03:46:00.4Z", "0001-01-01T00:00:00Z"


def alert(status: str = "firing", labels: dict[str, str] | None = None, **texts: str) -> dict[str, Any]:
    """An alert as templates see it; texts of "" are left out."""
    said = {key: text for key, text in (TEXTS | texts).items() if text}
    end = NEVER if status == "firing" else ENDED
    all_labels = LABELS | (labels or {})
    return {"status": status, "labels": all_labels, "annotations": said, "startsAt": BEGAN, "endsAt": end}


def filled(
    folder: Path, *alerts: dict[str, Any], receiver: str = "payments/page", text: str = routed.PROJECT
) -> dict[str, str]:
    """Every templated field of the receiver's message about a group of alerts."""
    first = alerts[0]["labels"]
    common = {k: v for k, v in first.items() if all(one["labels"].get(k) == v for one in alerts)}
    status = "firing" if any(one["status"] == "firing" for one in alerts) else "resolved"
    data = {"receiver": receiver, "status": status, "alerts": alerts, "groupLabels": {}, "commonLabels": common,
            "commonAnnotations": {}, "externalURL": "https://alertmanager.example"}  # fmt: skip
    file = folder / "data.json"
    file.write_text(json.dumps(data))
    found = next(one for one in routed.config(text)["receivers"] if one["name"] == receiver)["slack_configs"][0]
    said = {}
    (field,) = found["fields"]
    found |= {"heading": field["title"], "field": field["value"]}
    for key in ("title", "title_link", "fallback", "text", "color", "heading", "field"):
        command = ["amtool", "template", "render", "--template.glob=/dev/null", f"--template.data={file}"]
        done = subprocess.run([*command, f"--template.text={found[key]}"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        said[key] = done.stdout
    assert [bad_text(said, key) for key in ("title", "text", "fallback", "heading", "field")] == [""] * 5
    return said


def test_a_page_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    """All of it, in the order in which it is needed."""
    said = filled(tmp_path, alert())
    dashboard = "https://grafana.example/d/svc-checkout?viewPanel=3&from=1704073260000&to=now"
    silence = "https://alertmanager.example/#/silences/new?filter=%7B" + "%2C".join(
        f"{name}%3D%22{LABELS[name]}%22" for name in ("alertname", "service", "severity", "slo", "team")
    )
    assert said == {
        "title": "[PAGE] checkout: too many requests fail",
        "title_link": dashboard,
        "fallback": "[PAGE] checkout: too many requests fail: 14% of the requests of the last 5m failed.",
        "color": "danger",
        "text": "14% of the requests of the last 5m failed.\n"
        "Since <!date^1704076860^{date_short_pretty} {time}|2024-01-01 02:41 UTC>. Users of checkout get errors.\n",
        "heading": "Do now",
        "field": "Roll back: `kubectl -n shop rollout undo deployment/checkout`.\n"
        f"<{dashboard.replace('&', '&amp;')}|Dashboard> · <https://git.example/runbook.md|Runbook> · "
        f"<https://git.example/checkout.yaml|Service file> · <{silence}%7D|Silence>",
    }


def test_an_end_says_how_long_it_took(tmp_path: Path) -> None:
    """And shows the time it was about; there is nothing to silence and nothing to do."""
    said = filled(tmp_path, alert("resolved"))
    assert said["title"] == said["fallback"] == "[RESOLVED] checkout: too many requests fail"
    assert said["color"] == "good"
    ended = "<!date^1704080760^{date_short_pretty} {time}|2024-01-01 03:46 UTC>"
    assert said["text"].splitlines()[0] == f"Lasted 1h5m, until {ended}."
    assert said["heading"] == "Look at"
    assert "from=1704073260000&amp;to=1704081660400|Dashboard> · <https://git" in said["field"]
    assert said["field"].endswith(" · <https://alertmanager.example|Alertmanager>")
    assert "Roll back" not in said["text"] + said["field"]


@pytest.mark.parametrize(
    ("end", "lasted"),
    [("02:41:07.6", "8s"), ("02:42:00", "1m"), ("02:53:34", "12m34s"), ("03:41:00", "1h"), ("04:41:05", "2h0m5s")],
)
def test_how_long_is_said_as_people_say_it(tmp_path: Path, end: str, lasted: str) -> None:
    """To the second, without empty units at the end."""
    said = filled(tmp_path, alert("resolved") | {"endsAt": f"2024-01-01T{end}Z"})
    assert said["text"].startswith(f"Lasted {lasted}, until ")


HOSTILE = "a <!channel> & <https://evil.example|log in> &lt; </b> {{ .Labels }} `x` \"q\" 'p' \\ ü"


def test_texts_of_alerts_cannot_mention_a_channel_or_forge_a_link(tmp_path: Path) -> None:
    """They are shown as they were written, in every field."""
    said = filled(tmp_path, alert(summary=HOSTILE, description=HOSTILE, impact=HOSTILE, action=HOSTILE))
    shown = (
        "a &lt;!channel&gt; &amp; &lt;https://evil.example|log in&gt; &amp;lt; &lt;/b&gt; "
        "{{ .Labels }} `x` \"q\" 'p' \\ ü"
    )
    assert [said[key].count(shown) for key in ("title", "fallback", "text", "field")] == [1, 2, 2, 1]


def test_a_label_with_odd_characters_stays_inside_the_silence(tmp_path: Path) -> None:
    """Quotes, angle brackets and pipes are escaped for the address."""
    said = filled(tmp_path, alert(labels={"slo": 'a"b|<c>&d}'}))
    assert "slo%3D%22a%22b%7C%3Cc%3E%26d%7D%22" in said["field"]


def test_a_group_of_alerts_is_one_message(tmp_path: Path) -> None:
    """Three in full, each under its name, more by name, and those that ended with how long they took."""
    routes = [alert(labels={"route": f"/{n}"}, summary=f"checkout /{n}: fails") for n in range(14)]
    said = filled(tmp_path, alert("resolved", summary="checkout: fails"), *routes)
    assert said["title"] == "[PAGE] checkout /0: fails (14 alerts)"
    assert re.findall(r"^\*(checkout.*)\*$", said["text"], re.MULTILINE) == [f"checkout /{n}: fails" for n in range(3)]
    assert said["heading"] == "Do now"
    assert "*Do now:*" not in said["text"]
    listed = re.findall(r"^• (.*)$", said["text"], re.MULTILINE)
    assert listed == [*(f"checkout /{n}: fails" for n in range(3, 10)), "and more"]
    assert "\nOver: checkout: fails, lasted 1h5m, until " in said["text"]
    assert said["field"].count("|Dashboard>") == 1


def test_alerts_of_a_group_say_each_what_to_do(tmp_path: Path) -> None:
    """Once, where it is the same."""
    other = alert(labels={"alertname": "Zzz"}, summary="checkout: burns", action="Shed load.")
    said = filled(tmp_path, alert(), other, alert(summary="checkout: third"))
    assert said["field"].startswith(TEXTS["action"])
    assert re.findall(r"^\*Do now:\* (.*)$", said["text"], re.MULTILINE) == ["Shed load."]
    assert "get errors.\n*Do now:* Shed load.\n\n*checkout: third*\n14%" in said["text"]


def test_a_change_to_compare_is_a_link_where_there_is_one(tmp_path: Path) -> None:
    """The annotation `compare_url`."""
    said = filled(tmp_path, alert(compare_url="https://git.example/compare/a...b?x=1&y=2"))
    assert " · <https://git.example/compare/a...b?x=1&amp;y=2|What changed> · " in said["field"]


def test_what_has_no_address_is_no_link(tmp_path: Path) -> None:
    """Without Grafana's and the repository's address, a path is shown as text, and nothing leads nowhere."""
    said = filled(tmp_path, alert(dashboard_url="/d/svc-checkout", runbook_url="docs/<a>.md", service_file_url=""))
    assert said["title_link"] == ""
    assert said["field"].splitlines()[-1].startswith("Runbook: docs/&lt;a&gt;.md · <https://alertmanager.example/#/sil")


def test_an_alert_that_says_nothing_is_shown_by_its_name(tmp_path: Path) -> None:
    """Somebody else's alert, with the team's label."""
    said = filled(tmp_path, alert(**dict.fromkeys(TEXTS, "")))
    assert said["title"] == said["fallback"] == "[PAGE] REDErrorRatioHigh"
    assert said["text"].startswith("Since <!date")
    assert said["text"].count("\n") == 1
    assert said["heading"] == "Look at"


def test_tickets_look_different(tmp_path: Path) -> None:
    """By word and by colour."""
    said = filled(tmp_path, alert(labels={"severity": "ticket"}), receiver="payments/ticket")
    assert (said["title"], said["color"]) == ("[TICKET] checkout: too many requests fail", "warning")


@pytest.mark.parametrize(
    ("labels", "title", "first"),
    [
        ({"team": "nobody"}, "[PAGE] ", "The project file names no Slack channel for these alerts of nobody."),
        ({"team": "nobody", "severity": "critical"}, "[CRITICAL] ", "The project file names no"),
        ({"team": "", "severity": ""}, "[ALERT] ", "14% of the requests"),
    ],
)
def test_the_default_channel_is_told_why(tmp_path: Path, labels: dict[str, str], title: str, first: str) -> None:
    """Whose alerts they are, where that is known."""
    said = filled(tmp_path, alert(labels=labels), receiver="default")
    assert said["title"].startswith(title)
    assert said["text"].startswith(first)


def test_a_link_that_holds_a_time_is_left_as_it_is(tmp_path: Path) -> None:
    """Generated alerts say themselves when they were looked at last."""
    link = "https://grafana.example/d/svc-checkout?viewPanel=3&from=1704073260000&to=1704076860000&var-route=%2Fpay"
    said = filled(tmp_path, alert(dashboard_url=link))
    assert said["title_link"] == link


def test_the_dashboard_opens_on_the_alerts_cluster(tmp_path: Path) -> None:
    """Where the project tells clusters apart."""
    text = routed.PROJECT + "cluster_label: region\n"
    said = filled(tmp_path, alert(labels={"region": "eu 1"}), text=text)
    assert said["title_link"].endswith("&to=now&var-cluster=eu+1")
    assert "region%3D%22eu+1%22" in said["field"]
