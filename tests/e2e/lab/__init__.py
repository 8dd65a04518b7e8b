"""Real parts for the end-to-end test: small instrumented services, load on them, Prometheus, and a project."""
