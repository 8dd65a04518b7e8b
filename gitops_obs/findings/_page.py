"""What a page of a finding says, read from its Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitops_obs.errors import Severity

_HEAD = re.compile(r"# (?P<code>OBS\d{3}): (?P<title>.+)\nSeverity: (?P<severity>error|warning|info)\n\n")
_SECTION = re.compile(r"^## (Bad|Good|What to do)\n", re.MULTILINE)
_SECTIONS = ["Bad", "Good", "What to do"]
# only a fence that names a path is a file; a `console` fence shows what no file can
_FILE = re.compile(r"^```\w+ (?P<path>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """One finding explained.

    `body` is all Markdown below the heading and the severity; `bad` and `good` hold the example's files by path.
    Where the trouble is no text (a link, a permission), `bad` is empty and the page shows a console instead.
    """

    code: str
    title: str
    severity: Severity
    body: str
    bad: dict[str, str]
    good: dict[str, str]

    @property
    def lead(self) -> str:
        """What the finding means and why it matters: the text before the examples, on one line."""
        return " ".join(_SECTION.split(self.body)[0].split())

    @property
    def slug(self) -> str:
        """The title in lower case with dashes, for addresses and names."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


def parse(code: str, text: str) -> Page:
    """Read the page in `text`. Raises ValueError where it lacks a part or explains another code."""
    head = _HEAD.match(text)
    if head is None or head["code"] != code:
        raise ValueError(f"page {code} must begin `# {code}: title`, `Severity: error|warning|info` and an empty line")
    body = text[head.end() :]
    lead, *parts = _SECTION.split(body)
    if parts[::2] != _SECTIONS or not all(part.strip() for part in [lead, *parts]):
        raise ValueError(f"page {code} must have a text, then {', '.join(_SECTIONS)}, none of them empty")
    bad, good = (_files(part) for part in (parts[1], parts[3]))
    return Page(code, head["title"], Severity[head["severity"].upper()], body, bad, good)


def _files(section: str) -> dict[str, str]:
    return {match["path"]: match["text"] for match in _FILE.finditer(section)}
