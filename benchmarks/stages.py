"""Processor time of each stage of a build, per service and in one process: where the time goes that is not the disk's.

    python benchmarks/stages.py [N]

Minimum of three passes over N services (1,000 unless given), after one build has filled the template cache.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import fleet

from gitops_obs import build, manifest
from gitops_obs.render import Renderer
from gitops_obs.request import Request
from gitops_obs.store import Store
from gitops_obs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

PASSES = 3


def measure(root: Path, count: int) -> None:
    """Print milliseconds of processor time per service and stage."""
    fleet.write(root, count)
    build.run(Workspace(root), Request())
    workspace = Workspace(root)
    renderer = Renderer(workspace.customs, Store(root))
    files = {name: (root / "services" / name).read_bytes() for name in workspace.service_files()[0]}
    services = [read.service for name, data in files.items() if (read := workspace.read(name, data)).service]
    stages: dict[str, Callable[[], object]] = {
        "read files": lambda: [(root / "services" / name).read_bytes() for name in files],
        "hash": lambda: [manifest.digest(data) for data in files.values()],
        "parse, validate, resolve": lambda: [workspace.read(name, data) for name, data in files.items()],
        "fill templates": lambda: [renderer.files(service) and None for service in services if service],
    }
    for name, stage in stages.items():
        print(f"{name:26}{min(_seconds(stage) for _ in range(PASSES)) / count * 1000:9.3f} ms a service")


def _seconds(stage: Callable[[], object]) -> float:
    start = time.process_time()
    stage()
    return time.process_time() - start


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="gitops-obs-stages-") as folder:
        measure(Path(folder), int(sys.argv[1]) if sys.argv[1:] else 1000)
