"""Which rules a test needs: those it speaks of, and whatever they read, directly or through other recordings.

promtool evaluates every rule of a file at every step, in each test anew; most tests are about a few of them. Nothing
else can change what these do, because rules only read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitops_obs import promql

if TYPE_CHECKING:
    from collections.abc import Iterable

_QUERY = re.compile(r'query "((?:[^"\\]|\\.)*)"|query \(printf "((?:[^"\\]|\\.)*)"')
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


class Rules:
    """The rule groups of one service, as plain data, and what each rule reads."""

    def __init__(self, groups: list[dict[str, Any]]) -> None:
        self.groups = groups
        self._readers: dict[int, frozenset[str]] = {}
        self._by_record: dict[str, list[int]] = {}
        self._by_alert: dict[str, list[int]] = {}
        self._rules: list[dict[str, Any]] = [rule for group in groups for rule in group["rules"]]
        for number, rule in enumerate(self._rules):
            if "record" in rule:
                self._by_record.setdefault(rule["record"], []).append(number)
            else:
                self._by_alert.setdefault(rule["alert"], []).append(number)

    def needed(self, alerts: Iterable[str], exprs: Iterable[str]) -> list[dict[str, Any]]:
        """Groups with the rules that alerts and expressions need, in order; groups that hold none are left out."""
        wanted: set[int] = set()
        todo = [number for name in alerts for number in self._by_alert.get(name, ())]
        todo += [number for expr in exprs for number in self._recording(names(expr))]
        while todo:
            number = todo.pop()
            if number not in wanted:
                wanted.add(number)
                todo += self._recording(self._reads(number))
        return list(self._chosen(wanted))

    def _recording(self, metrics: Iterable[str]) -> list[int]:
        return [number for name in metrics for number in self._by_record.get(name, ())]

    def _reads(self, number: int) -> frozenset[str]:
        if number not in self._readers:
            rule = self._rules[number]
            found = names(rule["expr"])
            for text in rule.get("annotations", {}).values():
                found |= _of_template(text)
            self._readers[number] = found
        return self._readers[number]

    def _chosen(self, wanted: set[int]) -> Iterable[dict[str, Any]]:
        number = 0
        for group in self.groups:
            numbers = range(number, number + len(group["rules"]))
            number += len(group["rules"])
            rules = [self._rules[n] for n in numbers if n in wanted]
            if rules:
                yield {**group, "rules": rules}


def names(expr: str) -> frozenset[str]:
    """Metrics that an expression reads; every word in it where it does not parse."""
    try:
        return frozenset(selector.name for selector in promql.selectors(expr))
    except ValueError:
        return frozenset(_NAME.findall(expr))


def _of_template(text: str) -> frozenset[str]:
    """Words of queries in a template, among them the metrics that they read."""
    return frozenset(name for found in _QUERY.findall(text) for part in found for name in _NAME.findall(part))
