"""One line of `doctor`: what was looked at, how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

OK, NOTE, STALE, BROKEN = "ok", "note", "stale", "broken"


@dataclass(frozen=True, slots=True)
class Line:
    """`state` is ok, note (worth knowing), stale (findings, or generated/ out of date) or broken; `fix` what to do."""

    section: str
    state: str
    text: str
    fix: str = ""
