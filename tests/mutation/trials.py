"""Which mutants the generated tests notice.

Many mutants of many rules are tried by one promtool test: each has a number, and is a copy of its rule, of whatever
reads that rule, and of what the test claims about those, all under names that end in the number. So the data are stored
once, rules that a mutant cannot touch are evaluated once, and what fails says which mutants are noticed. Rules only
read, so copies do not disturb each other.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitops_obs.promtool import run
from tests.mutation import mutants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gitops_obs.promtool.program import Promtool
    from gitops_obs.promtool.suite import Job
    from tests.mutation.mutants import Mutant

_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_FAILED = re.compile(r"^ *(alertname|expr|rule): ?(.*)", re.MULTILINE)
_NUMBER = re.compile(r"__m([0-9]+)\b")
_COPIES = 1500  # rules in one test: what they need stays well below the memory that promtool is given


@dataclass(frozen=True)
class Test:
    """A generated test with the rules it needs."""

    job: Job

    @cached_property
    def rules(self) -> list[dict[str, Any]]:
        return [rule for group in self.job.rules["groups"] for rule in group["rules"]]

    @cached_property
    def words(self) -> dict[int, frozenset[str]]:
        """What each rule may read; what its texts ask besides is left to other tests."""
        return {id(rule): _words(rule["expr"]) for rule in self.rules}

    @cached_property
    def said(self) -> frozenset[str]:
        """Alerts and metrics that it makes claims about."""
        claims, numbers = self._claims, self._numbers
        return frozenset(c["alertname"] for c in claims).union(*(_words(number["expr"]) for number in numbers))

    @property
    def _claims(self) -> list[dict[str, Any]]:
        return self.job.test["tests"][0].get("alert_rule_test") or []

    @property
    def _numbers(self) -> list[dict[str, Any]]:
        return self.job.test["tests"][0].get("promql_expr_test") or []

    def readers(self, name: str) -> frozenset[str]:
        """Names of rules that change with the one called `name`, which is among them."""
        found = {name}
        for _ in self.rules:
            more = {mutants.name(r) for r in self.rules if self.words[id(r)] & found} - found
            if not more:
                break
            found |= more
        return frozenset(found)

    def with_copies(self, numbered: dict[int, Mutant]) -> Job:
        """The test with copies for each mutant, which stands in place of its rule there."""
        copies = [_Copy(number, mutant, self.readers(mutant.name)) for number, mutant in numbered.items()]
        groups = [{**group, "rules": list(_copied(group["rules"], copies))} for group in self.job.rules["groups"]]
        test = dict(self.job.test["tests"][0])
        series = test.get("input_series") or []
        test["input_series"] = series + [made for copy in copies for made in copy.series(series)]
        test["alert_rule_test"] = [made for copy in copies for made in copy.claims(self._claims)]
        test["promql_expr_test"] = [made for copy in copies for made in copy.numbers(self._numbers)]
        return replace(self.job, rules={"groups": groups}, test={**self.job.test, "tests": [test]})


class _Copy:
    """A mutant and what changes with it, under names of their own."""

    def __init__(self, number: int, mutant: Mutant, names: frozenset[str]) -> None:
        self.mutant, self.names = mutant, names
        self._ending = rf"\g<0>__m{number}"
        # a word in a text may look like the name of an alert: only as a name it is one
        named = "|".join(map(re.escape, sorted(names)))
        self._name = re.compile(rf'\A(?:{named})\Z|(?<=alertname=")(?:{named})(?=")|{_records(names)}')

    def renamed(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._name.sub(self._ending, value)
        if isinstance(value, dict):
            return {key: self.renamed(inner) for key, inner in value.items()}
        return [self.renamed(inner) for inner in value] if isinstance(value, list) else value

    def of(self, rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if mutants.name(rule) in self.names:
            yield self.renamed(self.mutant.rule if rule == self.mutant.of else rule)

    def series(self, every: Iterable[dict[str, Any]]) -> Iterator[Any]:
        return (self.renamed(one) for one in every if one["series"].partition("{")[0] in self.names)

    def claims(self, every: Iterable[dict[str, Any]]) -> Iterator[Any]:
        return (self.renamed(one) for one in every if one["alertname"] in self.names)

    def numbers(self, every: Iterable[dict[str, Any]]) -> Iterator[Any]:
        return (self.renamed(one) for one in every if _words(one["expr"]) & self.names)


def _records(names: Iterable[str]) -> str:
    """A pattern of the metrics among `names`, wherever they stand in a text."""
    records = [re.escape(name) for name in sorted(names) if not name.isalpha()]
    return rf"(?<![\w:])(?:{'|'.join(records)})(?![\w:])" if records else r"(?!)"


def _copied(rules: Iterable[dict[str, Any]], copies: list[_Copy]) -> Iterator[dict[str, Any]]:
    for rule in rules:
        if "record" in rule:
            yield rule
        for copy in copies:
            yield from copy.of(rule)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text))


def survivors(promtool: Promtool, jobs: Iterable[Job], tried: list[Mutant], folder: Path) -> list[Mutant]:
    """Mutants of one service that none of its tests notices."""
    tests = sorted(map(Test, jobs), key=lambda test: len(test.rules))
    left = dict(enumerate(tried))
    # tests that speak of the rule itself notice most
    for direct in (True, False):
        for test in tests:
            fitting = {n: m for n, m in left.items() if m.of in test.rules and (m.name in test.said) == direct}
            for part in _parts(test, fitting):
                for number in _noticed(promtool, test, part, folder):
                    del left[number]
    return list(left.values())


def _parts(test: Test, numbered: dict[int, Mutant]) -> Iterator[dict[int, Mutant]]:
    """Mutants, as many at a time as one promtool can hold."""
    counts = Counter(mutants.name(rule) for rule in test.rules)
    part: dict[int, Mutant] = {}
    size = 0
    for number, mutant in numbered.items():
        part[number] = mutant
        size += sum(counts[name] for name in test.readers(mutant.name))
        if size > _COPIES:
            yield part
            part, size = {}, 0
    if part:
        yield part


def _noticed(promtool: Promtool, test: Test, numbered: dict[int, Mutant], folder: Path) -> set[int]:
    """Numbers of mutants with which the test fails."""
    found: set[int] = set()
    while numbered.keys() - found:
        job = test.with_copies({n: mutant for n, mutant in numbered.items() if n not in found})
        done = promtool.run(["test", "rules", run._write(folder, "test", job)])
        if done.returncode == 0:
            break
        said = _FAILED.findall(done.stdout + done.stderr)
        found |= {int(number) for _, text in said for number in _NUMBER.findall(text)}
        assert said, (done.stdout + done.stderr)[:2000]
        # a rule that cannot be evaluated ends the test for all others, too
        if not any(what == "rule" for what, _ in said):
            break
    return found
