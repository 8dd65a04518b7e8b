"""Compiled services as the bytes of files: each shape is built once, kept on disk, and filled in per service."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from gitops_obs import outputs, template
from gitops_obs.template import Template

if TYPE_CHECKING:
    from gitops_obs.customs import Customs
    from gitops_obs.model import Service
    from gitops_obs.store import Store


@dataclass(slots=True)
class Renderer:
    """Renders services. `store` keeps templates between runs (None: nowhere)."""

    customs: Customs
    store: Store | None = None
    templates: dict[Any, tuple[Template, ...]] = field(default_factory=dict)

    def files(self, service: Service) -> list[tuple[str, bytes]]:
        """Path under `generated/` and content of each of the service's files."""
        if (service.panels or self.customs.alerts) and self.customs.need_python(service):
            return in_full(service, self.customs)
        key, leaves = template.shape(service)
        templates = self.templates.get(key) or self._templates(key, service, len(leaves))
        values = template.values(leaves)
        return _named(service, [text.fill(values) for text in templates])

    def _templates(self, key: Any, service: Service, leaves: int) -> tuple[Template, ...]:
        digest = hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest() if self.store else ""
        kept = self.store.get_json(digest) if self.store else None
        if kept is not None:
            templates = tuple(Template(tuple(p.encode() for p in pieces), tuple(slots)) for pieces, slots in kept)
        else:
            texts = _texts(template.marked(service), self.customs)
            templates = tuple(Template.cut(text, leaves) for text in texts)
            if self.store:
                plain = [[[piece.decode() for piece in text.pieces], text.slots] for text in templates]
                self.store.put(digest, orjson.dumps(plain))
        self.templates[key] = templates
        return templates


def in_full(service: Service, customs: Customs) -> list[tuple[str, bytes]]:
    """The same files without templates: what filled templates must equal, byte for byte."""
    return _named(service, [text.encode() for text in _texts(service, customs)])


def _named(service: Service, contents: list[bytes]) -> list[tuple[str, bytes]]:
    """Each output's file; an output with nothing to say makes none."""
    both = zip(outputs.all_outputs(), contents, strict=True)
    return [(output.path(service.name, service.owner), content) for output, content in both if content]


def _texts(service: Service, customs: Customs) -> list[str]:
    from gitops_obs import compile as compiler  # noqa: PLC0415  # grafanalib, only where a shape is new

    compiled = compiler.service(service, customs)
    return [output.text(compiled) for output in outputs.all_outputs()]
