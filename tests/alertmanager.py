"""Debian's Alertmanager on a free loopback port with its own data folder, and what tests ask of its API."""

from __future__ import annotations

import shutil
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import requests

from tests.e2e.lab.process import stop
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXTERNAL_URL = "https://alertmanager.example"
"""The address that links in messages lead to."""


class Alertmanager:
    """Runs `config` and keeps its data and log in `folder`."""

    def __init__(self, folder: Path, config: Path) -> None:
        program = shutil.which("prometheus-alertmanager")
        assert program, "this test needs Debian's package `prometheus-alertmanager`"
        self._folder, self._config, self._program = folder, config, program
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy has no business between loopback ports
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        """Start and wait until it is ready; on another port where somebody took the first in the meantime."""
        for _ in range(3):
            self.address = f"127.0.0.1:{_free_port()}"
            command = [
                self._program,
                f"--config.file={self._config}",
                f"--storage.path={self._folder / 'data'}",
                f"--web.listen-address={self.address}",
                f"--web.external-url={EXTERNAL_URL}",
                "--cluster.listen-address=",
            ]
            with (self._folder / "alertmanager.log").open("w") as log:
                self._process = subprocess.Popen(command, stdout=log, stderr=log, text=True)
            if until(self._ready, "Alertmanager to be ready") == "ready":
                return
        raise AssertionError(self.log())

    def stop(self) -> None:
        """Stop, if it was started."""
        if self._process:
            stop(self._process)
        self._http.close()

    def log(self) -> str:
        """What it wrote."""
        return (self._folder / "alertmanager.log").read_text()

    def fire(self, *alerts: Mapping[str, str], **annotations: str) -> None:
        """Tell it of alerts with these labels that fire from now on, all with the same annotations."""
        told = [{"labels": dict(labels), "annotations": annotations} for labels in alerts]
        answer = self._http.post(f"http://{self.address}/api/v2/alerts", json=told, timeout=10)
        assert answer.ok, answer.text

    def alerts(self) -> list[dict[str, Any]]:
        """All active alerts with their labels, receivers, and status (state, inhibitedBy)."""
        answer = self._http.get(f"http://{self.address}/api/v2/alerts", timeout=10)
        assert answer.ok, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def _ready(self) -> str:
        assert self._process is not None
        if self._process.poll() is not None:
            return "gone"
        try:
            return "ready" if self._http.get(f"http://{self.address}/-/ready", timeout=2).ok else ""
        except requests.ConnectionError:
            return ""


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
