"""A value that a label matcher accepts, and one that it refuses: what proofs put on their series."""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]  # what the parser's answers are made of
from re import _parser as parser  # type: ignore[attr-defined]  # the only reader of patterns that Python has
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_OTHER = "-other"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_/.ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLASSES = {ops.CATEGORY_DIGIT: "1", ops.CATEGORY_WORD: "a", ops.CATEGORY_SPACE: " "}
_OTHER_CLASSES = {ops.CATEGORY_NOT_DIGIT: "a", ops.CATEGORY_NOT_WORD: "-", ops.CATEGORY_NOT_SPACE: "a"}


def accepted(operator: str, value: str) -> str | None:
    """A label value that the matcher accepts; `operator` is a key of `promql.OPERATORS`. None where none is found."""
    if operator == "eq":
        return value
    if operator == "re":
        return of_pattern(value)
    return _first(operator, value, ("other", f"{value}{_OTHER}", "x", ""))


def refused(operator: str, value: str) -> str | None:
    """A label value that the matcher refuses, None where none is found."""
    if operator == "ne":
        return value
    if operator == "nre":
        return of_pattern(value)
    opposite = {"eq": "ne", "re": "nre"}[operator]
    example = accepted(operator, value) or ""
    return _first(opposite, value, (f"{example}{_OTHER}", "other", "~", ""))


def is_accepted(operator: str, value: str, label: str) -> bool:
    """Whether the matcher accepts the label value `label`."""
    equal = bool(re.fullmatch(value, label)) if operator in ("re", "nre") else label == value
    return equal == (operator in ("eq", "re"))


def _first(operator: str, value: str, candidates: Iterable[str]) -> str | None:
    if operator == "ne":
        return next(candidate for candidate in candidates if candidate != value)
    return next((candidate for candidate in candidates if not re.fullmatch(value, candidate)), None)


@lru_cache(maxsize=1024)
def of_pattern(pattern: str) -> str | None:
    """A text that the whole of the regular expression `pattern` matches, None where none is found.

    Whatever may be repeated stands once or as often as it must; of several alternatives the first is taken.
    """
    try:
        text = _text(parser.parse(pattern))
        return text if re.fullmatch(pattern, text) else None
    except (re.error, KeyError, RecursionError):
        return None


def _text(tree: Any) -> str:
    return "".join(_piece(kind, found) for kind, found in tree)


def _piece(kind: Any, found: Any) -> str:
    makers: dict[Any, Callable[[Any], str]] = {
        ops.LITERAL: chr,
        ops.NOT_LITERAL: lambda code: next(c for c in _LETTERS if ord(c) != code),
        ops.ANY: lambda _: "x",
        ops.IN: _of_class,
        ops.BRANCH: lambda branches: _text(branches[1][0]),
        ops.SUBPATTERN: lambda group: _text(group[-1]),
        ops.MAX_REPEAT: _repeated,
        ops.MIN_REPEAT: _repeated,
        ops.AT: lambda _: "",
    }
    return makers[kind](found)


def _repeated(found: Any) -> str:
    least, most, inner = found
    times: int = max(least, min(1, most))
    return _text(inner) * times


def _of_class(items: Any) -> str:
    if items[0][0] is ops.NEGATE:
        allowed = (letter for letter in _LETTERS if not any(_is_in(letter, item) for item in items[1:]))
        return next(allowed)
    kind, found = items[0]
    if kind is ops.RANGE:
        return chr(found[0])
    if kind is ops.CATEGORY:
        return {**_CLASSES, **_OTHER_CLASSES}[found]
    return chr(found)


def _is_in(letter: str, item: Any) -> bool:
    kind, found = item
    if kind is ops.RANGE:
        return bool(found[0] <= ord(letter) <= found[1])
    if kind is ops.CATEGORY:
        return {ops.CATEGORY_DIGIT: letter.isdigit(), ops.CATEGORY_WORD: letter.isalnum() or letter == "_"}.get(
            found, False
        )
    return bool(ord(letter) == found)
