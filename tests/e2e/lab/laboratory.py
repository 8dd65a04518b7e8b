"""What runs during the end-to-end tests, and how tests break it."""

from __future__ import annotations

import operator
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.e2e.lab import project
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.alertmanager import Alertmanager
    from tests.e2e.lab.process import App
    from tests.e2e.lab.prometheus import Prometheus
    from tests.slack import Slack


@dataclass(frozen=True)
class Lab:
    """The project at `root`, its finished `gitops-obs build`, the services by name, and who watches and tells."""

    root: Path
    built: subprocess.CompletedProcess[str]
    apps: dict[str, App]
    prometheus: Prometheus
    alertmanager: Alertmanager
    slack: Slack

    def switch(self, *, on: bool) -> None:
        """Turn all faults of `project.FAULTS` on or off."""
        for app, kinds in project.FAULTS.items():
            for kind in kinds:
                self.apps[app].switch(kind, on=on)

    def calm(self) -> None:
        """End all faults, and wait until no alert but those on drift is pending or firing."""
        self.switch(on=False)
        until(lambda: self.active("pending", "firing"), "all alerts to clear", right=operator.not_)

    def active(self, *states: str) -> list[dict[str, Any]]:
        """Alerts in one of `states`, those on drift left out, in the order of their labels."""
        alerts = [alert for alert in self.prometheus.alerts(*states) if alert["labels"].get("slo") != "drift"]
        return sorted(alerts, key=lambda alert: sorted(alert["labels"].items()))


def gitops_obs(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The real program, as a user runs it in the folder `root`."""
    command = [sys.executable, "-m", "gitops_obs", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
