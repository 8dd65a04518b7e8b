"""YAML text of rule groups as a person would write it, 13 times faster than PyYAML's dumper (benchmarks/).

It knows only what rule files need, quotes every value that a user's text may reach, and a property test reads it back.
Service files that are written for a person take their values from here as well.
"""

from __future__ import annotations

import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from gitops_obs import template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# text that no YAML reader takes for anything else: a name, a duration, or the mark of one (see template.py)
_WORD = re.compile(
    "(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z_](?:[a-z0-9_:]*[a-z0-9_])?|\\d+(?:ms|[smhd])|\ue000\\d+\ue001",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_/-]*")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def rule_groups(groups: Iterable[tuple[str, str, Iterable[Mapping[str, Any]]]]) -> str:
    """Text of `groups:` from (name, interval, rules); a rule maps keys to text, or to a mapping of texts.

    Names of groups and intervals are plain words by construction, expressions become literal blocks, and whatever else
    is no plain word is quoted.
    """
    lines = ["groups:"]
    for name, interval, rules in groups:
        lines += [f"  - name: {name}", f"    interval: {interval}", "    rules:"]
        for rule in rules:
            _rule(rule, lines)
    return "\n".join(lines) + "\n"


def _rule(rule: Mapping[str, Any], lines: list[str]) -> None:
    lead = "      - "
    for key, value in rule.items():
        if key == "expr":
            # a reader takes the indentation of the first line for that of all, unless it is told
            lines.append(f"{lead}expr: |{'2' if value[:1].isspace() else ''}-")
            lines += [f"          {line}" if line else "" for line in template.raw(value.rstrip("\n")).split("\n")]
        elif isinstance(value, str):
            lines.append(f"{lead}{key}: {_plain_or_quoted(value)}")
        else:
            lines.append(f"{lead}{key}:")
            lines += [f"          {_plain_or_quoted(name)}: {quoted(text)}" for name, text in value.items()]
        lead = "        "


def _plain_or_quoted(text: str) -> str:
    return text if _WORD.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """`text` as a double-quoted scalar; JSON's escapes are YAML's, but YAML wants more of them."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", encode_basestring(text))


def scalar(text: str) -> str:
    """`text` as a YAML value or key that every reader takes for text, quoted only where it must be."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else quoted(text)


def flow(pairs: Mapping[str, str]) -> str:
    """A mapping on one line: `{job: checkout}`."""
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in pairs.items()) + "}"
