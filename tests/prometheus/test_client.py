"""The query client against a real Prometheus, and against servers that fail in every way they know."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gitops_obs.errors import Diagnostic, GitopsObsError
from gitops_obs.prometheus.address import Address
from gitops_obs.prometheus.client import MOST_POINTS, Client, Limits
from tests.prometheus.past import Past, ago, remembered
from tests.prometheus.strict import Answer, refusal, serving, vector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = Limits(rate=1000, backoff=0.01, timeout=5, longest_wait=0.05)
SECRET, PASSWORD = "secret", "pa:ss"
HTML = Answer(body=b"<html>Sign in</html>", headers={"Content-Type": "text/html; charset=utf-8"})
EMPTY = vector()


def client(url: str, limits: Limits = QUICK, **address: str) -> Client:
    return Client(Address(url, **address), limits)


def finding(url: str, limits: Limits = QUICK, **address: str) -> Diagnostic:
    """What a question comes to that fails; always with the exit code of a remote failure."""
    with pytest.raises(GitopsObsError) as caught:
        client(url, limits, **address).query("up", 1)
    assert caught.value.exit_code == 3
    (found,) = caught.value.diagnostics
    assert found.hint
    assert found.span.file == url
    return found


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A real Prometheus with two series over an hour."""
    series = {'a_total{x="1"}': [float(n) for n in range(61)], 'a_total{x="2"}': [2.0] * 61, "b": [1.0] * 61}
    past = Past(series, ago(1))
    with remembered(tmp_path_factory.mktemp("real"), past) as url:
        yield url, past.start


@pytest.mark.real
def test_a_real_prometheus_answers(real: tuple[str, int]) -> None:
    """Instant and range queries, names, labels, counts, scalars."""
    url, start = real
    asking = client(url)
    asking.check()
    assert asking.query('a_total{x="1"}', start + 60) == [({"__name__": "a_total", "x": "1"}, [(start + 60, "1")])]
    assert asking.query("1.5", start) == [({}, [(start, "1.5")])]
    assert asking.metric_names() == ["a_total", "b"]
    assert asking.label_names('a_total{x="1"}') == ["__name__", "x"]
    assert asking.count("a_total", start + 60) == 2
    assert asking.count("nothing", start + 60) == 0
    assert asking.metadata() == {}
    (piece,) = asking.query_range("b", start // 60, start // 60 + 60, 60)
    assert [len(values) for _, values in piece] == [61]


@pytest.mark.real
def test_a_long_range_comes_in_pieces_that_prometheus_takes(real: tuple[str, int]) -> None:
    """It refuses more than 11,000 points; nothing is missing or asked twice where the pieces meet."""
    url, start = real
    asking = client(url)
    whole = list(asking.query_range("vector(1)", start * 4, start * 4 + 2 * MOST_POINTS + 5, 0.25))
    times = [at for piece in whole for _, values in piece for at, _ in values]
    assert [len(values) for piece in whole for _, values in piece] == [MOST_POINTS, MOST_POINTS, 6]
    assert times == [(start * 4 + n) * 0.25 for n in range(2 * MOST_POINTS + 6)]


@pytest.mark.real
def test_what_prometheus_refuses_is_said_in_its_words(real: tuple[str, int]) -> None:
    """A query that does not parse, one that cannot be matched, and too many points."""
    url, start = real
    for expr, words in (("sum(", "unclosed left parenthesis"), ("a_total + on (y) a_total", "many-to-many")):
        with pytest.raises(GitopsObsError) as caught:
            client(url).query(expr, start + 60)
        assert caught.value.diagnostics[0].code == "OBS513"
        assert words in caught.value.diagnostics[0].message


def test_a_server_that_is_down_is_named() -> None:
    """With the reason and the address, after a few tries."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    found = finding(url)
    assert (found.code, found.message) == ("OBS511", "cannot reach Prometheus: connection refused")


def test_a_name_that_is_none_is_named() -> None:
    """The resolver's many words are one reason."""
    found = finding("http://prometheus.invalid", replace(QUICK, retries=0))
    assert (found.code, found.message) == ("OBS511", "cannot reach Prometheus: no such host")


def test_a_slow_server_is_asked_once() -> None:
    """What took too long takes as long again."""
    with serving(replace(EMPTY, delay=0.6)) as server:
        found = finding(server.url, replace(QUICK, timeout=0.2))
        assert (found.code, found.message) == ("OBS519", "no answer from Prometheus within 0.2 s")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer, code, words",
    [
        (refusal(422, "execution", "found duplicate series"), "OBS513", "found duplicate series"),
        (refusal(400, "bad_data", "parse error"), "OBS513", "parse error"),
        (refusal(503, "timeout", "query timed out"), "OBS513", "query timed out"),
        (Answer(401, b"no"), "OBS512", "401"),
        (Answer(403, b"<html>", {"Content-Type": "text/html"}), "OBS512", "403"),
        (HTML, "OBS514", "200 OK, text/html"),
        (Answer(404, b"404 page not found", {"Content-Type": "text/plain"}), "OBS514", "404 Not Found, text/plain"),
        (Answer(302, b"", {"Location": "https://login.example/"}), "OBS514", "redirects"),
        (replace(EMPTY, cut=True), "OBS514", "broke off"),
        (Answer(body=b'{"status":"succ'), "OBS514", "not the API"),
        (Answer(body=b'{"status":"success"}'), "OBS514", "not the API"),
        (Answer(body=b'["status"]'), "OBS514", "not the API"),
        (Answer(body=b'{"status":"success","data":{"result":7}}'), "OBS514", "shape"),
        (Answer(body=b'{"status":"success","data":{"result":[{"value":[1,"1"]}]}}'), "OBS514", "shape"),
        (Answer(429, b"slow down", {"Content-Type": "text/plain"}), "OBS513", "busy: 429"),
        (Answer(502, b"<html>", {"Content-Type": "text/html"}), "OBS513", "busy: 502"),
    ],
)
def test_an_answer_that_is_none_is_explained(answer: Answer, code: str, words: str) -> None:
    """Each has its finding, and nothing is taken for an empty result."""
    with serving(answer) as server:
        found = finding(server.url)
    assert found.code == code
    assert words in found.message


@pytest.mark.parametrize(
    "first",
    [
        refusal(503, "unavailable", "starting"),
        Answer(502, b""),
        Answer(504, b""),
        Answer(429, b"", {"Retry-After": "86400"}),
        Answer(drop=True),
    ],
)
def test_what_passes_is_asked_again(first: Answer) -> None:
    """A busy server, a broken connection; nobody waits a day because a header says so."""
    with serving(first, EMPTY) as server:
        assert client(server.url).query("up", 1) == []
        assert len(server.asked) == 2
        assert server.asked[0][2] == server.asked[1][2]


def test_a_query_that_prometheus_gave_up_is_not_asked_again() -> None:
    """It answers 503 as well, after two minutes."""
    with serving(refusal(503, "timeout", "query timed out")) as server:
        assert "shorter --since" in finding(server.url).hint
        assert len(server.asked) == 1


def test_too_many_series_are_refused() -> None:
    """And said to be, for an answer that is cut is a wrong one."""
    with serving(vector({"a": "1"}, {"a": "2"}, {"a": "3"})) as server:
        assert len(client(server.url, replace(QUICK, series=3)).query("up", 1)) == 3
        found = finding(server.url, replace(QUICK, series=2))
        assert found.code == "OBS515"
        assert server.asked[-1][2]["limit"] == "3"


def test_once_a_server_is_gone_it_is_left_alone() -> None:
    """A thousand rules do not wait for a thousand times the same refusal."""
    with serving(Answer(401, b"")) as server:
        asking = client(server.url)
        for _ in range(5):
            with pytest.raises(GitopsObsError):
                asking.query("up", 1)
        assert len(server.asked) == 1


def test_credentials_are_sent_and_never_said() -> None:
    """The token before the password; neither stands in a message or in a repr."""
    with serving(EMPTY) as server:
        client(server.url, token=SECRET, tenant="shop").query("up", 1)
        client(server.url, user="anna", password=PASSWORD).query("up", 1)
        client(server.url).query("up", 1)
        headers = [asked[3] for asked in server.asked]
        assert (headers[0]["Authorization"], headers[0]["X-Scope-OrgID"]) == ("Bearer secret", "shop")
        assert headers[1]["Authorization"] == "Basic YW5uYTpwYTpzcw=="
        assert "Authorization" not in headers[2]
    with serving(Answer(401, b"secret")) as server:
        found = finding(server.url, token=SECRET)
        assert "secret" not in f"{found} {client(server.url, token=SECRET)}"


def test_a_netrc_file_is_not_asked_for_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`requests` would send what it says about a host, whoever named that host."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login anna password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(EMPTY) as server:
        client(server.url).query("up", 1)
        assert "Authorization" not in server.asked[0][3]


def test_one_connection_is_used_again() -> None:
    """Each question on a connection of its own would be slow, and many."""
    with serving(EMPTY) as server:
        asking = client(server.url)
        for _ in range(3):
            asking.query("up", 1)
        assert len(server.connections) == 1


def test_questions_are_asked_at_the_rate_that_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first at once, each further one its share of a second later."""
    slept: list[float] = []
    clock = [100.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    with serving(EMPTY) as server:
        asking = client(server.url, replace(QUICK, rate=4))
        monkeypatch.setattr("gitops_obs.prometheus.client.time.monotonic", lambda: clock[0])
        monkeypatch.setattr("gitops_obs.prometheus.client.time.sleep", sleep)
        for _ in range(3):
            asking._wait()
    assert slept == [0, 0.25, 0.25]


def test_no_more_questions_are_open_than_there_are_threads() -> None:
    """Several at once, on a session that all of them share."""
    with serving(replace(EMPTY, delay=0.05)) as server:
        asking = client(server.url)
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lambda n: asking.query("up", n), range(9))) == [[]] * 9
        assert server.busiest <= 3
        assert sorted(float(asked[2]["time"]) for asked in server.asked) == list(range(9))
