"""What the teams were told in Slack meanwhile: each fault in the channel of its team, and its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.alertmanager import EXTERNAL_URL
from tests.e2e.lab.project import GRAFANA, REPOSITORY
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from tests.e2e.lab.laboratory import Lab

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

Json = dict[str, Any]

TOLD = [
    ("#payments-oncall", "PAGE", "orders", "too many requests fail", "danger"),
    ("#payments-oncall", "PAGE", "receipts", "too many requests fail", "danger"),
    ("#storefront", "TICKET", "catalogue", "requests take too long", "warning"),
]


@pytest.mark.parametrize("told", TOLD, ids=[case[2] for case in TOLD])
def test_a_fault_is_told_to_the_team_that_can_mend_it(lab: Lab, firing: list[Json], told: tuple[str, ...]) -> None:
    """In its channel and in no other, with the alert's own words on what to do."""
    assert firing
    channel, word, service, what, color = told
    title = f"[{word}] {service}: {what}"
    message = until(lambda: _titled(lab, channel, title), f"{title} in {channel}")[0]
    alert = next(a for a in firing if a["labels"]["service"] == service and "route" not in a["labels"])
    assert message["color"] == color
    (field,) = message["fields"]
    assert field["title"] == "Do now"
    assert field["value"].startswith(alert["annotations"]["action"] + "\n")
    assert alert["annotations"]["impact"] in message["text"]
    assert alert["annotations"]["summary"] in message["text"] + message["title"]
    others = {m["channel"] for m in lab.slack.messages if title in m["attachments"][0]["title"]} - {channel}
    assert others == set()


def test_a_message_leads_to_dashboard_runbook_service_file_and_silence(lab: Lab, firing: list[Json]) -> None:
    """With the time of the alert, and to a silence of just this."""
    assert firing
    message = until(lambda: _titled(lab, "#payments-oncall", "[PAGE] orders"), "the page")[0]
    link = rf"{GRAFANA}/d/svc-orders\?viewPanel=\d+&from=(\d+)&to=(\d+)(?:&var-route=%2Fpay)?"
    dashboard = re.fullmatch(link, message["title_link"])
    began = re.search(r"Since <!date\^(\d+)\^", message["text"])
    assert dashboard
    assert began
    assert int(dashboard[1]) + 3600 * 1000 == int(dashboard[2])
    assert int(began[1]) <= int(dashboard[2]) // 1000 <= int(began[1]) + 600
    links = message["fields"][0]["value"]
    assert f"|Dashboard> · <{REPOSITORY}/blob/main/docs/runbooks/orders.md|Runbook>" in links
    assert f"<{REPOSITORY}/blob/main/services/orders.yaml|Service file>" in links
    silence = re.search(rf"<{EXTERNAL_URL}/#/silences/new\?filter=([^|]*)\|Silence>$", links)
    assert silence
    assert "service%3D%22orders%22" in silence[1]


def test_the_end_is_told_with_how_long_it_took(lab: Lab, firing: list[Json]) -> None:
    """In the same channel, once the service is well."""
    assert firing
    lab.calm()
    for channel, _, service, what, _ in TOLD:
        # whichever of the service's alerts was the last to end
        titles = (f"[RESOLVED] {service}: {what}", f"[RESOLVED] {service} /pay: {what}")
        ended = until(lambda: _titled(lab, channel, *titles), f"the end of {titles[0]}")[-1]  # noqa: B023
        assert re.search(r"[Ll]asted (\d+m)?\d+m?s?, until <!date\^\d+\^", ended["text"]), ended["text"]
        assert ended["color"] == "good"


def test_slack_refused_nothing_and_nobody_else_was_told(lab: Lab, firing: list[Json]) -> None:
    """Every request was a message that Slack takes, and no alert fell through to the default channel."""
    assert firing
    assert lab.slack.refused == []
    assert lab.slack.to("#alerts") == []
    assert "level=error" not in lab.alertmanager.log()


def _titled(lab: Lab, channel: str, *titles: str) -> list[Json]:
    assert lab.slack.refused == []
    return [message for message in lab.slack.to(channel) if message["title"].startswith(titles)]
