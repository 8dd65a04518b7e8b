"""Templates read labels that the alert can have.

An aggregation keeps the labels of its `by` and no others; `without` removes labels; `absent` has those that its
selector fixes with `=`. A template that reads any other label prints nothing, usually the very name of what is broken.
Labels that the rule itself sets are none of the expression's: `$labels` does not have them.

**What to do:** keep the label in the aggregation, or leave it out of the text.

## Bad
```yaml
- alert: TooManyErrors
  expr: sum by (job) (rate(http_errors_total{env="prod"}[5m])) > 1
  annotations: {summary: "{{ $labels.instance }} fails"}
```

## Good
```yaml
- alert: TooManyErrors
  expr: sum by (job, instance) (rate(http_errors_total{env="prod"}[5m])) > 1
  annotations: {summary: "{{ $labels.instance }} fails"}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules import _templates
from gitops_obs.checks.rules._reading import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.labels import Node
    from gitops_obs.rulefile import Rule

CODE = "OBS314"


def check(rules: Rules) -> Iterator[Issue]:
    """A label in a template that no series of the expression can have."""
    for rule in rules.alerts:
        tree = rules.tree(rule)
        if tree is None:
            continue
        for where, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
            for key, text in texts.items():
                for label in _read(text):
                    if not tree.labels.may(label):
                        message = f"`{key}` reads label `{label}`, which the expression does not have"
                        yield Issue(message, _hint(rule, tree, label), rule, (where, key))


def _read(text: str) -> list[str]:
    actions, _ = _templates.read(text) if "{{" in text else ((), "")
    return list(dict.fromkeys(label for action in actions for label in action.labels))


def _hint(rule: Rule, tree: Node, label: str) -> str:
    if label in rule.labels:
        return "a label that the rule sets is not in `$labels`; write its value out"
    if tree.labels.only:
        return "it has " + ", ".join(f"`{name}`" for name in sorted(tree.labels.only))
    return "it has no labels at all" if tree.labels.only is not None else "an aggregation or a match removes it"
