"""The core has no eyes and no ears: files, sockets, programs, clocks and the environment are met at the edges only."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.core.projects import service, services, tree, write

ROOT = Path(__file__).parents[2]

# Runs before anything of ours is imported, so that `from time import time` gets the watched function as well.
WATCH = """
import datetime, json, os, random, sys, time

armed, seen = [], []
WATCHED = ("open", "os.", "socket.", "subprocess.", "shutil.", "tempfile.", "glob.", "urllib.", "http.", "ftplib.",
           "smtplib.", "fcntl.", "mmap.", "pty.", "ctypes.", "sqlite3.", "webbrowser.", "signal.", "time.")

def hook(event, arguments):
    if armed and event.startswith(WATCHED):
        seen.append([event, repr(arguments[0]) if arguments else ""])

def watched(module, name):
    original = getattr(module, name)
    def call(*arguments, **named):
        if armed:
            seen.append([f"{module.__name__}.{name}", repr(arguments[0]) if arguments else ""])
        return original(*arguments, **named)
    setattr(module, name, call)

for clock in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
              "clock_gettime", "gmtime", "localtime", "ctime", "asctime", "strftime", "sleep"):
    watched(time, clock)
for name in ("urandom", "getpid", "getcwd", "stat", "lstat", "getenv", "access"):
    watched(os, name)
for name in ("random", "randint", "choice", "shuffle"):
    watched(random, name)

class Datetime(datetime.datetime):
    @classmethod
    def now(cls, *arguments):
        if armed:
            seen.append(["datetime.now", ""])
        return super().now(*arguments)
    utcnow = today = now

class Date(datetime.date):
    @classmethod
    def today(cls):
        if armed:
            seen.append(["date.today", ""])
        return super().today()

datetime.datetime, datetime.date = Datetime, Date
getitem = os._Environ.__getitem__

def environment(self, key):
    if armed:
        seen.append(["environment", repr(key)])
    return getitem(self, key)

os._Environ.__getitem__ = environment
sys.addaudithook(hook)

def during(work):
    seen.clear()
    armed.append(True)
    try:
        work()
    finally:
        armed.clear()
    return list(seen)
"""

CONTROL = """
import socket

def everything():
    open("/dev/null").close()
    socket.socket().close()
    time.time(), time.monotonic(), datetime.datetime.now(), datetime.date.today()
    os.environ.get("HOME"), os.stat("/"), os.listdir("/")

print(json.dumps(during(everything)))
"""

CORE = """
from gitops_obs import preset, project, render, resolve, spec, source, template, lint
from gitops_obs import compile as compiler
from gitops_obs.customs import Customs, yaml_alert, yaml_panel

TEXTS = json.load(sys.stdin)
file, problems = project.from_data({"repository": "https://git.example/shop", "cluster_label": "cluster"})
panel, _ = yaml_panel({"panel": "own", "title": "Own", "description": "d", "unit": "s",
                       "queries": [{"expr": "sum(up{${select}})"}]}, "panels/own.yaml")
alert, _ = yaml_alert({"alert": "own", "name": "Own", "expr": "up{${select}} == 0", "summary": "s",
                       "description": "d", "action": "a"}, "alerts/own.yaml")
customs = Customs({"own": panel}, {"own": alert})

def all_services():
    from gitops_obs import alerts
    known = {name: alerts.keys(name) for name in alerts.ids()} | {"own": alert.keys}
    context = resolve.Context(file, preset.builtin, preset.builtin_names(), known, frozenset({"own"}))
    for text in TEXTS:
        document, findings = source.read("services/x.yaml", text)
        assert not findings, findings
        assert source.read_fast(text) in (None, document.value)
        assert spec.holds(document.value, "service"), spec.explain(document.value, "service")
        found, problems = resolve.service(document.value, "services/x.yaml", context)
        assert found is not None, problems
        yield found

built = []

def build():
    renderer = render.Renderer(customs)
    for found in all_services():
        filled = renderer.files(found)
        assert filled == render.in_full(found, customs)
        built.append(filled)

first = during(build)
second = during(build)
print(json.dumps([len(built), first, second]))
"""

# asked once a process, so that tests and benchmarks can do without the faster of the two YAML readers
WHICH_READER = ["environment", "'GITOPS_OBS_READER'"]

MORE = (
    "slos:\n  availability: 99.9%\n  latency: 99% < 250ms\n  routes: {/pay: {availability: 99.95%}}",
    "runs_on: {kubernetes: {namespace: shop, deployment: checkout}}",
    "drift: {kubernetes: deploy/checkout, terraform: infra/checkout}",
    "links: {runbook: https://git.example/runbook}",
    "panels: [own]",
    "alerts: {own: on, traffic_drift: off, error_ratio: {for: 5m}}",
)


def python(code, *arguments, cwd=ROOT, stdin=""):
    """Output of `code` in a process of its own, which must end well."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done


def test_the_watch_sees_what_it_should():
    """Without this the other tests would hold for a watch that sleeps."""
    seen = {event for event, _ in json.loads(python(WATCH + CONTROL).stdout)}
    assert {"open", "socket.__new__", "time.time", "time.monotonic", "datetime.now", "date.today"} <= seen
    assert {"environment", "os.stat", "os.listdir"} <= seen


@pytest.fixture(scope="module")
def core():
    """How many services were built, and what was seen the first and the second time."""
    texts = [service(), service("search", *MORE), service("edge", preset="envoy_cluster")]
    texts[2] = texts[2].replace("{job: edge}", "{envoy_cluster_name: edge}")
    return json.loads(python(WATCH + CORE, stdin=json.dumps(texts)).stdout)


def of_a_package(event, argument):
    """Whether what was seen is an import, or the reading of data that came with an installed package."""
    if event not in {"open", "os.listdir", "os.scandir", "os.stat", "os.lstat"}:
        return False
    folders = [str(ROOT / "gitops_obs"), *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))]
    # an import may look what else lies beside the package
    return argument == repr(str(ROOT)) or argument.startswith(tuple(f"'{folder}" for folder in folders))


def test_the_core_touches_nothing_but_its_own_files_the_first_time(core):
    """Source text becomes files in memory; only modules, built-in presets and schemas are read for it."""
    count, first, _ = core
    assert count == 6
    assert [seen for seen in first if seen[0] == "open"], "built-in presets are files"
    assert [seen for seen in first if not of_a_package(*seen) and seen != WHICH_READER] == []


def test_the_core_touches_nothing_at_all_the_second_time(core):
    """Once it is warm, no file, no socket, no program, no clock, no chance and no environment."""
    assert core[2] == []


# the whole program -------------------------------------------------------------------------------------------------

PROGRAM = """
import os, sys

def hook(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "urllib.", "http.")):
        os.write(2, f"FORBIDDEN {event}\\n".encode())

sys.addaudithook(hook)
sys.argv[0] = "gitops-obs"
from gitops_obs.__main__ import main
main()
"""


def many(root):
    """A project of some services with all there is around them."""
    own = "def build(service):\n    return {'type': 'text', 'title': 'Own'}\n"
    files = services(*(f"service-{n}" for n in range(20)))
    files["services/own.yaml"] = service("own", "panels: [own]", "links: {logs: 'https://logs.example/own'}")
    files["dashboards/shop.dashboard.py"] = "dashboard = {'title': 'Shop', 'uid': 'shop', 'panels': []}\n"
    files["gitops-obs.yaml"] = (
        "environments: {prod: {grafana: 'https://grafana.example', prometheus: 'https://prometheus.example'}}\n"
    )
    return write(root, {**files, "panels/own.py": own})


@pytest.mark.parametrize(
    "arguments",
    [["build"], ["build", "--jobs", "2"], ["build", "--json"], ["build", "service-1", "own"]],
    ids=" ".join,
)
def test_a_build_opens_no_socket_and_starts_no_program(arguments, tmp_path):
    """Neither the process nor those it forks, with cold caches and with warm ones, though files name addresses."""
    root = many(tmp_path)
    for asked in (arguments, arguments, [*arguments, "--check"]):
        assert "FORBIDDEN" not in python(PROGRAM, *asked, cwd=root, stdin="").stderr
    assert tree(root)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_socket_of_a_users_panel_would_be_seen(jobs, tmp_path):
    """The watch reaches into forked processes too."""
    code = "import socket\n\n\ndef build(service):\n    socket.socket().close()\n"
    root = write(tmp_path, {"services/own.yaml": service("own", "panels: [own]"), "panels/own.py": code})
    assert "FORBIDDEN socket.__new__" in python(PROGRAM, "build", "--jobs", jobs, cwd=root).stderr
