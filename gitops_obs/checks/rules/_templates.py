"""Go templates in labels and annotations, as far as can be judged without running them.

Functions are those of Prometheus 3 (prometheus.io/docs/prometheus/latest/configuration/template_reference) and Go's own
(pkg.go.dev/text/template).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        "query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink "
        "sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp "
        "toTime toDuration now pathPrefix externalURL parseDuration tmpl urlQueryEscape "
        "and or not len index slice print printf println html js urlquery call eq ne lt le gt ge true false nil",
    )
)
_OPENING = ("if", "range", "with", "define", "block")
_KEYWORDS = frozenset({*_OPENING, "else", "end", "template", "break", "continue"})
_VARIABLES = frozenset({"$", "$labels", "$value", "$externalLabels", "$externalURL"})
_ACTION = re.compile(
    r"\{\{(?:-\s)?((?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|/\*.*?\*/|(?!\}\})[^\"`])*?)(?:\s-)?\}\}", re.DOTALL
)
_TOKEN = re.compile(
    r"\s+|(?P<token>\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.|[^'\\])+'|[-+]?\d[\w.+-]*|:=|[=|(),]"
    r"|\$\w*(?:\.\w+)*|(?:\.\w+)+|\.|[A-Za-z_]\w*)"
)


@dataclass(frozen=True, slots=True)
class Action:
    """What stands between two pairs of braces; `nested` where a range or with gives `.` another meaning."""

    tokens: tuple[str, ...]
    nested: bool

    @property
    def labels(self) -> Iterator[str]:
        """Labels of the alert that it reads."""
        for n, token in enumerate(self.tokens):
            head, _, rest = token.partition(".")
            if head == "$labels" and rest:
                yield rest.partition(".")[0]
            elif token.startswith(".Labels.") and not self.nested:
                yield token.split(".")[2]
            elif token == "index" and self.tokens[n + 1 : n + 2] in (("$labels",), (".Labels",)):  # noqa: S105
                yield from (text.strip('"`') for text in self.tokens[n + 2 : n + 3] if text[0] in '"`')

    @property
    def value(self) -> bool:
        """Whether it reads the value of the alert's expression."""
        return "$value" in self.tokens or (".Value" in self.tokens and not self.nested)


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[tuple[Action, ...], str]:
    """The actions in a template and what is wrong with it, "" where nothing is."""
    found: list[Action] = []
    blocks: list[str] = []
    declared = set(_VARIABLES)
    start = text.find("{{")
    while start >= 0:
        action = _ACTION.match(text, start)
        if action is None:
            return tuple(found), "`{{` is not closed"
        tokens, why = _tokens(action[1])
        why = why or _nesting(tokens, blocks) or _names(tokens, declared)
        if why:
            return tuple(found), why
        found.append(Action(tokens, any(block != "if" for block in blocks)))
        start = text.find("{{", action.end())
    return tuple(found), f"`{blocks[-1]}` has no `end`" if blocks else ""


def _tokens(inside: str) -> tuple[tuple[str, ...], str]:
    if inside.lstrip().startswith("/*"):
        return ("/*",), ""
    found, at = [], 0
    while at < len(inside):
        token = _TOKEN.match(inside, at)
        if token is None:
            return (), f"unexpected `{inside[at]}` in an action"
        if token["token"]:
            found.append(token["token"])
        at = token.end()
    if not found:
        return (), "an action is empty"
    if found.count("(") != found.count(")"):
        return (), "brackets do not match"
    return tuple(found), ""


def _nesting(tokens: tuple[str, ...], blocks: list[str]) -> str:
    word = tokens[0]
    if word in _OPENING:
        blocks.append(word)
        return f"`{word}` of what?" if len(tokens) == 1 else ""
    if word in ("end", "else") and not blocks:
        return f"`{word}` without an `if`, `range` or `with`"
    if word == "end":
        blocks.pop()
    return ""


def _names(tokens: tuple[str, ...], declared: set[str]) -> str:
    declared |= {name for name, after in zip(tokens, (*tokens[1:], ""), strict=True) if _declares(name, after, tokens)}
    for token in tokens:
        if token[0] == "$" and token.partition(".")[0] not in declared:
            return f"there is no variable `{token.partition('.')[0]}`"
        if (token[0].isalpha() or token[0] == "_") and token not in _FUNCTIONS | _KEYWORDS:
            return f"there is no function `{token}`"
    return ""


def _declares(name: str, after: str, tokens: tuple[str, ...]) -> bool:
    return name[0] == "$" and (after == ":=" or (after == "," and ":=" in tokens))
