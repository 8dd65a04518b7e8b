"""How long the generated tests of 100 services take, beside the same files given to promtool as they are.

Prints seconds, processor seconds and the ratio of the two within one run; needs promtool.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import fleet

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 100
SOME = 10  # services whose files promtool gets whole: all of them take minutes


def _timed(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and processor seconds of what was started meanwhile."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, used


def _program(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, "-m", "gitops_obs", *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    """Build the fleet, run its tests, then those of some services by promtool alone."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fleet.write(root, COUNT)
        _program("-C", folder, "build")()
        seconds, used = _timed(_program("-C", folder, "test"))
        print(f"gitops-obs test, {COUNT} services   {seconds:6.1f} s {used:6.1f} s of processors")
        files = sorted((root / "generated/tests").glob("*/*.test.yaml"))[: 3 * SOME]
        names = {file.name.partition(".")[0] for file in files}
        alone, used_alone = _timed(_program("-C", folder, "test", *sorted(names)))
        command = ["promtool", "test", "rules", *map(str, files)]
        whole, used_whole = _timed(lambda: subprocess.run(command, check=True, capture_output=True))
        print(f"gitops-obs test, {len(names)} services    {alone:6.1f} s {used_alone:6.1f} s of processors")
        print(f"promtool test rules, the same  {whole:6.1f} s {used_whole:6.1f} s of processors")
        print(f"ratio                          {alone / whole:6.2f}   {used_alone / used_whole:6.2f}")


if __name__ == "__main__":
    main()
