"""Rules for the checks: examples on their pages, rules in YAML, and those of generated services."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from gitops_obs import checks, rulefile, ruleset, units
from gitops_obs import rules as rule_values
from gitops_obs.checks.rules._reading import Issue, Rules, Settings
from gitops_obs.lint import bounds

if TYPE_CHECKING:
    from gitops_obs.model import Service

_EXAMPLE = re.compile(r"^## (Bad|Good)\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(name: str) -> dict[str, str]:
    """Bad and good example on the page of a check."""
    return dict(_EXAMPLE.findall(checks.rules.module(name).__doc__ or ""))


def read(text: str, settings: Settings | None = None, file: str = "rules.yaml") -> Rules:
    """The rules in `text`: a file's, or a list of rules, which become one group. They must be sound."""
    if text.lstrip().startswith("- "):
        text = "groups:\n  - name: example\n    rules:\n" + textwrap.indent(textwrap.dedent(text), " " * 6)
    found = rulefile.read(file, text)
    assert not found.findings, found.findings
    return Rules(found.rules, found.groups, settings or Settings())


def issues(text: str, settings: Settings | None = None) -> list[tuple[str, Issue]]:
    """Code and issue of all checks."""
    return checks.rules.run(read(text, settings))


def codes(text: str, settings: Settings | None = None) -> set[str]:
    """Codes of all checks that have something to say."""
    return {code for code, _ in issues(text, settings)}


def messages(text: str, settings: Settings | None = None) -> list[str]:
    """What all checks say."""
    return [issue.message for _, issue in issues(text, settings)]


def of_service(service: Service) -> Rules:
    """The rules of a service, as generated."""
    data = [
        {"name": g.name, "interval": g.interval, "rules": [rule_values.as_dict(rule, service) for rule in g.rules]}
        for g in ruleset.groups(service)[0]
    ]
    found = tuple(rulefile.of_groups(data))
    groups = tuple(dict.fromkeys(rule.group for rule in found))
    scrape = float(units.duration(service.project.scrape_interval))
    return Rules(found, groups, Settings(ours=True, scrape_interval=scrape, bounds=bounds(service)))
