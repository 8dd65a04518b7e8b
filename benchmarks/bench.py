"""Times whole builds against the floor measured in the same run; prints a table, asserts nothing.

    python benchmarks/bench.py [--sizes 100,1000,10000] [--rounds 5]

Every figure is a whole process from start to exit, page cache warm, medians over rounds in which all variants take
turns. Variants: `cold` writes a new `generated/` with templates kept from an earlier run, `first` has no cache at all,
`unchanged` builds again with nothing changed, `one changed` after one service file changed; `pyyaml` reads YAML with
PyYAML alone, the others with the optional fast reader where it is installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import fleet

HERE = Path(__file__).parent
SCHEMA = HERE.parent / "gitops_obs" / "schema" / "service.schema.json"
BUILD = [sys.executable, "-m", "gitops_obs", "build", "-q"]

COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}  # an installed program has its .pyc files

Variant = tuple[str, Callable[[], None], list[str], dict[str, str]]


def timed(command: list[str], cwd: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak MiB (largest process) of a whole command. Raises where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **COMPILED, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed:\n{output.decode()}")
    return seconds, usage.ru_maxrss / 1024


def prepare(root: Path, count: int) -> None:
    """Write the fleet, build it once, and put its bytes into one file for the floor."""
    fleet.write(root, count)
    timed(BUILD, root, {})
    generated = root / "generated"
    with (root / "blob").open("wb") as blob, (root / "index").open("w") as index:
        offset = 0
        for file in sorted(path for path in generated.rglob("*") if path.is_file()):
            data = file.read_bytes()
            blob.write(data)
            index.write(f"{file.relative_to(generated).as_posix()}\t{offset}\t{len(data)}\n")
            offset += len(data)


def variants(root: Path) -> list[Variant]:
    """Name, preparation, command and environment of each variant."""
    cache = root / ".gitops-obs" / "cache"
    changed = root / "services" / "service-000042.yaml"
    clock = iter(range(1_000_000))

    def no_output() -> None:
        shutil.rmtree(root / "generated", ignore_errors=True)
        for kept in cache.glob("*-manifest"):
            kept.unlink()

    def nothing() -> None:
        no_output()
        shutil.rmtree(cache, ignore_errors=True)

    def change_one() -> None:
        text = changed.read_text().split("\n# change")[0]
        changed.write_text(f"{text}\n# change {next(clock)}\n")

    def no_floor() -> None:
        shutil.rmtree(root / "floor", ignore_errors=True)

    paths = [str(root / name) for name in ("services", "blob", "index", "floor")]
    floor = [sys.executable, str(HERE / "floor.py"), paths[0], str(SCHEMA), *paths[1:]]
    plain = {"GITOPS_OBS_READER": "pyyaml"}
    return [
        ("floor", no_floor, floor, {}),
        ("cold, pyyaml, 1 process", no_output, [*BUILD, "--jobs", "1"], plain),
        ("cold, pyyaml", no_output, BUILD, plain),
        ("cold", no_output, BUILD, {}),
        ("first", nothing, BUILD, {}),
        ("unchanged", lambda: None, BUILD, {}),
        ("one changed", change_one, BUILD, {}),
    ]


def measure(count: int, rounds: int) -> None:
    """Print the table for one size."""
    with tempfile.TemporaryDirectory(prefix="gitops-obs-bench-") as folder:
        root = Path(folder)
        prepare(root, count)
        table = variants(root)
        seconds: dict[str, list[float]] = {name: [] for name, *_ in table}
        memory: dict[str, float] = {}
        for _ in range(rounds):
            for name, before, command, environment in table:
                before()
                took, peak = timed(command, root, environment)
                seconds[name].append(took)
                memory[name] = max(peak, memory.get(name, 0))
        size = (root / "blob").stat().st_size / 2**20
    floor = statistics.median(seconds["floor"])
    print(f"\n{count} services, {size:.0f} MiB generated, {rounds} rounds")
    print(f"{'':26}{'seconds':>9}{'ms/service':>12}{'x floor':>9}{'peak MiB':>10}")
    for name, values in seconds.items():
        middle = statistics.median(values)
        # the ratio is taken within each round, for machines whose speed drifts
        ratio = statistics.median(a / b for a, b in zip(values, seconds["floor"], strict=True))
        print(f"{name:26}{middle:9.3f}{middle / count * 1000:12.3f}{ratio:9.2f}{memory[name]:10.0f}")
    print(f"floor: {floor / count * 1000:.3f} ms a service")


def start_up(rounds: int) -> None:
    """Print how long `--help` and `--version` take beside a program of bare click."""
    bare = "import click\n@click.command()\ndef main(): pass\nmain()"
    commands = {
        "bare click --help": [sys.executable, "-c", bare, "--help"],
        "gitops-obs --help": [sys.executable, "-m", "gitops_obs", "--help"],
        "gitops-obs --version": [sys.executable, "-m", "gitops_obs", "--version"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds * 4):
        for name, command in commands.items():
            seconds[name].append(timed(command, Path.cwd(), {})[0])
    print("\nstart-up")
    first = seconds["bare click --help"]
    for name, values in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(values, first, strict=True))
        print(f"{name:26}{statistics.median(values) * 1000:9.0f} ms{ratio:9.2f} x bare click")


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    start_up(arguments.rounds)
    for size in arguments.sizes.split(","):
        measure(int(size), arguments.rounds)


if __name__ == "__main__":
    main()
