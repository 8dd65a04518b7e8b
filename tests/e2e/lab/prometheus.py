"""Debian's Prometheus on a free loopback port with its own data folder, and what tests ask of its API."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import requests

from tests.e2e.lab.process import stop
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Series = dict[str, Any]


class Prometheus:
    """Scrapes `targets` (job → host:port of each instance) every second, and tells `alertmanager` (host:port)."""

    def __init__(self, folder: Path, targets: Mapping[str, list[str]], alertmanager: str = "") -> None:
        program = shutil.which("prometheus")
        assert program, "the end-to-end test needs Debian's package `prometheus`"
        self._folder, self._targets, self._program = folder, targets, program
        self._alertmanager = alertmanager
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy has no business between loopback ports
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    @property
    def data(self) -> Path:
        """Folder of its blocks."""
        return self._folder / "data"

    def start(self) -> None:
        """Start and wait until it is ready; on another port where somebody took the first in the meantime."""
        self._configure(())
        for _ in range(3):
            port = _free_port()
            self.url = f"http://127.0.0.1:{port}"
            log = (self._folder / "prometheus.log").open("w")
            command = [
                self._program,
                f"--config.file={self._config}",
                f"--storage.tsdb.path={self.data}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--web.enable-lifecycle",
            ]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, text=True)
            log.close()
            if until(self._ready, "Prometheus to be ready") == "ready":
                return
        raise AssertionError((self._folder / "prometheus.log").read_text())

    def load(self, rules: Path) -> None:
        """Evaluate the rules in the folders under `rules`, as a change of the configuration of a running Prometheus."""
        # `*` may stand in the last part of a path only, so each owner's folder is named
        self._configure(f"{owner}/*.yaml" for owner in sorted(rules.iterdir()))
        answer = self._http.post(f"{self.url}/-/reload", timeout=20)
        assert answer.ok, answer.text

    def stop(self) -> None:
        """Stop, if it was started."""
        if self._process:
            stop(self._process)
        self._http.close()

    def get(self, path: str, **params: str | float) -> Any:
        """The `data` of an API answer. Raises AssertionError with Prometheus' own words where it refuses."""
        answer = self._http.get(f"{self.url}/api/v1/{path}", params=params, timeout=20).json()
        assert answer["status"] == "success", f"{answer.get('error')}: {params}"
        return answer["data"]

    def instant(self, expr: str) -> list[Series]:
        """Result of an instant query, now; a scalar is one series without labels."""
        data = self.get("query", query=expr)
        return data["result"] if data["resultType"] != "scalar" else [{"metric": {}, "value": data["result"]}]

    def over_range(self, expr: str) -> list[Series]:
        """Result of a range query over the last minute and a half, which is all there is."""
        now = time.time()
        found: list[Series] = self.get("query_range", query=expr, start=now - 90, end=now, step=5)["result"]
        return found

    def value(self, expr: str) -> float | None:
        """The value of a query that has one series, None where it has none."""
        found = self.instant(expr)
        assert len(found) <= 1, f"{expr} has {len(found)} series"
        return float(found[0]["value"][1]) if found else None

    def alerts(self, *states: str) -> list[Series]:
        """Active alerts in one of `states` (pending, firing), with labels and annotations."""
        return [alert for alert in self.get("alerts")["alerts"] if alert["state"] in states]

    def rules(self) -> list[dict[str, Any]]:
        """All rules of all groups, with health and last error."""
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]

    def _ready(self) -> str:
        assert self._process is not None
        if self._process.poll() is not None:
            return "gone"
        try:
            return "ready" if self._http.get(f"{self.url}/-/ready", timeout=2).ok else ""
        except requests.ConnectionError:
            return ""

    @property
    def _config(self) -> Path:
        return self._folder / "prometheus.yaml"

    def _configure(self, rules: Iterable[str]) -> None:
        jobs = [{"job_name": job, "static_configs": [{"targets": at}]} for job, at in self._targets.items()]
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": list(rules),
            "scrape_configs": jobs,
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [self._alertmanager]}]}]},
        }
        self._config.write_text(json.dumps(config), "utf-8")  # JSON is YAML


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
