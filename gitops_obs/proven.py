"""Runs the tests under `generated/` and says what failed, at the line of the service file that has to do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitops_obs import alerts, amtool, build, load_customs, source
from gitops_obs.alertmanager import cases as routes
from gitops_obs.errors import Diagnostic, Span
from gitops_obs.inputs import PROJECT_FILE, SERVICES
from gitops_obs.promtool import run as runner
from gitops_obs.promtool import suite
from gitops_obs.request import Result
from gitops_obs.spec import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitops_obs.model import Service
    from gitops_obs.promtool.program import Promtool
    from gitops_obs.promtool.run import Failure
    from gitops_obs.promtool.suite import Job
    from gitops_obs.request import Request
    from gitops_obs.source import Document, Path
    from gitops_obs.workspace import Workspace

_SHOWN = 6  # failures of one service that are said one by one
_HINT = "run `gitops-obs build`; if it stays, `promtool test rules {}` says what was expected"
_HINT_OWN = "correct the test or the rule: `promtool test rules {}` says what was expected"


@dataclass(slots=True)
class Report:
    """Findings; how many services and tests were run, and test files that were skipped, each with why."""

    result: Result
    services: int = 0
    tests: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Tested:
    """A service file, its service, and its document for places."""

    service: Service
    document: Document


def run(
    workspace: Workspace,
    request: Request,
    promtool: Promtool,
    *,
    whole: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Run the tests of the services asked for, with all rules in each where `whole`; writes nothing.

    Findings are OBS351 (nothing to run), OBS352 (a generated test does not hold), OBS353 (a test of the user's own).
    """
    report = Report(Result(list(workspace.diagnostics)))
    tested = _services(workspace, request, report)
    jobs = [job for one in tested.values() for job in _jobs(workspace, one, promtool, report, whole=whole)]
    failed: dict[str, list[Failure]] = {}
    for done, (job, failures) in enumerate(runner.run(promtool, jobs, request.jobs), start=1):
        report.tests += 1
        failed.setdefault(job.service, []).extend(failures)
        if progress:
            progress(done, len(jobs))
    if tested and not jobs and not report.skipped:
        hint = "run `gitops-obs build` first, and commit generated/"
        message = "there are no tests under generated/"
        report.result.diagnostics.append(Diagnostic("OBS351", message, Span("generated/tests"), hint=hint))
    for name, found in failed.items():
        report.result.diagnostics += _findings(tested[name], found)
    if request.whole:
        report.result.diagnostics += _routes(workspace, [one.service for one in tested.values()], report)
    return report


def _services(workspace: Workspace, request: Request, report: Report) -> dict[str, _Tested]:
    """The services asked for, by name; findings for files that are none."""
    result, found = report.result, {}
    names, findings = workspace.service_files()
    result.diagnostics += findings
    for name in build.asked(names, request, workspace, result):
        data = workspace.content(name)
        if isinstance(data, Diagnostic):
            result.diagnostics.append(data)
            continue
        read = workspace.read(name, data)
        result.diagnostics += read.findings
        service = read.service
        if service and request.owner in ("", service.owner):
            file, text = f"{SERVICES}/{name}", data.decode("utf-8-sig", "replace")
            found[service.name] = _Tested(service, source.Document(file, text, None))
    report.services = result.checked = len(found)
    return found


def _jobs(workspace: Workspace, tested: _Tested, promtool: Promtool, report: Report, *, whole: bool) -> list[Job]:
    service, jobs = tested.service, []
    for job in suite.jobs(workspace.root, service.owner, service.name, whole=whole):
        if isinstance(job, Diagnostic):
            report.result.diagnostics.append(job)
        elif job.native and not promtool.reads_native:
            why = f"promtool {promtool.shown} cannot read native histograms, from 2.48 on it can"
            report.skipped += [(job.file, why)] if (job.file, why) not in report.skipped else []
        else:
            jobs.append(job)
    return jobs


def _findings(tested: _Tested, failures: list[Failure]) -> list[Diagnostic]:
    """A finding for each alert or expression that failed, the first time it did."""
    known: dict[tuple[str, str, str], Problem] = {}
    for failure in failures:
        known.setdefault((failure.job.name, failure.alert, failure.expr), _problem(tested.service, failure))
    problems = list(known.values())
    found = [problem.at(tested.document) for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        message = f"{len(problems) - _SHOWN} more tests of `{tested.service.name}` do not hold"
        found.append(Problem("OBS352", ("service",), message, _HINT.format(failures[0].job.file)).at(tested.document))
    return found


def _problem(service: Service, failure: Failure) -> Problem:
    job = failure.job
    own = next((n for n, test in enumerate(service.tests) if test.name == job.name), None)
    if ".own." in job.file and own is not None:
        said = failure.expr.replace('\\"', '"') or "it cannot be run"
        message = f"`{job.name}` does not hold{_at(failure)}: {said}"
        return Problem("OBS353", ("tests", own), message, _HINT_OWN.format(job.file))
    what = f"alert {failure.alert}" if failure.alert else failure.expr.replace('\\"', '"') or "promtool"
    about = job.name.partition(";")[0]
    message = f"the proof of {what} does not hold{_at(failure)} ({about})"
    return Problem("OBS352", _path(service, failure.alert), message, _HINT.format(job.file), key=True)


def _at(failure: Failure) -> str:
    return f" at {failure.at}" if failure.at else ""


def _path(service: Service, alert: str) -> Path:
    """What of a service file has to do with an alert: its settings, its objective, or the service as such."""
    name = next((found for found in alerts.ids() if alert == alerts.module(found).NAME), "")
    if service.setting(name):
        return ("alerts", name)
    slo = getattr(alerts.module(name), "SLO", "") if name else ""
    if slo and getattr(service, slo, None):
        return ("slos", slo)
    return ("service",)


def _routes(workspace: Workspace, services: list[Service], report: Report) -> list[Diagnostic]:
    """Findings about where alerts land, asked of amtool where it is installed."""
    routing = workspace.project.routing
    found = routes.cases(routing, services, workspace.customs)
    if not found:
        return []
    if not amtool.is_installed():
        report.skipped.append(("generated/alertmanager/", "amtool is not installed, so routes are not tried"))
        return []
    document, _ = load_customs.read_document(workspace.root, workspace.root / PROJECT_FILE, "project")
    report.tests += len(found)
    return amtool.generated(routing, found, document)
