"""Where in an expression the parser gave up, which it does not say itself."""

from __future__ import annotations

import re

from gitops_obs import promql

_TOKEN = re.compile(r'#[^\n]*|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`|[\w:.]+|[=!]~|[=!<>]=|\S', re.DOTALL)
_NAMED = re.compile(
    r"(?:unknown function with name '|duration syntax: |illegal regex for |call to (?:function )?')([^']+?)'?(?:,|$)"
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
# what a piece of an expression may lack at its end
_COMPLETIONS = ("", "x", "(x)", "x)", '"x"', '="x"', "5m]", ":5m]", "5m", "1", "m", " 5m", " (x)", " (x) x", " (x) (x)",
                ") (x)", "x) (x)", ") x", "x) x")  # fmt: skip


def of(expr: str, why: str) -> tuple[int, str]:
    """Offset and text of what is at fault, (-1, "") where it cannot be told."""
    named = _NAMED.search(why)
    if named and named[1] in expr:
        return expr.index(named[1]), named[1]
    tokens = [(found.start(), found[0]) for found in _TOKEN.finditer(expr) if not found[0].startswith("#")]
    if (unclosed := _unclosed(tokens)) is not None:
        return unclosed
    if "invalid promql" not in why and "unexpected" not in why:
        return -1, ""
    for n, (start, text) in enumerate(tokens):
        if not _goes_on(expr[: start + len(text)], tokens[: n + 1]):
            return start, text
    return -1, ""


def _unclosed(tokens: list[tuple[int, str]]) -> tuple[int, str] | None:
    """The bracket or quote that has no partner."""
    stack: list[tuple[int, str]] = []
    for start, text in tokens:
        if text in ('"', "'", "`"):
            return start, text
        if text in _CLOSING:
            stack.append((start, text))
        elif text in _CLOSING.values() and (not stack or _CLOSING[stack.pop()[1]] != text):
            return start, text
    return stack[-1] if stack else None


def _goes_on(part: str, tokens: list[tuple[int, str]]) -> bool:
    """Whether `part` can begin an expression: completed some way it parses, or fails by its types only."""
    stack: list[str] = []
    for _, text in tokens:
        if text in _CLOSING:
            stack.append(_CLOSING[text])
        elif stack and text == stack[-1]:
            stack.pop()
    return any(_parses(part + end + "".join(reversed(stack[: len(stack) - n]))) for end in _COMPLETIONS for n in (0, 1))


def _parses(expr: str) -> bool:
    why = promql.error(expr, instant=False)
    return why is None or not ("invalid promql" in why or "unclosed" in why or "unexpected" in why)
