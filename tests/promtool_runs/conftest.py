"""A project whose rules and tests are built, to be run by promtool."""

from __future__ import annotations

import pytest

from tests.core.projects import run, write

CHECKOUT = """\
service: checkout
owner: payments
telemetry:
  preset: prometheus_http
  select: {job: checkout}
slos:
  availability: 99.9%
alerts:
  traffic_drift: {threshold: 30%}
  orders_stuck: on
tests:
  - name: orders wait
    series:
      orders_waiting{job="checkout"}: 0+10x30
    expect:
      - {at: 10m, alert: OrdersStuck, fires: false}
      - {at: 25m, alert: OrdersStuck}
      - {at: 25m, alert: OrdersStuck, fires: 1, labels: {severity: page}}
      - {at: 20m, expr: sum(orders_waiting), samples: {"{}": 200}}
      - {at: 20m, expr: sum(orders_lost)}
"""
STUCK = """\
alert: orders_stuck
name: OrdersStuck
severity: page
expr: sum(orders_waiting{${select}}) > 100
for: 10m
summary: "${service}: orders wait"
description: "{{ $value }} orders wait."
action: Restart the worker.
"""
NATIVE = """\
service: search
owner: storefront
telemetry: {preset: otel_http, select: {job: shop/search}, histogram: native}
slos: {availability: 99.5%, latency: 98% < 180ms}
"""


@pytest.fixture
def built(tmp_path):
    """Two services with objectives, an alert and a test of their own, and what is generated of them."""
    files = {"services/checkout.yaml": CHECKOUT, "services/search.yaml": NATIVE, "alerts/orders_stuck.yaml": STUCK}
    root = write(tmp_path, {**files, "gitops-obs.yaml": "{}\n"})
    assert not run(root).failed
    return root
