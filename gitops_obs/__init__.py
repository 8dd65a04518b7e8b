"""gitops-obs: small service files become Grafana dashboards and Prometheus rules, reviewed as diffs."""

__version__ = "0.1.0"
