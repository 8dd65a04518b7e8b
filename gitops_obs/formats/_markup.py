"""Text as Markdown that GitHub shows as it is, never as markup."""

from __future__ import annotations

import re

from gitops_obs.formats._visible import printable

# GitHub takes 65,536 characters in a comment
LIMIT = 60_000
_CELL = 500
_CODE = re.compile(r"`([^`]+)`")
# A numeric entity never has a structural meaning in CommonMark, so these alone end tables, HTML, links and emphasis.
_MARKUP = re.compile(r"[#$&*:<>@\[\\\]_`{|}~]|(?<=www)\.", re.IGNORECASE)
# GitHub looks for mentions, references and addresses after rendering, when entities are plain again; a zero-width
# space inside them is what is left.
_LINKED = re.compile(r"[@#](?=\w)|:(?=//)|\bwww(?=\.)|\bGH(?=-\d)", re.IGNORECASE)
_GAP = "\u200b"
_AT = "&#64;"
_LINE_ENDS = re.compile(r"\r\n|[\r\n]")


def text(words: str) -> str:
    """`words` as one table cell: names between backticks as code, line ends as breaks, all else as it is."""
    short = words if len(words) <= _CELL else words[:_CELL] + "…"
    return "<br>".join(_line(line) for line in _LINE_ENDS.split(short))


def _line(line: str) -> str:
    # split() with one group alternates: text, code, text, code, …
    parts = _CODE.split(printable(line))
    return "".join(code(part) if n % 2 else _escaped(_LINKED.sub(_parted, part)) for n, part in enumerate(parts))


def _parted(match: re.Match[str]) -> str:
    return match.group() + _GAP


def code(words: str) -> str:
    """`words` as code. Written in HTML because a code span can hold neither a pipe in a table nor a backtick."""
    # the comment keeps `a@b.yaml` from being taken for an e-mail address, and unlike a space leaves it fit to copy
    return f"<code>{_escaped(printable(words)).replace(_AT, f'<!-- -->{_AT}')}</code>"


def _escaped(words: str) -> str:
    return _MARKUP.sub(lambda match: f"&#{ord(match.group())};", words)
