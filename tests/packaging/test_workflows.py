"""The files that GitHub, Dependabot and pre-commit read: valid, pinned, and safe against injection."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))
HOOKS = ROOT / ".pre-commit-hooks.yaml"
BASH = shutil.which("bash")

SCHEMAS = [
    *[(path, "vendor.github-workflows") for path in WORKFLOWS],
    *[(path, "vendor.github-actions") for path in ACTIONS],
    (ROOT / ".github/dependabot.yml", "vendor.dependabot"),
]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def read(path):
    """Return what a YAML file says, every scalar as text (`on` is a key here, not true)."""
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - it builds text, lists and mappings only


def name(path):
    return path.relative_to(ROOT).as_posix() if isinstance(path, Path) else str(path)


def steps(path):
    """Return the steps of a workflow or of a composite action."""
    document = read(path)
    jobs = [document["runs"]] if "runs" in document else document["jobs"].values()
    return [step for job in jobs for step in job.get("steps", [])]


def scripts(path):
    return [step["run"] for step in steps(path) if "run" in step]


def every(paths):
    return pytest.mark.parametrize("path", paths, ids=name)


@pytest.mark.parametrize(("path", "schema"), SCHEMAS, ids=name)
def test_a_file_github_reads_follows_its_public_schema(path, schema):
    """A misspelt key is ignored by GitHub without a word."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_file_is_one_that_precommit_accepts():
    """A hook with a wrong key cannot be installed by anybody."""
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "checked", "built"),
    [
        ("services/checkout.yaml", True, True),
        ("services/shop/cart.yaml", True, True),
        ("presets/house.yaml", True, True),
        ("panels/queue_depth.py", True, True),
        ("alerts/queue.py", True, True),
        ("dashboards/fleet.dashboard.py", True, True),
        ("gitops-obs.yaml", True, True),
        ("generated/rules/shop/checkout.yaml", True, False),
        ("docs/services/checkout.yaml", False, False),
        ("other-gitops-obs.yaml", False, False),
    ],
)
def test_a_hook_runs_for_the_files_that_change_what_is_built(path, checked, built):
    """A hook that sleeps through a change is worse than none."""
    files = {hook["id"]: hook["files"] for hook in read(HOOKS)}
    found = [bool(re.search(files[hook], path)) for hook in ("gitops-obs-check", "gitops-obs-build")]
    assert found == [checked, built]


@every(WORKFLOWS + ACTIONS)
def test_every_action_of_others_is_pinned_to_a_commit_and_says_which_version(path):
    """A tag can be moved by whoever takes over the action; a commit cannot."""
    uses = re.findall(r"^\s*(?:- )?uses: (.+)$", path.read_text(), re.MULTILINE)
    foreign = [value for value in uses if not value.startswith(("./", "$/"))]
    assert [value for value in foreign if not PINNED.fullmatch(value)] == []


def test_one_action_has_one_commit_everywhere():
    """Two commits of one action mean that an update forgot a file."""
    text = "".join(path.read_text() for path in WORKFLOWS + ACTIONS)
    pins = set(re.findall(r"uses: ([\w./-]+)@([0-9a-f]{40})", text))
    assert len(pins) == len({action for action, _ in pins}) > 0


@every(WORKFLOWS)
def test_a_workflow_grants_nothing_and_its_jobs_only_reading(path):
    """What a job may not do, a hijacked dependency of it may not do either."""
    workflow = read(path)
    assert workflow["permissions"] == {}
    assert {job: grants["permissions"] for job, grants in workflow["jobs"].items()} == {
        job: {"contents": "read"} for job in workflow["jobs"]
    }


@every(WORKFLOWS)
def test_a_job_has_a_time_limit(path):
    """A test that hangs would otherwise hold a runner for six hours."""
    jobs = read(path)["jobs"].values()
    assert [job for job in jobs if "uses" not in job and int(job.get("timeout-minutes", 0)) not in range(1, 61)] == []


@every([path for path in WORKFLOWS if "pull_request" in read(path)["on"]])
def test_a_new_push_cancels_the_run_before_it(path):
    """Nobody waits for the checks of a commit that is no longer the newest."""
    concurrency = read(path)["concurrency"]
    assert concurrency["cancel-in-progress"] == "true"
    assert "github.ref" in concurrency["group"]


@every(WORKFLOWS + ACTIONS)
def test_a_checkout_leaves_no_token_behind(path):
    """Anything that runs later could read it from .git/config."""
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step.get("with", {}).get("persist-credentials") != "false"] == []


@every(WORKFLOWS + ACTIONS)
def test_no_secret_is_read_and_no_fork_gets_a_privileged_run(path):
    """Pull requests of strangers run here."""
    text = path.read_text()
    assert [
        word for word in ("pull_request_target", "workflow_run", "secrets.", "secrets:", "github.token") if word in text
    ] == []


@every(WORKFLOWS + ACTIONS)
def test_no_expression_is_pasted_into_a_script(path):
    """The text of an input or of a pull request would be run as code; it goes through env instead."""
    assert [script for script in scripts(path) if "${{" in script] == []


@pytest.mark.skipif(BASH is None, reason="needs bash")
@every(WORKFLOWS + ACTIONS)
def test_the_scripts_of_steps_are_valid_bash(path):
    """A syntax error would show only on GitHub."""
    for script in scripts(path):
        done = subprocess.run([BASH, "-n"], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@every(ACTIONS)
def test_every_input_of_the_action_is_described_and_used(path):
    """An input that nothing reads is a promise that nothing keeps."""
    inputs = read(path)["inputs"]
    used = set(re.findall(r"inputs\.([\w-]+)", path.read_text()))
    assert set(inputs) == used
    assert [key for key, value in inputs.items() if not value["description"]] == []


class TestTheActionRunsACommand:
    """The last script of the action, run with a stand-in that prints its arguments."""

    @staticmethod
    def run(tmp_path, command, args):
        script = scripts(ROOT / ".github/actions/gitops-obs/action.yml")[-1]
        program = tmp_path / "gitops-obs/path/gitops-obs"
        program.parent.mkdir(parents=True)
        program.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
        program.chmod(0o755)
        environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "COMMAND": command, "ARGS": args}
        line = [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    def test_the_arguments_arrive_as_words(self, tmp_path):
        """Spaces and line ends part them, as they would on a command line."""
        done = self.run(tmp_path, "build", "--check  checkout\n--owner payments\n")
        assert (done.returncode, done.stdout) == (0, "<build><--check><checkout><--owner><payments>")

    def test_no_argument_is_no_argument(self, tmp_path):
        """An empty input must not become an empty word."""
        assert self.run(tmp_path, "lint", "").stdout == "<lint>"

    @pytest.mark.parametrize(
        "args", ["$(touch here)", "`touch here`", "; touch here", "* && touch here", "<(touch here)"]
    )
    def test_no_shell_reads_the_arguments(self, tmp_path, args):
        """They may come from the title of a pull request."""
        done = self.run(tmp_path, "build", args)
        assert done.stdout == "".join(f"<{word}>" for word in ["build", *args.split()])
        assert not (tmp_path / "here").exists()

    @pytest.mark.parametrize(
        "command", ["build;touch here", "$(touch here)", "--help", "../build", "build\ntouch here"]
    )
    def test_what_is_no_command_is_refused(self, tmp_path, command):
        """The message names the input and repeats nothing of it, as GitHub reads commands from what is printed."""
        done = self.run(tmp_path, command, "")
        assert done.returncode == 2
        assert 'input "command"' in done.stdout
        assert "touch" not in done.stdout
        assert not (tmp_path / "here").exists()
