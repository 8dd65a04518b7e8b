"""Project files that route alerts, and what tests do with the configuration they give."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from gitops_obs import alertmanager, project

if TYPE_CHECKING:
    from pathlib import Path

    from gitops_obs.routing import Routing

PROJECT = """\
owners:
  payments: {slack: {page: "#payments-oncall", ticket: "#payments"}, tickets: office}
  shop: {slack: {page: "#shop"}}
  warehouse: {slack: {ticket: C0123ABCD}, tickets: shifts}
  nobody: ~
routing:
  default: "#alerts"
  hours:
    office: {from: "09:00", to: "17:30", zone: Europe/Berlin}
    shifts: {days: [saturday-monday, wednesday], from: "00:00", to: "24:00", zone: UTC}
"""


def routing(text: str = PROJECT, output: str = "whole") -> Routing:
    """The routing of a project file without faults."""
    found, problems = project.from_data({**yaml.safe_load(text), "outputs": {"alertmanager": output}})
    assert problems == []
    return found.routing


def config(text: str = PROJECT) -> dict[str, Any]:
    """The whole configuration as Alertmanager reads it."""
    found: dict[str, Any] = yaml.safe_load(alertmanager.text(alertmanager.whole(routing(text))))
    return found


def fragments(text: str = PROJECT) -> dict[str, dict[str, Any]]:
    """The fragments by path."""
    return {path: yaml.safe_load(found) for path, found in alertmanager.files(routing(text, "fragments"))}


def merged(base: Any, more: Any) -> Any:
    """What merging two parts of a configuration gives: mappings by key, lists appended, anything else replaced."""
    if isinstance(base, dict) and isinstance(more, dict):
        return base | {key: merged(base[key], value) if key in base else value for key, value in more.items()}
    return base + more if isinstance(base, list) and isinstance(more, list) else more


def check(folder: Path, text: str) -> None:
    """Fails with amtool's words where a configuration is none."""
    file = folder / "checked.yml"
    file.write_text(text, "utf-8")
    done = subprocess.run(["amtool", "check-config", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
