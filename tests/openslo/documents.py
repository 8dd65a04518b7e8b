"""OpenSLO documents to begin with: one SLO that a service file can hold, and changes of it."""

from __future__ import annotations

SERVICE = """\
apiVersion: openslo/v1
kind: Service
metadata: {name: checkout, labels: {team: payments}}
spec: {description: Takes the order and charges the card.}
"""
TOTAL = 'sum(rate(http_requests_total{job="checkout"}[5m]))'
BAD = 'sum(rate(http_requests_total{job="checkout",code=~"5.."}[5m]))'
GOOD = 'sum(rate(http_requests_total{job="checkout",code!~"5.."}[5m]))'
TIMED = 'sum(rate(http_request_duration_seconds_count{job="checkout"}[5m]))'
QUICK = 'sum(rate(http_request_duration_seconds_bucket{job="checkout",le="0.25"}[5m]))'


def slo(part: str = BAD, total: str = TOTAL, *, kind: str = "bad", name: str = "a", target: str = "0.999") -> str:
    """An SLO of the service `checkout` with its indicator inline, in block style: every field on a line of its own."""
    return f"""\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}
spec:
  service: checkout
  indicator:
    metadata:
      name: {name}
    spec:
      ratioMetric:
        counter: true
        {kind}:
          metricSource:
            type: Prometheus
            spec:
              query: '{part}'
        total:
          metricSource:
            type: Prometheus
            spec:
              query: '{total}'
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: {target}
"""


def changed(before: str, after: str) -> str:
    """`slo()` with one text replaced, which must be in it."""
    text = slo()
    assert before in text
    return text.replace(before, after)
