"""Writes a project of N services over mixed presets, the same for the same N: what the benchmarks build."""

from __future__ import annotations

import sys
from pathlib import Path

PRESETS = {
    "otel_http": ("job: shop/{name}", True),
    "prometheus_http": ("job: {name}", True),
    "grpc_go": ("job: {name}", True),
    "istio": ("destination_workload_namespace: shop, destination_workload: {name}", True),
    "ingress_nginx": ("exported_namespace: shop, ingress: {name}", True),
    "spring_boot": ("application: {name}", False),
    "traefik": ("service: {name}@kubernetes", False),
    "haproxy": ("proxy: {name}", False),
}
LATENCIES = ("99% < 250ms", "95% < 500ms", "99% < 1s", "99.9% < 2500ms")
AVAILABILITIES = ("99%", "99.5%", "99.9%", "99.95%")

SERVICE = """\
service: {name}
owner: {owner}
description: Service number {n} of the benchmark's fleet.
tier: {tier}
telemetry:
  preset: {preset}
  select: {{{select}}}
slos:
  availability: {availability}
{latency}runs_on:
  kubernetes: {{namespace: shop, deployment: {name}}}
links:
  runbook: https://wiki.example/runbooks/{name}
  repository: https://git.example/shop/{name}
alerts:
  error_ratio: {{for: {minutes}m}}
"""


def write(root: Path, count: int) -> None:
    """Write services/ for `count` services and an empty project file to `root`."""
    folder = root / "services"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "gitops-obs.yaml").write_text("repository: https://git.example/shop/platform\n")
    presets = list(PRESETS)
    for n in range(count):
        name = f"service-{n:06d}"
        (folder / f"{name}.yaml").write_text(_service(n, name, presets[n % len(presets)]))


def _service(n: int, name: str, preset: str) -> str:
    select, has_buckets = PRESETS[preset]
    return SERVICE.format(
        name=name,
        n=n,
        owner=f"team-{n % 40:02d}",
        tier=n % 4 + 1,
        preset=preset,
        select=select.format(name=name),
        availability=AVAILABILITIES[n // 7 % 4],
        latency=f"  latency: {LATENCIES[n // 3 % 4]}\n" if has_buckets else "",
        minutes=n % 5 + 1,
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
