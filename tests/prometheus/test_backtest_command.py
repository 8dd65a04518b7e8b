"""`gitops-obs backtest` over a past with known incidents, in a real Prometheus."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.program import Done, run, start
from tests.core.projects import service, write
from tests.prometheus.past import Past, ago, counter, remembered
from tests.prometheus.strict import Answer, refusal, serving, vector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINUTES = 361
# a report as recorded does not change with every alert that is added
CHOSEN = ("--alert", "*Ratio*", "--alert", "SLOErrorBudgetBurn", "--alert", "target_absent", "--alert", "traffic_drift")
TUNED = "{threshold: 1.44%, for: 10m, severity: ticket}"
SLOS = "slos: {availability: 99.9%, routes: {/pay: {availability: 99.5%}}}"
FILES = {
    "gitops-obs.yaml": "rules: {interval: 1m}\n",
    "services/checkout.yaml": service("checkout", SLOS, "alerts: {error_ratio: {threshold: 1.44%}}"),
    "services/search.yaml": service("search", owner="shop"),
    "services/ghost.yaml": service("ghost", "alerts: {traffic_drift: off}", owner="shop"),
}
TOO_MANY = """\
alert: too_many
name: TooMany
severity: ticket
expr: '{__name__=~"service:.*",service="${service}"} > 1000'
summary: "${service}: too much"
description: d
action: a
"""


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Six hours: checkout fails for 20 minutes from 1:00 and for 3 from 4:00, search at night with few requests."""
    failing = [*range(60, 80), *range(240, 243)]
    series: dict[str, Any] = {}
    for job, rate, failed in (("checkout", 20.0, failing), ("search", 0.02, range(120, 150))):
        labels = f'job="{job}",handler="/pay"'
        series[f'http_requests_total{{{labels},code="200"}}'] = counter(lambda _, rate=rate: rate, MINUTES)
        series[f'http_requests_total{{{labels},code="500"}}'] = counter(
            lambda n, rate=rate, failed=failed: rate / 4 if n in failed else 0.0, MINUTES
        )
        series[f'up{{job="{job}"}}'] = [1.0] * MINUTES
    past = Past(series, ago(2))
    with remembered(tmp_path_factory.mktemp("remembering"), past) as url:
        yield url, past.start


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PROMETHEUS_URL", "PROMETHEUS_TOKEN", "PROMETHEUS_TENANT", "CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(write(tmp_path, FILES))
    return tmp_path


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def backtest(remembering: tuple[str, int], *arguments: str) -> Done:
    """Over all six hours."""
    url, start = remembering
    times = ("--since", stamp(start), "--until", stamp(start + (MINUTES - 1) * 60))
    return run("backtest", "--prometheus", url, "--rate", "1000", *times, *arguments)


def timeless(text: str, remembering: tuple[str, int]) -> str:
    """Without what differs from day to day: the port and the date."""
    url, start = remembering
    return text.replace(url, "http://prometheus.example").replace(stamp(start)[:10], "2026-01-31")


def alerts(done: Done) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What `--json` says of each alert, by service, name and route."""
    document = json.loads(done.out)
    assert (document["type"], document["schema_version"]) == ("gitops-obs.backtest", 1)
    return {(a["service"], a["alert"], a["labels"].get("route", "")): a for a in document["alerts"]}


@pytest.mark.real
@pytest.mark.parametrize("form", ["text", "verbose", "markdown", "json"])
def test_the_report_reads_as_recorded(form: str, remembering: Any, project: Path, file_regression: Any) -> None:
    """Worst first; what had no data is named, what a guard held back is shown."""
    arguments = {"text": (), "verbose": ("-v",)}.get(form, ("--output-format", form))
    done = backtest(remembering, *CHOSEN, *arguments)
    assert done.code == 0
    file_regression.check(
        timeless(done.out, remembering), extension={"json": ".json", "markdown": ".md"}.get(form, ".txt")
    )


@pytest.mark.real
def test_episodes_are_the_incidents_that_were_made(remembering: Any, project: Path) -> None:
    """The long one fires after two minutes of `for`, the short one pages too, and few requests wake nobody."""
    start = remembering[1]
    found = alerts(backtest(remembering, "--json"))
    whole = found["checkout", "REDErrorRatioHigh", ""]["now"]
    # the rate over five minutes passes 1.44 % with the first failed minute, and stays until five after the last;
    # Prometheus 3 leaves the beginning of a window out
    begins = [(datetime.fromisoformat(e["start"]).timestamp() - start) / 60 for e in whole["episodes"]]
    ends = [(datetime.fromisoformat(e["end"]).timestamp() - start) / 60 for e in whole["episodes"]]
    assert [round(begin) for begin in begins] == [62, 242]
    assert [round(end) for end in ends] in ([84, 247], [83, 246])
    night = found["search", "REDErrorRatioHigh", ""]["now"]
    assert (night["state"], night["data"], night["unguarded"]["fires"]) == ("quiet", 1.0, 1)
    assert found["ghost", "REDErrorRatioHigh", ""]["now"]["state"] == "no_data"
    assert found["ghost", "TargetAbsent", ""]["now"]["episodes"][0]["begun_before"]
    assert found["checkout", "REDTrafficDrift", ""]["now"]["problem"]["code"] == "OBS517"


@pytest.mark.real
def test_a_period_that_begins_within_an_incident_sees_it(remembering: Any, project: Path) -> None:
    """What fires already when the period begins is counted from there, and said to have begun before."""
    url, start = remembering
    times = ("--since", stamp(start + 70 * 60), "--until", stamp(start + 75 * 60))
    done = run("backtest", "checkout", "--alert", "error_ratio", "--prometheus", url, "--json", *times)
    (episode,) = alerts(done)["checkout", "REDErrorRatioHigh", ""]["now"]["episodes"]
    assert (episode["begun_before"], episode["ongoing"]) == (True, True)
    assert episode["start"] == stamp(start + 70 * 60).replace("+00:00", "Z")


@pytest.mark.real
def test_services_owners_and_alerts_can_be_chosen(remembering: Any, project: Path) -> None:
    """By pattern, by owner, by the alert's name or id."""
    assert {key[0] for key in alerts(backtest(remembering, "ch*", "--json"))} == {"checkout"}
    assert {key[0] for key in alerts(backtest(remembering, "--owner", "shop", "--json"))} == {"search", "ghost"}
    for name in ("error_ratio", "REDErrorRatioHigh", "RED*Ratio*"):
        assert {key[1] for key in alerts(backtest(remembering, "--alert", name, "--json"))} == {"REDErrorRatioHigh"}
    done = backtest(remembering, "nothing")
    assert (done.code, "no service matches `nothing`" in done.err) == (1, True)


@pytest.mark.real
def test_a_coarser_step_is_faster_and_less_exact(remembering: Any, project: Path) -> None:
    """Evaluated every ten minutes, `for` needs the next evaluation; the short incident is gone."""
    found = alerts(backtest(remembering, "checkout", "--step", "10m", "--json"))
    assert found["checkout", "REDErrorRatioHigh", ""]["now"]["fires"] == 1


@pytest.mark.real
def test_what_cannot_be_inlined_is_named_and_not_called_quiet(remembering: Any, project: Path) -> None:
    """A custom alert that reads recorded series by a pattern."""
    write(
        project, {"alerts/too_many.yaml": TOO_MANY, "services/search.yaml": service("search", "alerts: {too_many: on}")}
    )
    done = backtest(remembering, "search", "--alert", "TooMany")
    assert re.search(r"search +TooMany +ticket +not tested", done.out)
    assert "warning[OBS516]" in done.err
    assert done.code == 0


@pytest.mark.real
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_branch_is_compared_with_where_it_began(
    form: str, remembering: Any, project: Path, file_regression: Any
) -> None:
    """A tuned alert, a new one, a service that is gone; the repository is left as it is."""
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "before")
    tuned = service("checkout", SLOS, f"alerts: {{error_ratio: {TUNED}, target_absent: off}}")
    write(project, {"services/checkout.yaml": tuned})
    (project / "services/ghost.yaml").unlink()
    before = git(project, "status", "--porcelain=v2", "--untracked-files=all")
    done = backtest(remembering, *CHOSEN, "--compare", "HEAD", "--output-format", form)
    assert done.code == 0
    assert git(project, "status", "--porcelain=v2", "--untracked-files=all") == before
    assert git(project, "worktree", "list").count("\n") == 1
    file_regression.check(
        timeless(done.out, remembering), extension={"json": ".json", "markdown": ".md"}.get(form, ".txt")
    )


@pytest.mark.real
def test_a_revision_that_is_none_is_a_finding(remembering: Any, project: Path) -> None:
    """Git's own words, and exit code 2; an option in disguise is refused."""
    git(project, "init", "-q")
    for revision in ("nowhere", "--output=x"):
        done = backtest(remembering, f"--compare={revision}")
        assert (done.code, "OBS001" in done.err) == (2, True)


@pytest.mark.real
def test_recorded_series_are_read_only_where_they_cover_the_period(tmp_path: Path, project: Path) -> None:
    """A recording that says something else than the raw series shows which of the two was asked."""
    labels = 'service="checkout"'
    series: dict[str, Any] = {
        'http_requests_total{job="checkout",code="200"}': counter(lambda _: 20, MINUTES),
        f"service:errors_per_requests:ratio_rate5m{{{labels}}}": [0.5] * MINUTES,
        f"service:errors:rate5m{{{labels}}}": [9.0] * MINUTES,
    }
    half = {name: [None] * 180 + list(values[180:]) if ":" in name else values for name, values in series.items()}
    for made, fires in ((series, 1), (half, 0)):
        folder = tmp_path / str(fires)
        folder.mkdir()
        with remembered(folder, Past(made, ago(2))) as url:
            where = (url, ago(2))
            for arguments, expected in (((), 0), (("--use-recorded",), fires)):
                done = backtest(where, "checkout", "--alert", "error_ratio", "--json", *arguments)
                assert alerts(done)["checkout", "REDErrorRatioHigh", ""]["now"]["fires"] == expected


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_server_that_is_down_is_said_once(project: Path) -> None:
    """Not once for each rule; exit code 3, on stderr, and no table that could be taken for a result."""
    with serving(Answer(401, b"")) as server:
        done = run("backtest", "--prometheus", server.url)
        assert len(server.asked) == 1
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("error[OBS512]: Prometheus lets us not in: 401 Unauthorized\n")
    assert "Traceback" not in done.err


def test_what_failed_in_part_is_a_part(project: Path) -> None:
    """One rule's question is refused: the others are reported, the failed one is named, exit code 3."""
    answers = [vector(), refusal(422, "execution", "too bad"), vector()]
    with serving(*answers) as server:
        arguments = (
            "backtest",
            "search",
            "--alert",
            "error_ratio",
            "--alert",
            "target_absent",
            "--prometheus",
            server.url,
        )
        done = run(*arguments, "--jobs", "1")
    assert done.code == 3
    assert re.search(r"search +REDErrorRatioHigh +page +failed", done.out)
    assert "This is only a part" in done.out
    assert "too bad" in done.err
    assert "1 failed" in done.out


def test_the_address_of_the_project_file_gets_no_token(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless somebody says so beside it; what is held back is said."""
    monkeypatch.setenv("PROMETHEUS_TOKEN", "secret")
    with serving(vector()) as server:
        write(project, {"gitops-obs.yaml": f"environments: {{production: {{prometheus: '{server.url}'}}}}\n"})
        held = run("backtest", "search")
        sent = run("backtest", "search", "--allow-config-url")
        headers = [asked[3].get("Authorization") for asked in server.asked]
    assert "warning[OBS518]" in held.err
    assert "OBS518" not in sent.err
    assert headers[0] is None
    assert headers[-1] == "Bearer secret"
    assert "secret" not in held.out + held.err + sent.out + sent.err


def test_a_broken_service_file_is_a_finding_beside_the_result(project: Path) -> None:
    """The others are asked about; exit code 1."""
    write(project, {"services/search.yaml": "service: search\nowner: shop\n"})
    with serving(vector()) as server:
        done = run("backtest", "--prometheus", server.url)
    assert done.code == 1
    assert "OBS102" in done.err
    assert "checkout" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "a while"),
        ("--since", "1d", "--until", "2100-01-01"),
        ("--since", "2026-01-02", "--until", "2026-01-01"),
        ("--since", "3000d"),
        ("--step", "0s"),
        ("--step", "often"),
        ("--timeout", "-1s"),
        ("--output-format", "sarif"),
        ("--prometheus", "localhost:9090"),
    ],
)
def test_nonsense_on_the_command_line_is_refused(arguments: tuple[str, ...], project: Path) -> None:
    """Before anybody is asked."""
    done = run("backtest", *(() if "--prometheus" in arguments else ("--prometheus", "http://127.0.0.1:1")), *arguments)
    assert (done.code, done.out) == (2, "")


def test_the_report_can_go_into_a_file(project: Path) -> None:
    """For a step of a workflow that posts it."""
    with serving(vector()) as server:
        done = run("backtest", "search", "--prometheus", server.url, "--json", "--output-file", "report.json")
    assert (done.out, json.loads((project / "report.json").read_text())["partial"]) == ("", False)


def test_help_loads_no_library_for_http(project: Path) -> None:
    """It answers at once."""
    code = (
        "import sys; from gitops_obs import cli\n"
        "try: cli.group(['backtest', '--help'])\n"
        "except SystemExit: pass\n"
        "print({'requests', 'promql_parser', 'rich', 'gitops_obs.prometheus'} & sys.modules.keys())"
    )
    done = subprocess.run([_python(), "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("set()")


def _python() -> str:
    import sys  # noqa: PLC0415

    return sys.executable


def test_it_runs_as_a_program_too(project: Path) -> None:
    """In a process of its own, with nothing to hold its hand."""
    done = start("backtest", "--prometheus", "http://127.0.0.1:1", cwd=project)
    assert (done.code, done.err.splitlines()[0]) == (3, "error[OBS511]: cannot reach Prometheus: connection refused")
