"""Canary against stable: series by version put on two tracks by the variable `canary`."""

from __future__ import annotations

from gitops_obs import kit

CANARY, STABLE = "canary", "stable"
OVERRIDES = (kit.override("/^canary/", colour=kit.WARN), kit.override("/^stable/", colour=kit.SERIES[0]))


def tracked(expr: str, label: str) -> str:
    """`expr` with a label `track`: canary where `label` is the version chosen, stable elsewhere."""
    stable = f'label_replace({expr}, "track", "{STABLE}", "", "")'
    return f'label_replace({stable}, "track", "{CANARY}", "{label}", "$canary")'
