"""The Python API: load a project, compile its services, render files; build panels and alerts of your own.

Everything listed in `__all__` is public and follows semantic versioning; import from here, not from other modules.

    from gitops_obs import api

    project = api.load(".")
    for service in project.services:
        compiled = api.compile(project, service)
        for path, content in api.render(project, service):
            print(path, len(content))
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gitops_obs import compile as compiler
from gitops_obs import inputs, workspace
from gitops_obs import render as renderer
from gitops_obs.compile import Compiled
from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.model import Service
from gitops_obs.rules import Alert, Group, Omitted, Recording
from gitops_obs.signal import Signal

__all__ = [
    "Alert",
    "Compiled",
    "Diagnostic",
    "GitopsObsError",
    "Group",
    "Loaded",
    "Omitted",
    "Recording",
    "Service",
    "Severity",
    "Signal",
    "Span",
    "compile",
    "load",
    "render",
]


@dataclass(frozen=True)
class Loaded:
    """A project as read: its services that hold, in order of file name, and every finding."""

    workspace: workspace.Workspace
    services: tuple[Service, ...]
    diagnostics: tuple[Diagnostic, ...]

    def service(self, name: str) -> Service:
        """The service called `name`. Raises KeyError where there is none."""
        for service in self.services:
            if service.name == name:
                return service
        raise KeyError(name)


def load(path: str | Path = ".") -> Loaded:
    """Read the project at `path` or above. Bad files are findings; GitopsObsError where there is no project at all."""
    space = workspace.Workspace(inputs.find_root(Path(path).resolve()))
    names, findings = space.service_files()
    diagnostics = [*space.diagnostics, *findings]
    services = []
    for name in names:
        data = space.content(name)
        if isinstance(data, Diagnostic):
            diagnostics.append(data)
            continue
        read = space.read(name, data)
        diagnostics += read.findings
        if read.service is not None:
            services.append(read.service)
    return Loaded(space, tuple(services), tuple(diagnostics))


def compile(project: Loaded, service: Service) -> Compiled:  # noqa: A001  # api.compile reads as what it does
    """The dashboard (a JSON-ready mapping) and the rule groups of one service."""
    return compiler.service(service, project.workspace.customs)


def render(project: Loaded, service: Service) -> list[tuple[str, bytes]]:
    """Path under `generated/` and content of each file of one service."""
    return renderer.in_full(service, project.workspace.customs)
