"""The README is true: its commands run, its files build, its code works, and its outputs are what is printed."""

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import promtool

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text()
EXAMPLE = ("services", "panels", "alerts", "dashboards", "docs", "deploy", "infra", "ansible", "gitops-obs.yaml")

BLOCK = re.compile(
    r"(?:^<!-- README-TEST (?P<mark>\w+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
PATH = re.compile(r"# (\w+/\S+\.(?:py|yaml))\n")  # a block that begins with one is that file
BLOCKS = [(found["mark"], found["language"], found["text"]) for found in BLOCK.finditer(TEXT)]
CONSOLES = [(mark or "", text) for mark, language, text in BLOCKS if language == "console" and "$ gitops-obs" in text]
CODE = [text for _, language, text in BLOCKS if language == "python" and not PATH.match(text)]
FILES = {found[1]: text for _, _, text in BLOCKS if (found := PATH.match(text))}
SWITCH = re.search(r"`(alerts: \{.+?\})`", TEXT)[1]  # what to write in a service file
INLINE = sorted(set(re.findall(r"`gitops-obs ([a-z][^`]*)`", TEXT)))

SERVICE = "services/catalogue.yaml"
SLIP = ("preset: prometheus_http", "presett: otel_http")
ANSWERS = b"checkout\npayments\n\n\n"  # to what `init` asks


def run(folder, *words):
    """Run the program with somebody who answers; what is printed, with paths below `folder`, and the exit code."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GITOPS_OBS_", "FORCE_"))}
    main, terminal = pty.openpty()
    os.write(main, ANSWERS)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "gitops_obs", *words],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"},
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(main)
        os.close(terminal)
    return done.stdout.replace(str(folder), "."), done.returncode


def session(text):
    """Return the commands of a console block, each with the output that is shown below it."""
    parts = re.split(r"^\$ (.+)\n", text, flags=re.MULTILINE)[1:]
    return [(shlex.split(line, comments=True), shown) for line, shown in zip(parts[::2], parts[1::2], strict=True)]


@pytest.fixture
def started(tmp_path):
    """A project with nothing but the smallest service file."""
    (tmp_path / "services").mkdir()
    (tmp_path / SERVICE).write_text(FILES[SERVICE])
    return tmp_path


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """A copy of this repository's own project."""
    folder = tmp_path_factory.mktemp("example")
    for name in EXAMPLE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def test_outputs_are_shown_where_they_are_promised():
    """A marker without an output would compare nothing."""
    shown = {mark: output for mark, text in CONSOLES for _, output in session(text)}
    assert shown["build"].startswith("Built 1 service")
    assert "presett" in shown["finding"]


@pytest.mark.parametrize(("mark", "text"), CONSOLES, ids=[mark or "set-up" for mark, _ in CONSOLES])
def test_a_console_shows_what_happens(started, mark, text):
    """Readers type what they see there, and compare."""
    if "$ gitops-obs init" in text:
        shutil.rmtree(started / "services")
    if mark == "finding":
        (started / SERVICE).write_text(FILES[SERVICE].replace(*SLIP))
    for command, shown in session(text):
        if command[0] != "gitops-obs":  # pip and git are not ours to try
            continue
        output, code = run(started, *command[1:])
        assert code == (mark == "finding"), output
        assert not shown or shown == output


def test_the_smallest_service_file_has_four_lines_that_count(started):
    """It is promised to be small, and to build by itself."""
    said = yaml.safe_load(FILES[SERVICE])
    assert [*said, *said["telemetry"]] == ["service", "owner", "telemetry", "preset", "select"]
    assert run(started, "build")[1] == 0
    built = {file.relative_to(started).as_posix() for file in (started / "generated").rglob("*") if file.is_file()}
    assert built >= {"generated/dashboards/storefront/catalogue.json", "generated/rules/storefront/catalogue.yaml"}


@pytest.mark.parametrize("line", INLINE)
def test_a_command_named_in_a_sentence_runs(example, line):
    """Sentences are read as instructions too."""
    if line == "test":
        run(example, "build")  # tests run as they stand
    output, code = run(example, *shlex.split(line))
    assert code == 0, output
    assert output


@pytest.mark.parametrize("text", CODE)
def test_code_that_loads_a_project_runs_in_this_repository(text):
    """It is what people paste first."""
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "rules/payments/checkout.yaml" in done.stdout


def test_custom_panels_and_alerts_build_as_they_are_written(started):
    """Every block that names a file is that file; promtool reads the rules."""
    for path, text in FILES.items():
        (started / path).parent.mkdir(exist_ok=True)
        (started / path).write_text(text)
    panels = [Path(path).stem for path in FILES if path.startswith("panels/")]
    with (started / SERVICE).open("a") as file:
        file.write(f"panels: [{', '.join(panels)}]\n{SWITCH}\n")
    output, code = run(started, "build")
    assert code == 0, output
    assert '"Order value"' in (started / "generated/dashboards/storefront/catalogue.json").read_text()
    rules = started / "generated/rules/storefront/catalogue.yaml"
    found = [rule for group in yaml.safe_load(rules.read_text())["groups"] for rule in group["rules"]]
    (alert,) = [rule for rule in found if rule.get("alert") == "OrdersStuck"]
    assert alert["expr"] == 'sum(orders_waiting{job="catalogue"}) > 100'
    done = promtool.run("check", "rules", files=[rules])
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_that_is_linked_to_is_there():
    """A dead link on the first page is the first impression."""
    targets = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#:]+)\)", TEXT)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
