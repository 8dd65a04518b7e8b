"""The text of a service file from its draft, as a person would write it: values plain where every reader agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.promql import OPERATORS
from gitops_obs.yamltext import flow, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.openslo.services import Draft, Objectives

_NAMES = {op: name for name, op in OPERATORS.items()}


def service_file(draft: Draft, head: str) -> str:
    """The text of `services/<name>.yaml`; `head` is its first line."""
    lines = [head, f"service: {scalar(draft.name)}", f"owner: {scalar(draft.owner)}"]
    if draft.description:
        lines.append(f"description: {scalar(draft.description)}")
    return "\n".join([*lines, ""]) + telemetry(draft) + slos(draft)


def telemetry(draft: Draft) -> str:
    """The part `telemetry:`."""
    return "\n".join([*_telemetry(draft), ""])


def slos(draft: Draft) -> str:
    """The part `slos:`."""
    windows = {window for found in (draft.slos, *draft.routes.values()) for _, window in found.found.values()}
    shared = windows.pop() if len(windows) == 1 else ""
    lines = ["slos:", *_objectives(draft.slos, "  ", shared)]
    if shared:
        lines.append(f"  window: {shared}")
    if draft.routes:
        lines.append("  routes:")
        for route, found in draft.routes.items():
            lines += [f"    {scalar(route)}:", *_objectives(found, "      ", shared)]
    return "\n".join([*lines, ""])


def _objectives(found: Objectives, indent: str, shared: str) -> Iterator[str]:
    """Lines of objectives; one whose window is `shared` need not name it."""
    for kind, (text, window) in found.found.items():
        value = text if window == shared or not window else f"{{objective: {text}, window: {window}}}"
        yield f"{indent}{kind}: {value}"


def _telemetry(draft: Draft) -> Iterator[str]:
    yield "telemetry:"
    yield f"  preset: {draft.preset}"
    pairs = ((label, scalar(value) if op == "=" else flow({_NAMES[op]: value})) for label, op, value in draft.select)
    yield "  select: {" + ", ".join(f"{label}: {value}" for label, value in pairs) + "}"
    if draft.labels:
        yield f"  labels: {flow(draft.labels)}"
    if draft.native:
        yield "  histogram: native"
    if draft.buckets:
        yield f"  buckets: [{', '.join(sorted(draft.buckets, key=float))}]"
