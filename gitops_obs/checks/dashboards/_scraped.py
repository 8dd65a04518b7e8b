"""Which series come from scraping the service, and so must be narrowed by the variables job and instance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs.checks.dashboards import _reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.dashboards._reading import Issue

EXEMPT = (
    (re.compile(r"service:.*|service_info"), "recorded by our own rules, for the service as a whole"),
    (re.compile(r"ALERTS|ALERTS_FOR_STATE"), "written by the ruler, with the labels of the alert"),
    (re.compile(r"kube_.*|container_.*"), "job and instance are those of the exporter, not of the service"),
    (re.compile(r"gitops_obs_.*"), "written by gitops-obs, with the labels of the drift source"),
    (re.compile(r".*_info"), "takes part in a join that its other side narrows"),
)
"""Names of series that need no such matcher, and why."""


def exempt(name: str) -> str:
    """Why series called `name` need no matcher for job and instance, "" where they do."""
    return next((why for pattern, why in EXEMPT if pattern.fullmatch(name)), "")


def narrowed(dashboard: dict[str, Any], label: str) -> Iterator[Issue]:
    """A fault for every selector of scraped series without `label=~"$label"`."""
    wanted = (label, "=~", f"${label}")
    for panel, target, selector in _reading.selectors(dashboard):
        if wanted not in selector.matchers and not exempt(_name(selector)):
            message = f'`{_name(selector) or "a selector"}` is not narrowed by {label}=~"${label}"'
            yield _reading.of_target(panel, target, message)


def variable(dashboard: dict[str, Any], name: str) -> Iterator[Issue]:
    """Faults of the template variable `name`, which a page that reads scraped series must have."""
    found = _reading.variable(dashboard, name)
    if found is None:
        if any(not exempt(_name(selector)) for _, _, selector in _reading.selectors(dashboard)):
            yield _reading.of_dashboard(f"there is no variable `{name}`")
        return
    uid = (found.get("datasource") or {}).get("uid") if isinstance(found.get("datasource"), dict) else None
    datasources = [v["name"] for v in _reading.variables(dashboard) if v.get("type") == "datasource"]
    conditions = (
        (uid in {f"${{{n}}}" for n in datasources} | {f"${n}" for n in datasources}, "use the datasource variable"),
        (found.get("type") == "query", "be a query"),
        (found.get("label") == name.title(), f"be labelled `{name.title()}`"),
        (found.get("multi") is True, "allow several values"),
        (found.get("allValue") == ".+", "have `.+` stand for all values"),
    )
    for holds, wanted in conditions:
        if not holds:
            yield _reading.of_dashboard(f"variable `{name}` should {wanted}")


def _name(selector: Any) -> str:
    """Name of the metric, which may also stand among the matchers."""
    named = (value for label, op, value in selector.matchers if label == "__name__" and op == "=")
    return selector.name or next(named, "")
