"""Templates in labels and annotations are sound.

Prometheus refuses a rule file with a template that it cannot read: a brace that is not closed, an `if` without `end`, a
function or a variable that does not exist. `$value` in a label is worse than wrong: the label changes with every
evaluation, each change is a new alert, and none of them ever becomes old enough to fire. In the labels of a recording
rule templates are plain text.

**What to do:** correct the template; keep values for annotations.

## Bad
```yaml
- alert: QueueFull
  expr: queue_length{job="orders"} > 100
  labels: {severity: ticket, length: "{{ $value }}"}
```

## Good
```yaml
- alert: QueueFull
  expr: queue_length{job="orders"} > 100
  labels: {severity: ticket}
  annotations: {description: "{{ $value }} orders wait."}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.checks.rules import _templates
from gitops_obs.checks.rules._reading import Issue
from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.checks.rules._reading import Rules
    from gitops_obs.rulefile import Rule

CODE = "OBS313"


def check(rules: Rules) -> Iterator[Issue]:
    """A template that cannot be read, stands where none is read, or makes labels of values."""
    for rule in rules.rules:
        for where, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
            for key, text in texts.items():
                if "{{" in text:
                    yield from _of_text(rule, where, key, text)


def _of_text(rule: Rule, where: str, key: str, text: str) -> Iterator[Issue]:
    at = (where, key)
    if not rule.is_alert:
        hint = "write the value out; templates are for alerts"
        yield Issue(f"the template in label `{key}` of a recording rule is plain text", hint, rule, at)
        return
    actions, why = _templates.read(text)
    if why:
        hint = "see prometheus.io/docs/prometheus/latest/configuration/template_reference"
        yield Issue(f"template in `{key}`: {why}", hint, rule, at, Severity.ERROR)
    elif where == "labels" and any(action.value for action in actions):
        hint = "put the value into an annotation; a label that changes makes a new alert each time"
        yield Issue(f"label `{key}` changes with the value", hint, rule, at)
