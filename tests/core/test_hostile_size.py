"""Files made to exhaust a reader: refused soon, in bounded memory, and never by a crash of the process."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from gitops_obs import source, spec
from gitops_obs.workspace import Workspace
from tests.core import projects
from tests.core.bad_input import HEAD

SOON = 3  # seconds of this process; most need milliseconds, and what is quadratic needs minutes
DEPTH = 100_000

DEEP = {
    "brackets": "[" * DEPTH,
    "closed brackets": "[" * DEPTH + "]" * DEPTH,
    "braces": "{a: " * DEPTH,
    "braces without blanks": '{"a":' * DEPTH,
    "dashes": "- " * DEPTH,
    "dashes and blanks": "-    " * DEPTH,
    "dashes and tabs": "-\t" * DEPTH,
    "dashes on lines": "".join(" " * n + "-\n" for n in range(1400)),
    "question marks": "? " * DEPTH,
    "dashes and question marks": "- ? " * DEPTH,
    "blocks": "".join(" " * n + "a:\n" for n in range(1400)),
    "lists in blocks": "".join(" " * n + "- a:\n" for n in range(0, 1400, 2)),
    "brackets in a block": "a: " + "[" * DEPTH,
}
LONG = {
    "underscores": "a: 1" + "_" * 100_000 + "x\n",
    "colons": "a: 1" + ":1" * 100_000 + "x\n",
    "dots": "a: 1" + "." * 100_000 + "\n",
    "digits": "a: " + "1" * 100_000 + "\n",
    "digits after a sign": "a: +" + "1" * 100_000 + "x\n",
    "zeros": "a: 0" + "0" * 100_000 + "x\n",
    "blanks": "a:" + " " * 100_000 + "b\n",
    "lines": "a: b\n" + "\n" * 100_000,
    "lines of blanks": "a: b\n" + " \n" * 100_000,
    "dashes": "a: " + "-" * 100_000 + "\n",
    "list": "a: [" + "1," * 100_000 + "]\n",
    "name": f"service: {'a' * 100_000}!\n",
    "latency": f"{HEAD}slos: {{latency: {'9' * 100_000} x}}\n",
    "latency without end": f"{HEAD}slos: {{latency: 99% < {'9' * 100_000}s}}\n",
    "regular expression": f"{HEAD}links: {{logs: 'http://{'a' * 100_000} '}}\n",
    "comments": HEAD + "#" * 100_000 + "\n",
    "quotes": HEAD + "description: " + "'" * 100_000 + "\n",
}
MANY = {
    "unknown keys": HEAD + "".join(f"key{n}: 1\n" for n in range(10_000)),
    "equal keys": HEAD + "tier: 1\n" * 10_000,
    "ambiguous values": HEAD + "panels: [" + "no, " * 20_000 + "]\n",
    "wrong items": HEAD + "panels: [" + "[], " * 20_000 + "]\n",
    "unequal items": HEAD + "panels: [" + ", ".join(f"a{n}, {n}" for n in range(8_000)) + "]\n",
    "labels": HEAD.replace("job: checkout", ", ".join(f"l{n}: a" for n in range(10_000))),
    "routes": HEAD + "slos:\n  routes:\n" + "".join(f"    /r{n}: {{}}\n" for n in range(10_000)),
    "panels": HEAD + "panels: [" + ", ".join(f"a{n}" for n in range(20_000)) + "]\n",
    "alerts": HEAD + "alerts:\n" + "".join(f"  a{n}: off\n" for n in range(10_000)),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """An empty project, to read files against."""
    return Workspace(projects.write(tmp_path_factory.mktemp("empty"), {"services/a.yaml": HEAD}))


def read(workspace, text):
    """Findings of a service file, and how long it took to find them."""
    start = time.process_time()
    found = workspace.read("checkout.yaml", text.encode())
    return found, time.process_time() - start


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_depth_is_refused_soon(text, workspace):
    """Without recursion, whatever it is made of."""
    found, seconds = read(workspace, text)
    assert found.findings[0].code in ("OBS010", "OBS004")
    assert seconds < SOON


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_length_is_read_or_refused_soon(text, workspace):
    """No pattern runs back and forth over a long line."""
    found, seconds = read(workspace, text)
    assert found.service is None or found.findings == []
    assert seconds < SOON


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_many_mistakes_are_found_soon(text, workspace):
    """As many as a person may want to read are placed and explained."""
    found, seconds = read(workspace, text)
    assert found.service is None
    assert 1 <= len(found.findings) <= 1000
    assert seconds < SOON


@pytest.mark.parametrize("schema", ["service", "project", "preset", "panel", "alert"])
def test_every_schema_explains_nonsense_soon(schema):
    """Any of the kinds of file may be the hostile one."""
    start = time.process_time()
    assert 1 <= len(spec.explain({f"key{n}": [{}] * 10 for n in range(10_000)}, schema)) <= 1000
    assert time.process_time() - start < SOON


def test_fifty_megabytes_are_refused_by_size(workspace):
    """Before anything is decoded or parsed."""
    found, seconds = read(workspace, "# " + "x" * 50 * 1024 * 1024)
    assert [(f.code, f.span.line) for f in found.findings] == [("OBS003", 0)]
    assert "50.0 MiB" in found.findings[0].message
    assert seconds < SOON


@pytest.mark.parametrize("size", [source.MAX_BYTES - 1, source.MAX_BYTES])
def test_the_limit_itself_is_allowed(size, workspace):
    """A file of exactly one mebibyte is read."""
    text = HEAD + "#"
    assert read(workspace, text + "x" * (size - len(text)))[0].findings == []


@pytest.mark.parametrize("reader", ["fast", "pyyaml"])
def test_depth_does_not_kill_the_process(reader, tmp_path):
    """Not even where the stack is small: all deep texts, read in a process of their own."""
    files = {f"services/deep{n}.yaml": text for n, text in enumerate(DEEP.values())}
    projects.write(tmp_path, files)
    code = (
        "import resource, sys, pathlib\n"
        "resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))\n"
        "from gitops_obs.workspace import Workspace\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "space = Workspace(root)\n"
        "for name in space.service_files()[0]:\n"
        "    print(space.read(name, (root / 'services' / name).read_bytes()).findings[0].code)\n"
    )
    environment = {"GITOPS_OBS_READER": reader, "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == len(DEEP)
    assert set(done.stdout.split()) <= {"OBS010", "OBS004"}
