"""Rules with one thing changed, each of which a generated test should notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitops_obs import proof
from tests.mutation import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGER = 4
"""How much longer a `for` becomes: proofs by the hour do not notice less, because half an hour is a step to them."""


@dataclass(frozen=True)
class Mutant:
    """`rule` is a copy of the rule `of`, changed in one thing; `kind` is "" where nothing was, to try the copying."""

    service: str
    of: dict[str, Any]
    kind: str
    about: str
    rule: dict[str, Any]

    @property
    def name(self) -> str:
        """The alert or the record."""
        return name(self.of)

    def __str__(self) -> str:
        return f"{self.service}: {self.name}: {self.kind}: {self.about}"


def name(rule: dict[str, Any]) -> str:
    """The name of a rule: its alert or its record."""
    found: str = rule.get("alert") or rule["record"]
    return found


def unchanged(service: str, rule: dict[str, Any]) -> Mutant:
    """The rule as it is, its expression printed anew."""
    return Mutant(service, rule, "", "as it is", {**rule, "expr": expressions.unchanged(rule["expr"])})


def of(service: str, rule: dict[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a rule."""
    labels = rule.get("labels", {})
    for change in expressions.changes(rule["expr"]):
        # the rule itself says what the label says
        if change.fixed and labels.get(change.fixed[0]) == change.fixed[2]:
            continue
        yield Mutant(service, rule, change.kind, change.about, {**rule, "expr": change.text})
    for label, value in labels.items():
        changed = {**labels, label: f"{value}x"}
        yield Mutant(service, rule, "label", f"{label}={value}", {**rule, "labels": changed})
    if wait := rule.get("for"):
        yield Mutant(service, rule, "for", f"{wait} dropped", {k: v for k, v in rule.items() if k != "for"})
        longer = f"{int(proof.seconds(wait)) * LONGER}s"
        yield Mutant(service, rule, "for", f"{wait} -> {longer}", {**rule, "for": longer})
