"""Links at the top right of a page."""

from __future__ import annotations

from typing import Any


def link(title: str, url: str, icon: str = "external link", tooltip: str = "", *, here: bool = False) -> dict[str, Any]:
    """A link that takes the time range along. `here` opens it in the same tab, for pages of Grafana itself.

    `icon` is one of Grafana's for links: bolt, cloud, dashboard, doc, external link, info, question.
    """
    return {
        "title": title,
        "type": "link",
        "url": url,
        "icon": icon,
        "tooltip": tooltip,
        "targetBlank": not here,
        "keepTime": True,
        "includeVars": False,
        "asDropdown": False,
        "tags": [],
    }
