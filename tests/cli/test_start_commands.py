"""`gitops-obs init` and `gitops-obs new`."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gitops_obs import __version__, preset, schema, yamltext
from gitops_obs.workspace import Workspace
from tests.cli.program import ROOT, run

FLAGS = ("--service", "checkout", "--owner", "payments", "--preset", "prometheus_http", "--select", "job=checkout")
PRESETS = sorted(name for name in preset.builtin_names() if preset.builtin(name).kind != "companion")


def files(folder):
    """Return every file below a folder with its text."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_init_in_an_empty_folder_gives_a_project_that_builds(empty):
    """The first five minutes decide whether there is a sixth."""
    done = run("init", *FLAGS)
    assert (done.code, done.out) == (0, "Next: gitops-obs build\n")
    assert set(files(empty)) == {
        ".gitattributes",
        ".github/workflows/gitops-obs.yml",
        ".gitignore",
        "gitops-obs.yaml",
        "schema/project.schema.json",
        "schema/service.schema.json",
        "services/checkout.yaml",
    }
    built = run("build")
    assert built.code == 0, built.out
    assert built.out.startswith("Built 1 service: ")


def test_init_overwrites_nothing(empty):
    """It may be run where there is something already."""
    (empty / "gitops-obs.yaml").write_text("owners: {payments: }\n")
    (empty / ".gitignore").write_text("node_modules/")
    done = run("init", *FLAGS)
    assert "kept    gitops-obs.yaml" in done.err
    assert (empty / "gitops-obs.yaml").read_text() == "owners: {payments: }\n"
    assert (empty / ".gitignore").read_text() == "node_modules/\n.gitops-obs/\n"
    before = files(empty)
    assert run("init", *FLAGS).code == 0
    assert files(empty) == before


def test_init_without_a_terminal_names_the_options_that_are_missing(empty):
    """A script must not hang, and its author must not guess."""
    done = run("init", "--service", "checkout")
    assert (done.code, done.out) == (2, "")
    assert "give --owner, --preset, --select" in done.err
    assert files(empty) == {}


def test_init_asks_at_a_terminal(empty):
    """Four questions, each with an answer to accept where there is one."""
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gitops_obs", "init"],
        cwd=empty,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.write(main, b"cart\nshop\n\n\n")
    out, err = process.communicate(timeout=30)
    os.close(main)
    os.close(terminal)
    assert process.returncode == 0, err
    assert out == "Next: gitops-obs build\n"
    value = yaml.safe_load((empty / "services" / "cart.yaml").read_text())
    assert value == {
        "service": "cart",
        "owner": "shop",
        "telemetry": {"preset": "prometheus_http", "select": {"job": "cart"}},
    }


@pytest.mark.parametrize("name", PRESETS)
def test_a_new_service_of_every_preset_is_valid_and_so_is_all_that_its_comments_teach(empty, name):
    """Taking a comment away is how one learns what else there is."""
    data = preset.builtin_data(name)
    select = [f"--select={label}={value}" for label, value in data["select"]["example"].items()]
    assert run("init", *FLAGS[:4], "--preset", name, *select).code == 0
    file = empty / "services" / "checkout.yaml"
    head, _, rest = file.read_text().partition("\n")
    uncommented = re.sub(r"^# (?=( *)\w+:)", "", rest, flags=re.MULTILINE)
    if "slos: #" in uncommented:  # nothing can be measured
        uncommented = re.sub(r"^slos:.*\n", "", uncommented, flags=re.MULTILINE)
    for text in (rest, uncommented):
        read = Workspace(empty).read("checkout.yaml", f"{head}\n{text}".encode())
        assert [finding.message for finding in read.findings] == []
    assert yaml.safe_load(uncommented).keys() >= {"description", "tier", "runs_on", "links", "alerts"}


def test_the_comments_of_the_project_file_teach_what_is_valid(empty):
    """The same for gitops-obs.yaml."""
    run("init", *FLAGS)
    file = empty / "gitops-obs.yaml"
    head, _, rest = file.read_text().partition("\n")
    file.write_text(f"{head}\n" + re.sub(r"^# ", "", rest, flags=re.MULTILINE))
    workspace = Workspace(empty)
    assert workspace.diagnostics == []
    assert list(workspace.project.environments) == ["prod"]


def workflow(folder):
    """Return the workflow that `init` wrote: its path, its text, and its only job."""
    path = folder / ".github" / "workflows" / "gitops-obs.yml"
    (job,) = yaml.safe_load(path.read_text())["jobs"].values()
    return path, path.read_text(), job


def test_the_workflow_follows_the_public_schema(empty):
    """GitHub ignores a misspelt key without a word."""
    run("init", *FLAGS)
    path, _, _ = workflow(empty)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_is_one_that_only_reads(empty):
    """It runs on pull requests from anywhere."""
    run("init", *FLAGS)
    _, text, job = workflow(empty)
    said = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it builds text, lists and mappings only
    assert (said["on"], said["permissions"], job["permissions"]) == ("pull_request", {}, {"contents": "read"})
    (checkout,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"] == {"persist-credentials": False}
    assert not re.search(r"secrets|github\.token|pull_request_target", text)


def test_the_workflow_works_as_it_is(empty):
    """Nothing to fill in, and nothing of this repository is needed but the released package."""
    run("init", *FLAGS)
    _, text, job = workflow(empty)
    assert "OWNER" not in text
    assert {step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step} == {
        "actions/checkout",
        "actions/setup-python",
    }
    assert f"pip install 'gitops-obs[fast]=={__version__}'" in [step.get("run") for step in job["steps"]]


def test_the_workflow_pins_what_this_repository_pins(empty):
    """Dependabot renews the pins here; the copies for users follow."""
    run("init", *FLAGS)
    uses = re.compile(r"uses: (actions/.+)")
    pinned = uses.findall((ROOT / ".github" / "workflows" / "check.yml").read_text())
    assert uses.findall(workflow(empty)[1]) == pinned


@pytest.mark.parametrize(
    ("edit", "failed", "summary"),
    [
        (("", ""), [], "Found 0 errors"),
        (("job: checkout", "job: till"), ["build"], "Found 0 errors"),
        (("preset:", "presett:"), ["build", "lint"], "presett"),
    ],
    ids=["well", "stale", "broken"],
)
def test_the_steps_of_the_workflow_say_what_is_wrong(empty, edit, failed, summary):
    """Run here as a runner does: annotations in the log, a summary, and the job fails where it should."""
    run("init", *FLAGS)
    assert run("build").code == 0
    file = empty / "services" / "checkout.yaml"
    file.write_text(file.read_text().replace(*edit))
    scripts = [step["run"] for step in workflow(empty)[2]["steps"] if "gitops-obs " in step.get("run", "")]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "GITHUB_STEP_SUMMARY": str(empty / "summary.md")}
    done = [
        subprocess.run(
            ["bash", "-e", "-c", script], cwd=empty, env=environment, capture_output=True, text=True, check=False
        )
        for script in scripts
    ]
    assert [script.split()[1] for script, ran in zip(scripts, done, strict=True) if ran.returncode] == failed
    assert all(("::error" in ran.stdout) is bool(ran.returncode) for ran in done)
    assert summary in (empty / "summary.md").read_text()


def test_files_name_the_copies_of_schemas_that_are_written_with_them(empty):
    """Editors complete and check them, in every clone and without a network."""
    run("init", *FLAGS)
    for name, place in (("services/checkout.yaml", "service"), ("gitops-obs.yaml", "project")):
        first = (empty / name).read_text().splitlines()[0]
        head, _, found = first.partition("$schema=")
        assert head == "# yaml-language-server: "
        assert ((empty / name).parent / found).read_text() == schema.text(place)


def test_schemas_are_kept_until_they_are_asked_for_anew(empty):
    """An update of gitops-obs changes them when somebody says so, in a commit of its own."""
    run("init", *FLAGS)
    copy = empty / "schema" / "service.schema.json"
    copy.write_text("{}")
    run("init", *FLAGS)
    run("new", "cart", "--preset", "flask", "--select", "job=cart")
    assert copy.read_text() == "{}"
    run("schema", "--write", "schema")
    assert copy.read_text() == schema.text("service")


def test_new_writes_the_schema_where_it_is_missing(project):
    """A project need not have been started by `init`; what is there is not worth a word."""
    arguments = ("--owner", "shop", "--preset", "flask", "--select", "job=x")
    assert "wrote   schema/service.schema.json" in run("new", "cart", *arguments).err
    assert (project / "schema" / "service.schema.json").read_text() == schema.text("service")
    assert "schema" not in run("new", "search", *arguments).err
    first = (project / "services" / "cart.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema/service.schema.json"


def test_new_takes_the_only_owner_there_is(empty):
    """Most projects begin with one team."""
    run("init", *FLAGS)
    assert run("new", "cart", "--preset", "flask", "--select", "job=cart").code == 0
    assert "owner: payments" in (empty / "services" / "cart.yaml").read_text()


def test_new_says_when_the_owner_is_not_in_the_project_file(empty):
    """The next build would say so, later."""
    run("init", *FLAGS)
    done = run("new", "cart", "--owner", "shop", "--preset", "flask", "--select", "job=cart")
    assert "Add `shop` to `owners:`" in done.err


def test_new_keeps_a_file_that_is_there_and_fails(empty):
    """A script that relies on the new file must notice."""
    run("init", *FLAGS)
    before = files(empty)
    done = run("new", "checkout", *FLAGS[2:])
    assert (done.code, "kept    services/checkout.yaml" in done.err) == (1, True)
    assert files(empty) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Bad Name", *FLAGS[2:]), "cannot be the name of a service"),
        (("../escape", *FLAGS[2:]), "cannot be the name of a service"),
        (("cart", "--owner", "A: b", *FLAGS[4:]), "owner"),
        (("cart", "--preset", "flsk", "--select", "job=x"), "did you mean `flask`?"),
        (("cart", "--preset", "k8s_resources", "--select", "job=x"), "no preset `k8s_resources`"),
        (("cart", "--preset", "flask", "--select", "job"), "is not LABEL=VALUE"),
        (("cart", "--preset", "flask", "--select", "my-job=x"), "my-job"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(empty, arguments, words):
    """With the words that a build would use."""
    run("init", *FLAGS)
    before = files(empty)
    done = run("new", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert files(empty) == before


@pytest.mark.parametrize(
    "value", ["checkout", "shop/checkout", "no", "ON", "1.10", "a: b", "a #b", "'", '"', "\\", "{x}", "é", "12:30", "~"]
)
def test_a_label_value_means_itself_whatever_it_looks_like(empty, value):
    """YAML has many ways to take text for something else."""
    text = yamltext.flow({"job": value})
    assert yaml.safe_load(text) == {"job": value}
    assert run("init", *FLAGS[:6], "--select", f"job={value}").code == 0
    read = Workspace(empty).read("checkout.yaml", (empty / "services" / "checkout.yaml").read_bytes())
    assert read.findings == []
