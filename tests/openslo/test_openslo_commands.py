"""`gitops-obs openslo export` and `gitops-obs openslo import`."""

from __future__ import annotations

import json
import re
import shlex

import click
import pytest

from gitops_obs.cli import _group, openslo
from gitops_obs.cli._options import Options
from tests.cli.program import ROOT, run
from tests.openslo import specification
from tests.openslo.documents import BAD, SERVICE, TOTAL, slo

COMMANDS = openslo.command.list_commands(None)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_page_prints_as_recorded(name, file_regression):
    """It is the first thing users see, and it fits narrow terminals."""
    done = run("openslo", name, "--help")
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    file_regression.check(done.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_parses_and_every_option_says_what_it_does(name, monkeypatch, tmp_path):
    """An example that does not run is worse than none."""
    monkeypatch.chdir(tmp_path)
    command = openslo.command.get_command(None, name)
    text = run("openslo", name, "--help").out.partition("Examples:\n")[2].partition("\n\n")[0]
    examples = [shlex.split(line, comments=True) for line in text.splitlines()]
    assert 3 <= len(examples) <= 5
    for words in examples:
        assert words[:3] == ["gitops-obs", "openslo", name]
        end = words.index(">") if ">" in words else len(words)
        command.make_context(name, words[3:end], parent=click.Context(openslo.command, obj=Options()))
    assert [param.name for param in command.params if isinstance(param, click.Option) and not param.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_group_lists_its_commands_by_their_first_lines(name):
    """As the program does with all of its own."""
    assert f"  {name}  {_group.summary(name, openslo.command.folder)}\n" in run("openslo", "--help").out


def test_a_slip_names_the_subcommand_that_was_meant():
    """As everywhere."""
    done = run("openslo", "imort")
    assert done.code == 2
    assert "did you mean `import`?" in done.err


# export --------------------------------------------------------------------------------------------------------------


def test_documents_go_to_stdout_and_findings_to_stderr(project):
    """So that `> file` gets documents only."""
    done = run("openslo", "export")
    assert done.code == 0
    assert specification.problems(done.out) == []
    assert len(specification.documents(done.out)) == 2
    assert re.match(r"info\[OBS146\]: OpenSLO's alert conditions have one window", done.err)
    assert " --> services/checkout.yaml:6:1\n" in done.err
    assert run("openslo", "export", "checkout", "-q").err == ""


def test_several_services_are_one_stream_of_documents(project):
    """YAML readers want `---` between any two documents."""
    text = (project / "services/checkout.yaml").read_text()
    (project / "services/cart.yaml").write_text(text.replace("checkout", "cart"))
    out = run("openslo", "export", "-q").out
    assert [one["metadata"]["name"] for one in specification.documents(out)] == [
        "cart", "cart-availability", "checkout", "checkout-availability"
    ]  # fmt: skip


def test_files_are_written_and_written_again(project):
    """One a service, under its name."""
    for _ in range(2):
        done = run("openslo", "export", "--output-dir", "openslo")
        assert (done.code, done.out) == (0, "")
    assert [file.name for file in (project / "openslo").iterdir()] == ["checkout.yaml"]
    assert specification.problems((project / "openslo/checkout.yaml").read_text()) == []


def test_a_file_that_is_no_export_is_kept(project):
    """`--output-dir services` would lose every service file."""
    before = (project / "services/checkout.yaml").read_bytes()
    done = run("openslo", "export", "--output-dir", "services")
    assert (done.code, "OBS503" in done.err) == (2, True)
    assert (project / "services/checkout.yaml").read_bytes() == before


def test_a_bad_service_file_fails_and_hides_no_other(project):
    """What can be exported is; the exit code says that something could not."""
    (project / "services/cart.yaml").write_text("service: cart\n")
    done = run("openslo", "export")
    assert done.code == 1
    assert "OBS102" in done.err
    assert len(specification.documents(done.out)) == 2


def test_the_services_of_this_repository_are_exported_by_the_specification(monkeypatch):
    """All of them, with every finding about what cannot be said."""
    monkeypatch.chdir(ROOT)
    done = run("openslo", "export")
    assert done.code == 0
    assert specification.problems(done.out) == []


# import --------------------------------------------------------------------------------------------------------------


def test_a_new_service_file_is_written_and_builds(empty):
    """With the schema that its first line names; a second import has nothing to do."""
    (empty / "services").mkdir()
    (empty / "slo.yaml").write_text(f"{SERVICE}---\n{slo()}")
    done = run("openslo", "import", "slo.yaml")
    assert (done.code, done.out) == (0, "No problems found in 1 service.\n")
    assert (
        (empty / "services/checkout.yaml").read_text()
        == """\
# yaml-language-server: $schema=../schema/service.schema.json
service: checkout
owner: payments
description: "Takes the order and charges the card."
telemetry:
  preset: prometheus_http
  select: {job: checkout}
slos:
  availability: 99.9%
"""
    )
    assert run("build").code == 0
    done = run("openslo", "import", "slo.yaml")
    assert (done.code, done.err) == (0, "kept    services/checkout.yaml (it says the same)\n")


def test_a_service_file_that_is_there_is_never_overwritten(project):
    """What to merge is printed instead, whatever is asked for."""
    (project / "slo.yaml").write_text(f"{SERVICE}---\n{slo(target='0.95')}")
    before = (project / "services/checkout.yaml").read_bytes()
    for write in ((), ("--write",)):
        done = run("openslo", "import", "slo.yaml", *write)
        assert done.code == 0
        assert "To merge into services/checkout.yaml:\n\nslos:\n  availability: 95%\n" in done.out
        assert "warning[OBS145]: `services/checkout.yaml` is there and was not changed" in done.out
        assert (project / "services/checkout.yaml").read_bytes() == before


def test_objectives_are_added_to_a_file_without_any(project):
    """With --write; without it the change is shown as a diff."""
    file = project / "services/checkout.yaml"
    start = file.read_text().partition("slos:")[0]
    file.write_text(start)
    (project / "slo.yaml").write_text(slo())
    done = run("openslo", "import", "slo.yaml", "--owner", "payments")
    assert "+++ b/services/checkout.yaml\n" in done.out
    assert "+slos:\n+  availability: 99.9%\n" in done.out
    assert "run again with --write" in done.out
    assert file.read_text() == start
    done = run("openslo", "import", "slo.yaml", "--owner", "payments", "--write")
    assert (done.code, "changed services/checkout.yaml (added `slos:`)" in done.err) == (0, True)
    assert file.read_text() == f"{start}slos:\n  availability: 99.9%\n"


def test_objectives_are_not_added_where_other_series_are_measured(project):
    """The same numbers of something else would be another objective."""
    file = project / "services/checkout.yaml"
    start = file.read_text().partition("slos:")[0].replace("job: checkout", "job: other")
    file.write_text(start)
    (project / "slo.yaml").write_text(slo())
    done = run("openslo", "import", "slo.yaml", "--owner", "payments", "--write")
    assert "telemetry:\n  preset: prometheus_http\n  select: {job: checkout}\nslos:\n" in done.out
    assert file.read_text() == start


def test_what_a_build_would_say_of_the_file_is_said(empty):
    """The finding stands where the document is; a warning does not keep the file from being written."""
    (empty / "services").mkdir()
    (empty / "slo.yaml").write_text(slo(target="0.9"))
    done = run("openslo", "import", "slo.yaml", "--owner", "payments")
    assert done.code == 0
    assert "warning[OBS111]: the service file would be wrong: at 90% nothing can alert over 1h" in done.out
    assert " --> slo.yaml:4:9\n" in done.out
    assert [file.name for file in (empty / "services").iterdir()] == ["checkout.yaml"]


def test_the_preset_can_be_said(empty):
    """Twins with the same metrics are told apart by nobody else."""
    (empty / "services").mkdir()
    twins = (query.replace("http_requests_total", "http_server_request_duration_seconds_count").replace(
        "code=", "http_response_status_code=") for query in (BAD, TOTAL))  # fmt: skip
    (empty / "slo.yaml").write_text(slo(*twins))
    done = run("openslo", "import", "slo.yaml", "--owner", "payments", "--preset", "otel_http")
    assert (done.code, done.out) == (0, "No problems found in 1 service.\n")
    assert "preset: otel_http\n" in (empty / "services/checkout.yaml").read_text()
    (empty / "services/checkout.yaml").unlink()
    done = run("openslo", "import", "slo.yaml", "--owner", "payments")
    assert "warning[OBS142]: the queries fit preset `otel_http` as well; `aspnetcore` is taken" in done.out
    done = run("openslo", "import", "slo.yaml", "--preset", "otel_htp")
    assert (done.code, "did you mean `otel_http`?" in done.out) == (2, True)


def test_a_preset_of_the_project_is_recognised_too(empty):
    """Its metrics are as good as those of a built-in one."""
    page = (ROOT / "gitops_obs/findings/OBS118.md").read_text().partition("## Good")[2]
    preset = page.partition("```yaml presets/shop_http.yaml\n")[2].partition("```")[0]
    for folder in ("services", "presets"):
        (empty / folder).mkdir()
    (empty / "presets/shop_http.yaml").write_text(preset)
    queries = (query.replace("http_requests_total", "shop_requests_total").replace("code", "status")
               for query in (BAD, TOTAL))  # fmt: skip
    (empty / "slo.yaml").write_text(slo(*queries))
    assert run("openslo", "import", "slo.yaml", "--owner", "payments").code == 0
    assert "preset: shop_http\n" in (empty / "services/checkout.yaml").read_text()


@pytest.mark.parametrize("form", ["json", "sarif", "github", "concise", "junit", "markdown"])
def test_machines_get_findings_only(form, project):
    """What people have to merge goes to stderr then."""
    (project / "slo.yaml").write_text(f"{SERVICE}---\n{slo(target='0.95')}")
    done = run("openslo", "import", "slo.yaml", "--output-format", form)
    assert "To merge into" in done.err
    assert not done.out.startswith("To merge into")
    assert "OBS145" in done.out
    if form in ("json", "sarif"):
        json.loads(done.out)


def test_a_file_that_cannot_be_read_is_said_beside_the_others(empty):
    """The others are imported all the same."""
    (empty / "services").mkdir()
    (empty / "slo.yaml").write_text(slo())
    done = run("openslo", "import", "missing.yaml", "slo.yaml", "--owner", "payments")
    assert (done.code, "error[OBS001]: cannot read `missing.yaml`" in done.out) == (1, True)
    assert (empty / "services/checkout.yaml").exists()


def test_files_without_any_slo_are_an_error(empty):
    """Nothing to do is not what was asked for."""
    (empty / "services").mkdir()
    (empty / "slo.yaml").write_text(SERVICE)
    done = run("openslo", "import", "slo.yaml")
    assert (done.code, "error[OBS140]: no SLO in these files" in done.out) == (1, True)


def test_places_are_those_of_the_file_wherever_one_stands(empty, monkeypatch):
    """Paths are shown from the project's root, and excerpts are found there."""
    (empty / "services").mkdir()
    (empty / "slos").mkdir()
    (empty / "slos/a.yaml").write_text(slo(target="2"))
    monkeypatch.chdir(empty / "slos")
    done = run("openslo", "import", "a.yaml", "--owner", "payments")
    assert " --> slos/a.yaml:28:15\n" in done.out
    assert "28 |     - target: 2\n" in done.out


def test_what_this_repository_exports_it_imports_unchanged(tmp_path, monkeypatch):
    """Every service here with objectives: nothing to merge; of buckets only those in use can be known."""
    text = run("-C", str(ROOT), "openslo", "export", "-q").out
    (tmp_path / "slo.yaml").write_text(text)
    monkeypatch.chdir(ROOT)
    done = run("openslo", "import", str(tmp_path / "slo.yaml"), "--min-severity", "warning")
    findings = re.findall(r"^\w+\[OBS.*", done.out, re.MULTILINE)
    assert [one for one in findings if "is no bucket of preset `spring_boot`" not in one] == []
    assert done.code == 0
    assert len(re.findall(r"^kept .* \(it says the same\)$", done.err, re.MULTILINE)) == 8
