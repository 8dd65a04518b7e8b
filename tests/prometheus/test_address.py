"""Which Prometheus is asked, and whether it gets the token."""

from __future__ import annotations

from typing import Any

import pytest

from gitops_obs.errors import GitopsObsError
from gitops_obs.prometheus.address import Address, Asked, find

FILE = {
    "production": {"prometheus": "https://file.example/prometheus"},
    "staging": {"prometheus": "https://staging.example"},
}
TOKEN = {"PROMETHEUS_TOKEN": "secret"}


@pytest.mark.parametrize(
    "asked, environ, url",
    [
        (Asked("http://flag.example:9090/"), {"PROMETHEUS_URL": "http://env.example"}, "http://flag.example:9090"),
        (Asked(), {"PROMETHEUS_URL": "http://env.example"}, "http://env.example"),
        (Asked(), {"PROMETHEUS_URL": " "}, "https://file.example/prometheus"),
        (Asked(), {}, "https://file.example/prometheus"),
        (Asked(environment="staging"), {"PROMETHEUS_URL": "http://env.example"}, "https://staging.example"),
        (Asked("http://x.example/prometheus/api/v1/"), {}, "http://x.example/prometheus"),
        (Asked("http://[::1]:9090"), {}, "http://[::1]:9090"),
    ],
)
def test_the_nearest_word_counts(asked: Asked, environ: dict[str, str], url: str) -> None:
    """Command line, then environment, then project file; a named environment is nearer than a variable."""
    assert find(asked, environ, FILE)[0].url == url


@pytest.mark.parametrize(
    "asked, environ, sent",
    [
        (Asked("https://file.example/prometheus"), {}, True),
        (Asked(), {"PROMETHEUS_URL": "https://file.example/prometheus"}, True),
        (Asked(environment="staging"), {"PROMETHEUS_URL": "https://staging.example"}, True),
        (Asked(trust_file=True), {}, True),
        (Asked(), {}, False),
        (Asked(environment="staging"), {"PROMETHEUS_URL": "https://file.example/prometheus"}, False),
        (Asked(environment="production"), {}, False),
    ],
)
def test_an_address_out_of_a_file_gets_no_token(asked: Asked, environ: dict[str, str], sent: Any) -> None:
    """Whoever may change the file could otherwise send the token to himself; that it is held back is said."""
    address, findings = find(asked, environ | TOKEN, FILE)
    assert (address.token == TOKEN["PROMETHEUS_TOKEN"]) is sent
    assert [(found.code, found.severity.word) for found in findings] == ([] if sent else [("OBS518", "warning")])
    assert all(address.url in found.message and "secret" not in str(found) for found in findings)


def test_without_a_token_there_is_nothing_to_hold_back() -> None:
    """A Prometheus that asks for none is the usual case."""
    assert find(Asked(), {}, FILE) == (Address("https://file.example/prometheus"), [])


def test_credentials_in_an_address_are_kept_apart() -> None:
    """So that the address may be printed."""
    address, _ = find(Asked("https://anna:p%40ss@x.example:8443/p"), {"PROMETHEUS_TENANT": "shop"}, {})
    assert address == Address("https://x.example:8443/p", "anna", "p@ss", "", "shop")
    assert "p@ss" not in repr(address) + str(address)


@pytest.mark.parametrize(
    "asked, files, words",
    [
        (Asked(), {}, "no Prometheus is named"),
        (Asked(), {"production": {"grafana": "https://g.example"}}, "no Prometheus is named"),
        (Asked(environment="prod"), FILE, "no environment `prod`"),
        (Asked(environment="prod"), {}, "no environment `prod`"),
        (Asked(environment="a"), {"a": {}}, "environment `a` names no"),
        (Asked("prometheus:9090"), {}, "is not one"),
        (Asked("ftp://x.example"), {}, "is not one"),
        (Asked("http://"), {}, "is not one"),
        (Asked("http://x.example:port"), {}, "is not one"),
        (Asked("http://x.example/?a=b"), {}, "is not one"),
        (Asked("http://user:secret@[x"), {}, "is not one"),
        (Asked("http://x\n.example"), {}, "is not one"),
    ],
)
def test_no_address_is_a_finding_that_says_how_to_give_one(asked: Asked, files: dict[str, Any], words: str) -> None:
    """Configuration, so exit code 2; and no part of a wrong address is repeated, for it may hold a password."""
    with pytest.raises(GitopsObsError) as caught:
        find(asked, {}, files)
    (found,) = caught.value.diagnostics
    assert (caught.value.exit_code, found.code) == (2, "OBS510")
    assert words in found.message
    assert found.hint
    assert "secret" not in found.message + found.hint
