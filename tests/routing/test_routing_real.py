"""Generated routing in a real Alertmanager that writes to a stand-in for Slack: who is told, who is not, and when."""

from __future__ import annotations

import datetime as dt
import itertools
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitops_obs import alertmanager
from gitops_obs.alertmanager import inhibition
from gitops_obs.routing import DAYS
from tests.alertmanager import Alertmanager
from tests.e2e.lab.wait import until
from tests.routing import routed
from tests.slack import Slack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("alertmanager")]

Labels = dict[str, str]

PAGE = {"alertname": "Burning", "severity": "page", "team": "payments", "service": "cart", "slo": "availability"}
TICKET = PAGE | {"severity": "ticket"}
ABSENT = PAGE | {"alertname": "TargetAbsent", "slo": "target"}
OWN = TICKET | {"alertname": "QueueGrows", "slo": "none"}
DRIFT = TICKET | {"alertname": "GitOpsDrift", "slo": "drift", "checker": "kubernetes", "source": "cart"}
BROKEN = DRIFT | {"alertname": "DriftCheckFailing"}


def project(today: dt.date) -> dict[str, Any]:
    """Tickets of `payments` are sent at any hour of any day, those of `late` on a day that is three days away."""
    day = DAYS[(today.weekday() + 3) % 7]
    owners = {"payments": "open", "shop": "always", "late": "closed"}
    all_day = {"from": "00:00", "to": "24:00", "zone": "UTC"}
    pace = {"group_wait": "0s", "group_interval": "1s"}
    return {
        "owners": {
            name: {"slack": {"page": f"#{name}-oncall", "ticket": f"#{name}"}, "tickets": tickets}
            for name, tickets in owners.items()
        },
        "routing": {
            "default": "#alerts",
            "hours": {"open": {"days": ["monday-sunday"], **all_day}, "closed": {"days": [day], **all_day}},
            "page": pace,
            "ticket": pace,
        },
    }


@dataclass(frozen=True)
class Site:
    """A running Alertmanager, and the Slack it writes to."""

    alertmanager: Alertmanager
    slack: Slack
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def is_silenced(self, target: Labels, source: Labels) -> bool:
        """Whether `target` keeps quiet while `source` fires. Sources that tell no service are those of the target's."""
        service = f"service-{next(self.numbers)}"
        target = target | {"service": service}
        source = {"service": service} | {k: v for k, v in source.items() if (k, v) != ("service", "cart")}
        # Alertmanager takes alerts in order: once the last page silences its ticket, the source has been seen too
        page, ticket = (one | {"service": f"control-{service}"} for one in (PAGE, TICKET))
        self.alertmanager.fire(ticket, target, source, page)
        until(lambda: self._inhibited(ticket), "the control to be silenced")
        return self._inhibited(target)

    def _inhibited(self, labels: Labels) -> bool:
        (found,) = (alert for alert in self.alertmanager.alerts() if alert["labels"] == labels)
        return bool(found["status"]["inhibitedBy"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Alertmanager with a whole configuration, its messages going to the stand-in."""
    folder = tmp_path_factory.mktemp("alertmanager")
    data = project(dt.datetime.now(dt.UTC).date())
    data["routing"]["slack_api_url_file"] = str(folder / "slack_api_url")
    with ExitStack() as stack:
        slack = Slack()
        stack.callback(slack.stop)
        (folder / "slack_api_url").write_text(f"{slack.url}\n")
        config = folder / "alertmanager.yml"
        config.write_text(alertmanager.text(alertmanager.whole(routed.routing(yaml.safe_dump(data)))))
        server = Alertmanager(folder, config)
        stack.callback(server.stop)
        server.start()
        yield Site(server, slack)


SILENCED = [
    ("a ticket by the page of the same objective", TICKET, PAGE),
    ("a ticket by the page of a route", TICKET, PAGE | {"route": "/pay"}),
    ("a page by the absence of all targets", PAGE, ABSENT),
    ("a ticket by the absence of all targets", TICKET | {"slo": "latency"}, ABSENT),
    *(
        (f"{drift} by {broken}", DRIFT | {"alertname": drift}, BROKEN | {"alertname": broken})
        for drift, broken in itertools.product(inhibition.DRIFT, inhibition.BROKEN_CHECK)
    ),
]
TOLD = [
    ("a ticket beside the page of another objective", TICKET | {"slo": "latency"}, PAGE),
    ("a ticket beside the page of another service", TICKET, PAGE | {"service": "other"}),
    ("a ticket beside another team's page", TICKET, PAGE | {"team": "shop"}),
    ("a page beside a ticket", PAGE, TICKET),
    ("an alert of one's own beside a page of one's own", OWN, OWN | {"severity": "page", "alertname": "Other"}),
    ("an alert of one's own while all targets are absent", OWN, ABSENT),
    ("the absence of all targets beside a page", ABSENT, PAGE),
    ("a page beside an absence that is but a ticket", PAGE, ABSENT | {"severity": "ticket"}),
    ("drift beside a page", DRIFT, PAGE),
    ("drift while all targets are absent", DRIFT, ABSENT),
    ("drift beside a page on drift", DRIFT, DRIFT | {"severity": "page", "checker": "terraform"}),
    ("drift that the check of another source cannot see", DRIFT, BROKEN | {"source": "other"}),
    ("drift beside another checker that fails", DRIFT, BROKEN | {"checker": "terraform"}),
    ("drift that pages beside a check that fails", DRIFT | {"severity": "page"}, BROKEN),
    ("a check that fails beside drift", BROKEN, DRIFT),
    ("a check that fails beside a page", BROKEN, PAGE),
]


@pytest.mark.parametrize(("target", "source"), [case[1:] for case in SILENCED], ids=[case[0] for case in SILENCED])
def test_what_says_the_same_or_cannot_be_trusted_keeps_quiet(site: Site, target: Labels, source: Labels) -> None:
    """The louder or the surer alert speaks."""
    assert site.is_silenced(target, source)


@pytest.mark.parametrize(("target", "source"), [case[1:] for case in TOLD], ids=[case[0] for case in TOLD])
def test_what_is_news_is_told(site: Site, target: Labels, source: Labels) -> None:
    """No page is lost to a ticket, and drift, the lead, is told beside a page."""
    assert not site.is_silenced(target, source)


@pytest.mark.parametrize(
    ("labels", "channel"),
    [
        ({"team": "shop", "severity": "page"}, "#shop-oncall"),
        ({"team": "shop", "severity": "ticket"}, "#shop"),
        ({"team": "payments", "severity": "ticket"}, "#payments"),
        ({"team": "late", "severity": "page"}, "#late-oncall"),
        ({"team": "nobody", "severity": "page"}, "#alerts"),
        ({"severity": "page"}, "#alerts"),
    ],
)
def test_each_team_is_told_in_its_channel(site: Site, labels: Labels, channel: str) -> None:
    """And nobody else is; tickets in their hours, pages always."""
    name = f"Told{next(site.numbers)}"
    site.alertmanager.fire({"alertname": name, "service": name, "slo": "none"} | labels, summary=f"{name} fires")
    until(lambda: [m for m in site.slack.to(channel) if f"{name} fires" in m["title"]], f"a message in {channel}")
    told = [m["channel"] for m in site.slack.messages if name in m["attachments"][0]["title"]]
    assert told == [channel]
    assert site.slack.refused == []


def test_tickets_wait_for_their_hours(site: Site) -> None:
    """What came before is not told, while what came after it is told to a team whose hours these are."""
    late = {"alertname": "Late", "service": "late", "slo": "none", "severity": "ticket", "team": "late"}
    site.alertmanager.fire(late, summary="late ticket")
    for n in range(2):
        name = f"ticket {next(site.numbers)} of now"
        site.alertmanager.fire(late | {"team": "payments", "alertname": f"Now{n}", "service": f"now-{n}"}, summary=name)
        until(lambda: [m for m in site.slack.to("#payments") if name in m["title"]], "the ticket in time")  # noqa: B023
    assert site.slack.to("#late") == []
    (waiting,) = (one for one in site.alertmanager.alerts() if one["labels"] == late)
    assert waiting["receivers"] == [{"name": "late/ticket"}]
