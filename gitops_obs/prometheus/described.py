"""The alert rules of a project, as it stands on disk or as it stood at a revision."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitops_obs import build, git, inputs
from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.prometheus import cases
from gitops_obs.prometheus.inline import Recordings
from gitops_obs.request import Request, Result
from gitops_obs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.model import Service
    from gitops_obs.prometheus.cases import Case, Keep
    from gitops_obs.rules import Group

_PARTS = (inputs.PROJECT_FILE, inputs.SERVICES, *inputs.CUSTOM)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which services, by names and patterns or by owner, and which alerts of them; all where nothing is said."""

    names: tuple[str, ...] = ()
    owner: str = ""
    alerts: tuple[str, ...] = ()


def alert_cases(workspace: Workspace, wanted: Wanted, keep: Keep) -> tuple[list[Case], list[Diagnostic]]:
    """The wanted alert rules over raw series, in order of service and rule, and findings about their files.

    A service whose file has an error has no rules here.
    """
    result = Result(list(workspace.diagnostics))
    names, findings = workspace.service_files()
    result.diagnostics += findings
    reader = _Reader(workspace, names, result.diagnostics)
    found: list[Case] = []
    for name in build.asked(names, Request(names=wanted.names), workspace, result):
        service = reader.service(name, tell=True)
        if service is None or (wanted.owner and service.owner != wanted.owner):
            continue
        groups = reader.groups(service, tell=True)
        found += cases.of(service, groups, wanted.alerts, Recordings(groups, reader.everybody), keep)
    return found, result.diagnostics


@contextmanager
def at(root: Path, revision: str) -> Iterator[Workspace]:
    """The project as it stood at `revision`, in a folder that is gone afterwards. Raises GitopsObsError (OBS001)."""
    with tempfile.TemporaryDirectory(prefix="gitops-obs-") as folder:
        yield Workspace(git.extract(root, revision, Path(folder), _PARTS))


@dataclass(slots=True)
class _Reader:
    workspace: Workspace
    names: list[str]
    findings: list[Diagnostic]

    def service(self, name: str, *, tell: bool) -> Service | None:
        data = self.workspace.content(name)
        if isinstance(data, Diagnostic):
            self.findings += [data] if tell else []
            return None
        read = self.workspace.read(name, data)
        self.findings += [finding for finding in read.findings if tell and finding.severity is Severity.ERROR]
        return read.service

    def groups(self, service: Service, *, tell: bool) -> list[Group]:
        try:
            return cases.groups(service, self.workspace.customs)
        except (Exception, SystemExit) as error:
            if not self.workspace.customs.need_python(service):
                raise
            self.findings += [build.custom_failed(self.workspace, service, error)] if tell else []
            return []

    def everybody(self) -> Iterator[Group]:
        """The groups of all services, for rules that read what another service records."""
        for name in self.names:
            if service := self.service(name, tell=False):
                yield from self.groups(service, tell=False)
