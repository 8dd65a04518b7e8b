"""The laboratory: everything real, started once for all end-to-end tests and stopped by process id."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.e2e.lab import project
from tests.e2e.lab.laboratory import Lab, gitops_obs
from tests.e2e.lab.load import Load
from tests.e2e.lab.process import App
from tests.e2e.lab.prometheus import Prometheus
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 240  # seconds of load, whatever happens
_RATIO = "service:errors_per_requests:ratio_rate10s"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Build the project; start services, load and Prometheus with the generated rules; wait for the first rates."""
    root = tmp_path_factory.mktemp("project")
    project.write(root)
    built = gitops_obs(root, "build")
    assert built.returncode == 0, built.stdout + built.stderr
    with ExitStack() as stack:
        apps = {}
        for name in project.JOBS:
            apps[name] = App(name)
            stack.callback(apps[name].stop)
        for name, paths in project.PATHS.items():
            stack.callback(Load([apps[name].url + path for path in paths], project.RATE, _LONGEST).stop)
        targets = {job: apps[name].url.removeprefix("http://") for name, job in project.JOBS.items()}
        prometheus = Prometheus(tmp_path_factory.mktemp("prometheus"), targets)
        stack.callback(prometheus.stop)
        prometheus.start()
        until(lambda: len(prometheus.instant("up == 1")), "the first scrapes", right=len(targets).__eq__)
        prometheus.load(root / "generated" / "rules")
        until(
            lambda: len(prometheus.instant(_RATIO)), "an error ratio of each service", right=len(project.PATHS).__eq__
        )
        yield Lab(root, built, apps, prometheus)
