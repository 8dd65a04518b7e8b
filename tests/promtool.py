"""Runs Debian's promtool over rules made from services."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops_obs import rules, ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gitops_obs.model import Service


@dataclass
class Case:
    """One promtool test: series by name, expected alerts by (time, name), expected numbers by (time, expression)."""

    series: dict[str, str]
    alerts: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], list[tuple[str, float]]] = field(default_factory=dict)
    interval: str = "1m"
    name: str = ""

    def as_data(self) -> dict[str, Any]:
        """The case as promtool reads it."""
        return {
            "name": self.name,
            "interval": self.interval,
            "input_series": [{"series": series, "values": values} for series, values in self.series.items()],
            "alert_rule_test": [
                {"eval_time": at, "alertname": name, "exp_alerts": alerts} for (at, name), alerts in self.alerts.items()
            ],
            "promql_expr_test": [
                {
                    "eval_time": at,
                    "expr": expr,
                    "exp_samples": [{"labels": of, "value": value} for of, value in samples],
                }
                for (at, expr), samples in self.numbers.items()
            ],
        }


_ASKED = re.compile(r"&?(?:from|to)=\{\{ query [^}]*\}\}")


def groups(*services: Service) -> dict[str, Any]:
    """Rule groups of services as plain data, without what differs from one evaluation to the next (`timeless`)."""
    built = [(service, group) for service in services for group in ruleset.groups(service)[0]]
    return {
        "groups": [
            {"name": g.name, "interval": g.interval, "rules": [timeless(rules.as_dict(r, service)) for r in g.rules]}
            for service, g in built
        ]
    }


def timeless(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule with links that hold no time and compare no versions; generated proofs hold those to the millisecond."""
    if "annotations" not in rule:
        return rule
    texts = {key: _ASKED.sub("", text) for key, text in rule["annotations"].items() if key != "compare_url"}
    return {**rule, "annotations": texts}


def rule(service: Service, alert: str, **labels: str) -> dict[str, Any]:
    """The one rule of a service with that alert name and these labels, as Prometheus reads it."""
    built: list[dict[str, Any]] = [rule for group in groups(service)["groups"] for rule in group["rules"]]
    found = [rule for rule in built if rule.get("alert") == alert and rule["labels"].items() >= labels.items()]
    assert len(found) == 1, found
    return found[0]


def firing(rule: dict[str, Any], data: dict[str, str], filled: dict[str, str]) -> dict[str, Any]:
    """What promtool must see while `rule` fires: labels with those of the data, texts with templates `filled` in."""
    texts = dict(rule["annotations"])
    for template, value in filled.items():
        texts = {key: text.replace(template, value) for key, text in texts.items()}
    assert "{{ $" not in "".join(texts.values()), texts
    return {"exp_labels": {**data, **rule["labels"]}, "exp_annotations": texts}


def check_cases(
    folder: Path, rule_files: dict[str, dict[str, Any]], cases: dict[str, list[Case]], every: str = "1m"
) -> None:
    """Runs all cases, named as the rule file they are about, in one promtool; fails with what it says."""
    files = []
    for name, content in rule_files.items():
        (folder / f"{name}.rules.yaml").write_text(dump(content))
        tests = [case.as_data() for case in cases[name]]
        file = folder / f"{name}.test.yaml"
        order = [group["name"] for group in content["groups"]]  # else promtool takes groups in any order
        told = {"rule_files": [f"{name}.rules.yaml"], "evaluation_interval": every, "group_eval_order": order}
        file.write_text(dump({**told, "tests": tests}))
        files.append(file)
    done = run("test", "rules", files=files)
    assert done.returncode == 0, done.stdout + done.stderr


def run(*words: str, files: Iterable[Path] = ()) -> subprocess.CompletedProcess[str]:
    """Runs promtool."""
    return subprocess.run(["promtool", *words, *map(str, files)], capture_output=True, text=True, check=False)


def dump(content: Any) -> str:
    """YAML by way of JSON, which is YAML too and quicker to write."""
    return json.dumps(content, ensure_ascii=False)
