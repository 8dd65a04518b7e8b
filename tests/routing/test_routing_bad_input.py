"""What a project file may not say about routing: each with its code, its line and a hint, and nothing is built."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any

import pytest

from gitops_obs import project, unchanged
from gitops_obs.errors import Severity
from gitops_obs.request import Request
from gitops_obs.secret import masked
from tests.cli.program import start
from tests.core.projects import codes, run, service, services, tree, write

if TYPE_CHECKING:
    from pathlib import Path

HOURS = 'routing: {hours: {office: {from: "09:00", to: "17:00", zone: UTC}}}\n'
WEBHOOK = "https://hooks.slack.com/services/T0/B0/zyxw8"
TOKENS = ("xoxb-1234567890-abcdef", "xapp-1-A0-123-zyxw6", "xoxe.xoxp-1-Mi0yLTEy", WEBHOOK,
          "http://HOOKS.slack.com/workflows/T0/wxyz9", "https://hooks.slack-gov.com/services/T0/zyxw7")  # fmt: skip


def slack(channel: str, key: str = "page") -> str:
    """A project file with one channel, on line 3."""
    return f'owners:\n  payments:\n    slack: {{{key}: "{channel}"}}\n'


BAD = [
    ("no sign", slack("payments-oncall"), "OBS132", 3, 'did you mean "#payments-oncall"?'),
    ("capitals", slack("#Payments"), "OBS132", 3, 'did you mean "#payments"?'),
    ("a person", slack("@ada"), "OBS132", 3, "name a channel"),
    ("two channels", slack("#a #b"), "OBS132", 3, "name a channel"),
    ("only the sign", slack("#"), "OBS132", 3, "name a channel"),
    ("too long", slack("#" + "x" * 81), "OBS132", 3, "name a channel"),
    ("a template", slack("#{{ .Labels }}"), "OBS132", 3, "name a channel"),
    ("an address", slack("https://chat.example/hooks/1"), "OBS132", 3, "`routing.slack_api_url_file`"),
    ("an id in small letters", slack("c0123abcd"), "OBS132", 3, 'did you mean "#c0123abcd"?'),
    ("a bad default", "routing:\n  default: alerts\n", "OBS132", 2, 'did you mean "#alerts"?'),
    ("sign without quotes", "owners:\n  payments:\n    slack:\n      page: #payments\n", "OBS103", 4, "in quotes"),
    ("a webhook as channel", slack(WEBHOOK, "ticket"), "OBS131", 3, "revoke it"),
    ("a token as channel", slack(TOKENS[0]), "OBS131", 3, "revoke it"),
    ("a webhook as file", f"routing:\n  slack_api_url_file: {WEBHOOK}\n", "OBS131", 2, "revoke it"),
    ("a webhook where no key is", f"routing:\n  slack_api_url: {WEBHOOK}\n", "OBS131", 2, "revoke it"),
    ("a token in a list", f"routing: {{hours: {{a: {{days:\n [{TOKENS[1]}]}}}}}}\n", "OBS131", 2, "revoke it"),
    ("a token as key", f"owners:\n  {TOKENS[0]}: {{}}\n", "OBS131", 2, "revoke it"),
    ("unknown zone", HOURS.replace("UTC", "Europe/Berlyn"), "OBS133", 1, "did you mean `Europe/Berlin`?"),
    ("an abbreviation", HOURS.replace("UTC", "CEST"), "OBS133", 1, ""),
    ("a zone that is a path", HOURS.replace("UTC", "../../etc/passwd"), "OBS133", 1, "Europe/Berlin"),
    ("an absolute path", HOURS.replace("UTC", "/etc/localtime"), "OBS133", 1, "Europe/Berlin"),
    ("the machine's own zone", HOURS.replace("UTC", "localtime"), "OBS133", 1, "Europe/Berlin"),
    ("no zone", HOURS.replace(", zone: UTC", ""), "OBS102", 1, "Time zone"),
    ("backwards", HOURS.replace("09:00", "18:00"), "OBS134", 1, "end on the day"),
    ("no time at all", HOURS.replace("17:00", "09:00"), "OBS134", 1, "end on the day"),
    ("hours called always", HOURS.replace("office", "always"), "OBS134", 1, "another name"),
    ("hours nobody described", "routing:\n  tickets: office\n", "OBS134", 2, "describe them"),
    ("misspelt hours", HOURS.replace("{hours", "{tickets: ofice, hours"), "OBS134", 1, "did you mean `office`?"),
    ("a team's misspelt hours", HOURS + "owners:\n  a: {tickets: ofice}\n", "OBS134", 3, "did you mean `office`?"),
    ("one digit", HOURS.replace("09:00", "9:00"), "OBS104", 1, "such as"),
    ("hour 25", HOURS.replace("17:00", "25:00"), "OBS104", 1, "17:30"),
    ("a begin at 24:00", HOURS.replace("09:00", "24:00"), "OBS104", 1, "such as"),
    ("hours without quotes", HOURS.replace('"', ""), "OBS011", 1, "quote it"),
    ("no day", HOURS.replace("{from", "{days: [mo], from"), "OBS104", 1, "monday-friday"),
    ("no days", HOURS.replace("{from", "{days: [], from"), "OBS104", 1, "monday-friday"),
    ("no pace", "routing: {page: {group_interval: 0s}}\n", "OBS104", 1, "1m unless"),
    ("half a millisecond", "routing: {ticket: {group_wait: 0.5ms}}\n", "OBS104", 1, "1m unless"),
    ("whole without a default", "outputs: {alertmanager: whole}\n", "OBS102", 1, "routing"),
    ("an output of no kind", "outputs: {alertmanager: both}\n", "OBS104", 1, "fragments"),
    ("a relative file", "routing: {slack_api_url_file: slack_api_url}\n", "OBS104", 1, "from / on"),
    ("a template as file", "routing: {slack_token_file: '/{{ a }}'}\n", "OBS104", 1, "token"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "hint"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_it_may_not_say_is_a_finding(text: str, code: str, line: int, hint: str, tmp_path: Path) -> None:
    """At its line, with what to do."""
    result = run(write(tmp_path, services("cart") | {"gitops-obs.yaml": text}))
    found = result.diagnostics[0]
    assert (found.code, found.span.file, found.span.line) == (code, "gitops-obs.yaml", line)
    assert found.hint
    assert hint in found.hint
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("channel", ["#a", "#a-b_c", "#über-uns", "#7", "#" + "x" * 80, "C0123ABCD", "G0123ABCD"])
def test_channels_are_taken_as_slack_names_them(channel: str) -> None:
    """Letters of other alphabets, and ids, which outlive a renaming."""
    found, problems = project.from_data({"owners": {"payments": {"slack": {"page": channel}}}})
    assert problems == []
    assert found.routing.channel("payments", "page") == channel


@pytest.mark.parametrize("secret", TOKENS)
def test_a_secret_is_repeated_nowhere(secret: str, tmp_path: Path) -> None:
    """Not in the message, not in the excerpt of the file: logs of builds are read by many."""
    root = write(tmp_path, services("cart") | {"gitops-obs.yaml": f'routing: {{default: "{secret}"}}\n'})
    for output in ("text", "json", "github", "sarif", "markdown"):
        done = start("build", "--output-format", output, cwd=root)
        said = done.out + done.err
        assert done.code == (0 if output == "sarif" else 1), said
        assert "OBS131" in said
        assert secret.rpartition("/")[2][-6:] not in said


def test_what_only_looks_like_a_secret_is_left_as_it_is() -> None:
    """Words, and addresses of documentation."""
    for text in ("foxbox-payments-oncall", "https://slack.com/services", "xoxo", "hooks.slack.com"):
        assert masked(text) == text


def test_a_machine_without_time_zones_takes_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A small container knows none; Alertmanager will say what is wrong."""

    def none(key: str) -> Any:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", none)
    text = HOURS.replace("UTC", "Europe/Berlyn")
    assert codes(run(write(tmp_path, services("cart") | {"gitops-obs.yaml": text}))) == []


# owners whose alerts nobody is told of -------------------------------------------------------------------------------

OWNERS = 'owners:\n  payments: {slack: {page: "#p", ticket: "#t"}}\n'


@pytest.mark.parametrize(
    ("owner", "line", "words"),
    [
        ("shop: ~", 3, "pages and tickets of `shop` are left to the default route"),
        ('shop: {slack: {ticket: "#shop"}}', 3, "pages of `shop` are left to the default route"),
        ('shop:\n    title: Shop\n    slack: {page: "#shop"}', 5, "tickets of `shop` are left to the default route"),
    ],
)
def test_alerts_without_a_channel_are_told(owner: str, line: int, words: str, tmp_path: Path) -> None:
    """As a warning at the owner's line; the rest is built."""
    result = run(write(tmp_path, services("cart", owner="shop") | {"gitops-obs.yaml": f"{OWNERS}  {owner}\n"}))
    (found,) = result.diagnostics
    assert (found.code, found.severity, found.span.line, found.message) == ("OBS130", Severity.WARNING, line, words)
    assert found.hint.startswith("name a channel: `owners.shop.slack: {")
    assert tree(tmp_path, "generated/alertmanager")


def test_the_default_channel_is_named_where_it_is_known(tmp_path: Path) -> None:
    """In a whole configuration."""
    text = f"{OWNERS}  shop: ~\noutputs: {{alertmanager: whole}}\nrouting: {{default: '#alerts'}}\n"
    (found,) = run(write(tmp_path, services("cart", owner="shop") | {"gitops-obs.yaml": text})).diagnostics
    assert found.message == "pages and tickets of `shop` go to `#alerts`"


def test_an_owner_without_services_needs_no_channel(tmp_path: Path) -> None:
    """There is nothing to tell."""
    assert codes(run(write(tmp_path, services("cart") | {"gitops-obs.yaml": f"{OWNERS}  shop: ~\n"}))) == []


def test_without_routing_nobody_needs_a_channel(tmp_path: Path) -> None:
    """Alerts may go elsewhere."""
    text = f"{OWNERS}  shop: ~\noutputs: {{alertmanager: off}}\n"
    assert codes(run(write(tmp_path, services("cart", owner="shop") | {"gitops-obs.yaml": text}))) == []


def test_the_warning_comes_again_with_the_next_build(tmp_path: Path) -> None:
    """The quick look at what changed does not swallow it."""
    root = write(
        tmp_path, {"services/cart.yaml": service("cart", owner="shop"), "gitops-obs.yaml": f"{OWNERS}  shop: ~\n"}
    )
    assert codes(run(root)) == ["OBS130"]
    assert unchanged.look(root, Request()) is None
    assert codes(run(root)) == ["OBS130"]
