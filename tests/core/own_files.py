"""Projects with files of their own beside the services: panels, alerts, presets and dashboards."""

from __future__ import annotations

import json

import yaml

from tests.core.projects import service, services, write

PANEL = """\
panel: {id}
title: Messages waiting
description: A queue that keeps growing means too few workers.
unit: short
queries:
  - {{expr: 'sum by (queue) (queue_messages{{${{select}}}})', legend: '{{{{queue}}}}'}}
thresholds:
  - {{value: 100, color: orange}}
"""
ALERT = """\
alert: {id}
name: QueueGrows
expr: sum(rate(queue_messages{{${{select}}}}[${{window}}])) > 5
for: 90m
summary: "${{service}} of ${{owner}} falls behind"
description: "{{{{ $value }}}} messages a second."
action: Add workers.
"""
ON_EVERY_SIDE = {
    **services("cart", "checkout", "search"),
    "dashboards/orders.dashboard.py": "dashboard = {'title': 'Orders', 'uid': 'orders', 'panels': []}\n",
}
PAGE = "generated/dashboards/payments/checkout.json"
RULES = "generated/rules/payments/checkout.yaml"


def project(root, files, *lines):
    """A project of one service with further `lines`, and `files`."""
    return write(root, {"services/checkout.yaml": service("checkout", *lines), **files})


def panels(root):
    """Panels of the service's page by title, those inside of rows too."""
    listed = json.loads((root / PAGE).read_bytes())["panels"]
    return {panel["title"]: panel for outer in listed for panel in (outer, *outer.get("panels", ()))}


def custom_rules(root):
    """Rules of the group of custom alerts."""
    groups = yaml.safe_load((root / RULES).read_bytes())["groups"]
    return [rule for group in groups if ".custom" in group["name"] for rule in group["rules"]]


def only(result):
    """The one finding there is."""
    assert len(result.diagnostics) == 1, result.diagnostics
    return result.diagnostics[0]


def kinds(result):
    """Paths by kind of change, the unchanged left out."""
    found = {}
    for change in result.changes:
        if change.kind != "unchanged":
            found.setdefault(change.kind, set()).add(change.path)
    return found
