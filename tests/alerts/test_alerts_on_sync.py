"""The alerts on Argo CD and Flux, as service files name what deploys the service, by a real promtool."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitops_obs import proofs, ruleset, template
from gitops_obs.compile import Compiled
from gitops_obs.outputs import _tests
from gitops_obs.workspace import Workspace
from tests import promtool
from tests.core import projects
from tests.promtool import Case

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.model import Service
    from gitops_obs.proof import Pace

NAMES = {
    "argocd": ["ArgoCdOutOfSync", "ArgoCdSyncFailed", "ArgoCdUnhealthy", "ArgoCdUnknown", "GitOpsSyncAbsent"],
    "flux": ["FluxNotReady", "FluxSuspended", "GitOpsSyncAbsent"],
    "kubernetes": [],
}
ALERTS = {name for names in NAMES.values() for name in names}
CLUSTERED = "cluster_label: cluster\n"
DRIFT = "drift: {kubernetes: deploy/, terraform: infra/, ansible: {playbook: a.yml}}"
BOTH = "drift: {argocd: checkout, flux: {kustomization: checkout, namespace: flux-system}}"
DRIFT_TUNED = (
    "drift_detected: {threshold: 3, for: 10m}, drift_old: {threshold: 3d, for: 2h}, drift_check_absent: {for: 1h}, "
    "drift_pending: {threshold: 2, for: 90m}, drift_check_stale: {threshold: 5, for: 0s}, rules_failing: {for: 1m}, "
    "drift_check_failing: {for: 1m}, drift_desired_stale: {threshold: 2h}"
)
SYNC_TUNED = (
    "argocd_out_of_sync: {for: 1h}, argocd_unhealthy: {for: 5m}, argocd_unknown: {for: 2h}, flux_not_ready: {for: 0s}, "
    "argocd_sync_failed: {for: 5m}, flux_suspended: {for: 2d}, sync_absent: {for: 30m}"
)


def _rules(root: Path) -> dict[str, Any]:
    rules: dict[str, Any] = yaml.safe_load((root / "generated/rules/payments/checkout.yaml").read_text())
    return rules


def _built(root: Path, *lines: str, project: str = "") -> dict[str, Any]:
    """The rules of a service file with `lines`, which has no findings but for paths that are not there."""
    projects.write(root, {"services/checkout.yaml": projects.service("checkout", *lines)})
    if project:
        projects.write(root, {"gitops-obs.yaml": project})
    assert set(projects.codes(projects.run(root))) <= {"OBS119"}
    return _rules(root)


def _named(rules: dict[str, Any]) -> list[str]:
    return [rule["alert"] for group in rules["groups"] for rule in group["rules"] if rule.get("alert") in ALERTS]


@pytest.mark.parametrize(
    "drift, names",
    [
        ("argocd: checkout", NAMES["argocd"]),
        ("argocd: {application: checkout}", NAMES["argocd"]),
        ("flux: {kustomization: checkout, namespace: shop}", NAMES["flux"]),
        ("argocd: checkout, flux: {helmrelease: checkout, namespace: shop}", [*NAMES["argocd"], *NAMES["flux"]]),
        ("kubernetes: deploy", []),
    ],
)
def test_only_what_the_service_file_names_is_watched(tmp_path: Path, drift: str, names: list[str]) -> None:
    """An application has one alert on each of its troubles, two on being out of sync; a path has none of them."""
    found = _named(_built(tmp_path, f"drift: {{{drift}}}"))
    assert sorted(set(found)) == sorted(set(names))
    assert found.count("ArgoCdOutOfSync") == 2 * ("argocd" in drift)
    assert found.count("GitOpsSyncAbsent") == ("argocd" in drift) + ("flux" in drift)


def test_an_application_is_no_path(tmp_path: Path) -> None:
    """Names of applications and namespaces are looked for in no folder; a path beside them still is."""
    lines = "argocd: {application: nowhere, namespace: argocd}, flux: {kustomization: nowhere, namespace: shop}"
    projects.write(tmp_path, {"services/checkout.yaml": projects.service("checkout", f"drift: {{{lines}}}")})
    assert projects.codes(projects.run(tmp_path)) == []
    more = projects.service("checkout", f"drift: {{kubernetes: nowhere, {lines}}}")
    projects.write(tmp_path, {"services/checkout.yaml": more})
    assert projects.codes(projects.run(tmp_path)) == ["OBS119"]


@pytest.mark.parametrize(
    "said, matchers",
    [
        ("checkout", 'name="checkout"'),
        ("{application: checkout, namespace: argocd}", 'name="checkout",namespace="argocd"'),
        ("{application: a.b, project: shop}", 'name="a.b",project="shop"'),
    ],
)
def test_an_application_is_singled_out_by_what_is_said_of_it(tmp_path: Path, said: str, matchers: str) -> None:
    """By its name, and by namespace and project only where the service file has them."""
    rules = _built(tmp_path, f"drift: {{argocd: {said}}}")
    absent = [rule for group in rules["groups"] for rule in group["rules"] if rule.get("alert") == "GitOpsSyncAbsent"]
    assert [rule["expr"] for rule in absent] == [f"absent(argocd_app_info{{{matchers}}})"]


@pytest.mark.real
@pytest.mark.parametrize(
    "lines, project",
    [
        pytest.param([DRIFT], CLUSTERED, id="drift"),
        pytest.param([DRIFT, f"alerts: {{{DRIFT_TUNED}}}"], "", id="drift, tuned"),
        pytest.param(["drift: {argocd: checkout}"], CLUSTERED, id="argocd"),
        pytest.param(["drift: {argocd: {application: a, namespace: b, project: c}}"], "", id="argocd, all labels"),
        pytest.param([BOTH, f"alerts: {{{SYNC_TUNED}}}"], "", id="both, tuned"),
        pytest.param(["drift: {flux: {helmrelease: checkout, namespace: shop}}"], CLUSTERED, id="helmrelease"),
    ],
)
def test_the_generated_proofs_hold(tmp_path: Path, lines: list[str], project: str) -> None:
    """Whatever the service file says, what is claimed about drift is what Prometheus computes."""
    _built(tmp_path, *lines, project=project)
    for file in sorted((tmp_path / "generated/tests/payments").glob("*.test.yaml")):
        done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{file.name}: {done.stdout[:2000]}{done.stderr[:2000]}"


@pytest.mark.real
def test_a_controller_that_starts_anew_reports_no_old_failure(tmp_path: Path) -> None:
    """Its counters begin at nothing; and what Prometheus sees first after a gap is not new."""
    rules = _built(tmp_path, "drift: {argocd: checkout}")
    of = 'name="checkout",namespace="argocd",project="default",dest_server="a"'
    info, syncs = f"argocd_app_info{{{of}}}", f'argocd_app_sync_total{{{of},phase="Failed"}}'
    gap = {info: "1x5 _x40 1x10", syncs: "3x5 _x40 3x10"}
    anew = {f'{info[:-1]},pod="a"}}': "1x20", f'{syncs[:-1]},pod="a"}}': "3x20"}
    anew |= {f'{info[:-1]},pod="b"}}': "_x20 1x40", f'{syncs[:-1]},pod="b"}}': "_x30 0x30"}
    silent: list[dict[str, Any]] = []
    cases = [
        Case(gap, {(at, "ArgoCdSyncFailed"): silent for at in ("4m", "46m", "50m")}),
        Case({info: "1x60"}, {("40m", "ArgoCdSyncFailed"): silent}),
    ]
    promtool.check_cases(tmp_path, {"checkout": rules}, {"checkout": cases})


@pytest.mark.parametrize(
    "lines", [[DRIFT], [BOTH], [BOTH, f"alerts: {{{SYNC_TUNED}}}"]], ids=["drift", "both", "tuned"]
)
def test_services_of_one_shape_share_their_proofs(tmp_path: Path, lines: list[str]) -> None:
    """What is filled in for a service equals what is built for it: nothing looks at the names that are pasted."""
    projects.write(tmp_path, {"services/checkout.yaml": projects.service("checkout", *lines)})
    workspace = Workspace(tmp_path)
    service = workspace.read("checkout.yaml", (tmp_path / "services/checkout.yaml").read_bytes()).service
    assert service
    _, leaves = template.shape(service)
    cut = template.Template.cut(_proofs(template.marked(service)), len(leaves))
    assert cut.fill(template.values(leaves)).decode() == _proofs(service)


def _proofs(service: Service) -> str:
    compiled = Compiled(service, {}, tuple(ruleset.groups(service)[0]), (), tuple(proofs.tests(service)))
    paces: tuple[Pace, ...] = ("minutes", "hours", "weeks")
    return template.unquoted("".join(_tests.text(compiled, pace, native=False) for pace in paces))
