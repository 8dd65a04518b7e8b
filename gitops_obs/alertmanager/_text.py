"""YAML text of a configuration as people write it: keys in order, short lists on a line, long texts as blocks."""

from __future__ import annotations

import re
from typing import Any

import yaml

_WIDTH = 1_000_000  # never fold
# names, durations and paths; times of day and whatever holds a special character are quoted
_WORD = re.compile(r"[A-Za-z_/][\w./-]*|\d+(?:ms|[smhdwy])", re.ASCII)


def dump(data: dict[str, Any]) -> str:
    """`data` as YAML; the same bytes for the same data."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None if _WORD.fullmatch(text) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    words = all(isinstance(item, str) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=words)


_Dumper.add_representer(str, _string)
_Dumper.add_representer(list, _list)
