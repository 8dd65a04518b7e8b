"""The project that the test builds: three services, alerts that react within seconds, and channels for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GRAFANA = "https://grafana.example"
REPOSITORY = "https://git.example/shop/platform"

ROOT = "@ROOT@"
"""Stands for the folder of the project."""

SLACK_API_URL = "slack_api_url"
"""File outside of Git that holds Slack's address."""

FILES = {
    "gitops-obs.yaml": f"""
owners:
  payments: {{slack: {{page: "#payments-oncall", ticket: "#payments"}}}}
  storefront: {{slack: {{page: "#storefront-oncall", ticket: "#storefront"}}}}
outputs: {{alertmanager: whole}}
routing:
  default: "#alerts"
  page: {{group_wait: 1s, group_interval: 1s}}
  ticket: {{group_wait: 1s, group_interval: 1s}}
  slack_api_url_file: {ROOT}/{SLACK_API_URL}
repository: {REPOSITORY}
grafana: {{url: {GRAFANA}}}
rules: {{interval: 1s, rate_window: 10s, scrape_interval: 1s}}
defaults:
  alerts:
    # of the two windows that page the one whose short window is seconds here, so that an end shows as well
    availability_burn: {{for: 2s, keep_firing_for: 1s, min_requests: 20, min_errors: 1000000}}
    availability_burn_slow: off
    version_skew: off # two versions run all the time
    oom_killed: off # it is told for an hour
    latency_burn: off
    latency_burn_slow: off
    latency: {{threshold: 250ms, for: 2s, keep_firing_for: 1s, min_requests: 1}}
    target_absent: {{for: 2s}}
    drift_detected: {{for: 0s, keep_firing_for: 0s}}
""",
    "services/orders.yaml": """
service: orders
owner: payments
description: Takes orders and charges cards.
tier: 1
telemetry:
  preset: otel_http
  select: {job: shop/orders}
slos:
  availability: 99.9%
  latency: 99% < 250ms
  routes:
    /pay: {availability: 99.95%}
links: {runbook: docs/runbooks/orders.md, repository: https://git.example/shop/orders}
""",
    "services/catalogue.yaml": """
service: catalogue
owner: storefront
telemetry:
  preset: prometheus_http
  select: {job: catalogue}
  version: {metric: catalogue_build_info}
slos: {availability: 99%, latency: 95% < 250ms}
runs_on:
  kubernetes: {namespace: shop, deployment: catalogue}
drift:
  kubernetes: deploy/catalogue.yaml
  terraform: infra/catalogue/
  ansible: {playbook: ansible/catalogue.yml}
""",
    "services/receipts.yaml": """
service: receipts
owner: payments
telemetry:
  preset: celery
  select: {job: celery-exporter, queue_name: receipts}
slos: {availability: 99.5%}
""",
    "docs/runbooks/orders.md": "# orders\n",
    "deploy/catalogue.yaml": "kind: Deployment\n",
    "infra/catalogue/main.tf": "# nothing yet\n",
    "ansible/catalogue.yml": "[]\n",
}

APPS = {
    "orders": ("shop/orders", "orders", "1.4.2"),
    "orders-canary": ("shop/orders", "orders", "1.5.0"),
    "catalogue": ("catalogue", "catalogue"),
    "receipts": ("celery-exporter", "receipts"),
    "cluster": ("kubernetes", "cluster"),
}
"""Process → the job it is scraped as, its program, and what that is told."""

WORK = {
    "orders": (("orders", "orders-canary"), ("/cart", "/pay")),
    "catalogue": (("catalogue",), ("/list", "/item", "/item")),
    "receipts": (("receipts",), ("/send_receipt", "/send_invoice")),
}
"""Service → processes, and what is asked of them in turn. Faults are counted, so that they hit each path alike."""

RATE = 15
"""Requests a second that each service gets."""

FAULTS = {
    "orders": ("errors", "lost"),
    "orders-canary": ("errors", "lost"),
    "catalogue": ("slow", "flaky"),
    "receipts": ("errors", "lost"),
    "cluster": ("drift", "oom"),
}
"""Process → what goes wrong. The catalogue's one failure in twenty is less than its objective lets page."""


def write(root: Path) -> None:
    """Write the project's files under `root`."""
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip().replace(ROOT, str(root)), "utf-8")
