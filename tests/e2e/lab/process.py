"""Programs of the test, each stopped by its own process id."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

APPS = Path(__file__).parents[1] / "apps"
_GRACE = 10
direct = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
"""`urlopen` that asks no proxy: everything here is on the loopback interface."""


def stop(process: subprocess.Popen[str]) -> None:
    """End the program, by force where asking is not enough."""
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_GRACE)


class App:
    """One of `apps/*.py` as a process of its own, on the port that it chose itself, with further arguments."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._script, self._arguments = script, arguments
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def address(self) -> str:
        """Host and port, which is the label `instance` too."""
        return f"127.0.0.1:{self.port}"

    def get(self, path: str) -> str:
        """What it answers."""
        with direct(f"http://{self.address}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def start(self) -> None:
        """Start, on the same port as before where there was one, and wait until it listens."""
        command = [sys.executable, str(APPS / f"{self._script}.py"), str(self.port), *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.strip(), f"{self._script} did not start"
        self.port = int(line)

    def stop(self) -> None:
        """Kill the service, as a crash would."""
        if self._process:
            stop(self._process)
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None

    def switch(self, fault: str, *, on: bool) -> None:
        """Turn a fault on or off."""
        self.get(f"/fault?kind={fault}&on={int(on)}")
