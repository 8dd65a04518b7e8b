"""OpenSLO documents imported in memory, with the built-in presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import preset
from gitops_obs.openslo import documents, services, text
from gitops_obs.openslo.services import Draft, Given

if TYPE_CHECKING:
    from gitops_obs.errors import Diagnostic

PRESETS = {name: found for name in preset.builtin_names() if (found := preset.builtin(name)).requests}


def drafts(*files: str | bytes, **given: object) -> tuple[list[Draft], list[Diagnostic]]:
    """The drafts and findings of documents; `given` as in `services.Given`."""
    contents = [
        (f"slo{n or ''}.yaml", file.encode() if isinstance(file, str) else file) for n, file in enumerate(files)
    ]
    objects = documents.read(contents)
    found = services.drafts(objects, Given(**{"presets": PRESETS, "owner": "payments", **given}))
    return found, objects.findings


def service_file(*files: str, **given: object) -> str:
    """The one service file that documents make, without its first line."""
    (draft,), _ = drafts(*files, **given)
    return text.service_file(draft, "#").removeprefix("#\n")


def said(*files: str | bytes, **given: object) -> list[str]:
    """Every finding as `OBS140 slo.yaml:3:1 message`."""
    return [f"{found.code} {found.span} {found.message}" for found in drafts(*files, **given)[1]]
