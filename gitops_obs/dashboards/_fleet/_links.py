"""Links from pages over many services to the pages they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.model import dashboard_uid, owner_uid

if TYPE_CHECKING:
    from gitops_obs.model import Project

_ALONG = "${__url_time_range}&${datasource:queryparam}"

OWNER = ("All services of the team", f"/d/{owner_uid('${__value.raw}')}?{_ALONG}")
"""From a cell that names an owner."""


def service(project: Project, name: str = "${__data.fields.service}") -> tuple[str, str]:
    """To the page of the service `name` (in a table: the one in the label `service` of the row)."""
    cluster = "&${cluster:queryparam}" if project.cluster_label else ""
    return "Open the page of this service", f"/d/{dashboard_uid(name)}?{_ALONG}{cluster}"
