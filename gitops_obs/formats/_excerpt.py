"""One line of source and where its carets stand, measured in terminal cells and cut to the room there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from gitops_obs import secret
from gitops_obs.formats._visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitops_obs.errors import Span

# what libyaml counts as the end of a line, as far as a readable file can hold it
_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_TAB = 4
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line as printed, with `carets` carets to stand after `indent` cells."""

    text: str
    indent: int
    carets: int


def lines_of(text: str) -> list[str]:
    """Lines of `text` as a finding's line numbers count them, without the secrets in it."""
    return _LINE_END.split(secret.masked(text.removeprefix("\ufeff")))


def excerpt(lines: list[str], span: Span, room: int) -> Excerpt | None:
    """Fit the line on which `span` starts into at most `room` cells, None where `lines` has no such line."""
    if not 1 <= span.line <= len(lines):
        return None
    line = lines[span.line - 1]
    start = min(max(span.column, 1) - 1, len(line))
    end = len(line.rstrip()) if span.end_line > span.line else span.end_column - 1
    return _fit(line, start, max(start, min(end, len(line))), room)


def _fit(line: str, start: int, end: int, room: int) -> Excerpt:
    # characters further away than this cannot be seen, and a line may be a megabyte long
    low, high = max(0, start - 2 * room), min(len(line), start + 2 * room)
    pieces = _pieces(line[low:high])
    before, marked, after = pieces[: start - low], pieces[start - low : end - low], pieces[max(end - low, 0) :]
    if low or _cells(before) + min(_cells(marked), room // 2) >= room:
        before = [_CUT, *_last(before, room // 2 - 1)]
    left = room - _cells(before)
    if high < len(line) or _cells(marked) + _cells(after) > left:
        kept = [*_first(marked + after, left - 1), _CUT]
        marked, after = kept[: len(marked)], kept[len(marked) :]
    return Excerpt("".join(before + marked + after), _cells(before), max(1, _cells(marked)))


def _pieces(text: str) -> list[str]:
    """Give what is printed for each character: itself, an escape, or the blanks up to the next tab stop."""
    pieces: list[str] = []
    column = 0
    for character in text:
        piece = " " * (_TAB - column % _TAB) if character == "\t" else visible(character)
        pieces.append(piece)
        column += cell_len(piece)
    return pieces


def _cells(pieces: list[str]) -> int:
    # joined first: an emoji of several characters is narrower than its parts
    return cell_len("".join(pieces))


def _first(pieces: Iterable[str], cells: int) -> list[str]:
    kept: list[str] = []
    for piece in pieces:
        cells -= cell_len(piece)
        if cells < 0:
            break
        kept.append(piece)
    return kept


def _last(pieces: list[str], cells: int) -> list[str]:
    return _first(reversed(pieces), cells)[::-1]
