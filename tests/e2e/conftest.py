"""The laboratory: everything real, started once for all end-to-end tests and stopped by process id."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.alertmanager import Alertmanager
from tests.e2e.lab import history, project
from tests.e2e.lab.laboratory import Lab, gitops_obs
from tests.e2e.lab.load import Load
from tests.e2e.lab.process import App
from tests.e2e.lab.prometheus import Prometheus
from tests.e2e.lab.wait import until
from tests.slack import Slack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST = 240  # seconds of load, whatever happens
_ALERTS = 4  # that the faults raise


_RUNNING = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Function, nextitem: pytest.Function | None) -> None:
    """Stop the laboratory with the last test in it: others that run in this process look for children left behind."""
    if "lab" in item.fixturenames and "lab" not in getattr(nextitem, "fixturenames", ()):
        _RUNNING.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Build the project; start services, load, Prometheus and Alertmanager with what was generated; wait for ratios."""
    root = tmp_path_factory.mktemp("project")
    project.write(root)
    built = gitops_obs(root, "build")
    assert built.returncode == 0, built.stdout + built.stderr
    with _RUNNING as stack:
        apps = _apps(stack)
        slack = Slack()
        stack.callback(slack.stop)
        (root / project.SLACK_API_URL).write_text(slack.url)
        config = root / "generated" / "alertmanager" / "alertmanager.yml"
        alertmanager = Alertmanager(tmp_path_factory.mktemp("alertmanager"), config)
        stack.callback(alertmanager.stop)
        alertmanager.start()
        prometheus = _prometheus(stack, apps, tmp_path_factory.mktemp("prometheus"), alertmanager.address)
        prometheus.load(root / "generated" / "rules")
        ratio = "service:errors_per_requests:ratio_rate10s"
        until(lambda: len(prometheus.instant(ratio)), "an error ratio of each service", right=len(project.WORK).__eq__)
        yield Lab(root, built, apps, prometheus, alertmanager, slack)


@pytest.fixture(scope="session")
def firing(lab: Lab) -> list[dict[str, Any]]:
    """What fires while everything goes wrong at once; the faults stay on."""
    lab.calm()
    lab.switch(on=True)
    return until(lambda: lab.active("firing"), "the alerts of all faults", right=_risen)


def _risen(alerts: list[dict[str, Any]]) -> bool:
    """Whether there are enough, and seconds have left the good requests behind them; an hour's share cannot so soon."""
    least = {"SLOErrorBudgetBurn": 0.0144}
    return len(alerts) >= _ALERTS and all(
        float(alert["value"]) > least.get(alert["labels"]["alertname"], 0.3) for alert in alerts
    )


def _apps(stack: ExitStack) -> dict[str, App]:
    """Every process by name, under load."""
    apps = {}
    for name, (_, *command) in project.APPS.items():
        apps[name] = App(*command)
        stack.callback(apps[name].stop)
    for names, paths in project.WORK.values():
        urls = [f"http://{apps[name].address}{path}" for path in paths for name in names]
        stack.callback(Load(urls, project.RATE, _LONGEST).stop)
    return apps


def _prometheus(stack: ExitStack, apps: dict[str, App], folder: Path, alertmanager: str) -> Prometheus:
    """Prometheus that remembers last week and has scraped everything once."""
    targets: dict[str, list[str]] = {}
    for name, (job, *_) in project.APPS.items():
        targets.setdefault(job, []).append(apps[name].address)
    prometheus = Prometheus(folder, targets, alertmanager)
    at_work = [name for names, _ in project.WORK.values() for name in names]
    seen = {
        (project.APPS[name][0], apps[name].address): until(
            partial(apps[name].get, "/metrics"), f"requests to {name}", right=lambda text: "_bucket{" in text
        )
        for name in at_work
    }
    history.write(seen, time.time(), prometheus.data)
    stack.callback(prometheus.stop)
    prometheus.start()
    until(lambda: len(prometheus.instant("up == 1")), "the first scrapes", right=len(apps).__eq__)
    return prometheus
