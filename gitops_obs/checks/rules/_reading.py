"""Rules as the checks read them: with their expressions as trees, and what is known of the series they record."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from gitops_obs import labels
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitops_obs.labels import Labels, Node
    from gitops_obs.rulefile import Group, Rule
    from gitops_obs.source import Path

RATES = frozenset({"rate", "irate", "increase"})
SELECTORS = frozenset({"VectorSelector", "MatrixSelector"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What checks cannot know from rules alone.

    `ours` says that the rules were generated, and so must keep all we promise; `scrape_interval` is in seconds;
    `bounds` has the declared bounds of histograms by the name of their buckets, as text, in the histogram's unit.
    """

    ours: bool = False
    scrape_interval: float = 30
    max_rules: int = 20
    bounds: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issue:
    """A fault of a rule, or of a group where `rule` is None.

    `at` is the path in the rule (or group) of what is at fault, `word` what to point at in its expression, and
    `offset` where that begins when it is known (-1: where `word` first stands).
    """

    message: str
    hint: str
    rule: Rule | None = None
    at: Path = ("expr",)
    severity: Severity = Severity.WARNING
    word: str = ""
    offset: int = -1
    group: Group | None = None


@dataclass(frozen=True, eq=False)
class Rules:
    """Rules that are looked at together: those of one service, or of all files given on a command line."""

    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    settings: Settings = field(default_factory=Settings)

    @property
    def alerts(self) -> Iterator[Rule]:
        """The alerts among them."""
        return (rule for rule in self.rules if rule.is_alert)

    @property
    def recordings(self) -> Iterator[Rule]:
        """The recording rules among them."""
        return (rule for rule in self.rules if not rule.is_alert)

    @cached_property
    def known(self) -> Mapping[str, Labels]:
        """Labels of the series that these rules record, by name; a rule sees those that stand above it."""
        found: dict[str, Labels] = {}
        for rule in self.recordings:
            try:
                new = labels.recorded(rule.expr, rule.labels, found)
            except ValueError:
                new = labels.Labels()
            found[rule.name] = found[rule.name].either(new) if rule.name in found else new
        return found

    @cached_property
    def _trees(self) -> dict[Rule, Node | None]:
        return {rule: self._parsed(rule) for rule in self.rules}

    def _parsed(self, rule: Rule) -> Node | None:
        try:
            return labels.annotated(rule.expr, self.known)
        except ValueError:
            return None

    def tree(self, rule: Rule) -> Node | None:
        """The expression of a rule, None where it does not parse."""
        return self._trees[rule]

    def parts(self, *kinds: str) -> Iterator[tuple[Rule, Node, tuple[Node, ...]]]:
        """Every part of every expression that is of one of `kinds`, with its rule and what it stands in."""
        for rule, tree in self._trees.items():
            if tree is not None:
                yield from ((rule, node, above) for node, above in labels.walk(tree) if node.kind in kinds)


def matcher(node: Node, label: str) -> tuple[str, str] | None:
    """Operator and value of the first matcher of `label` in a selector."""
    return next(((op, value) for name, op, value in node.matchers if name == label), None)
