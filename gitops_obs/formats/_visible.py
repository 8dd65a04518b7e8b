"""Text from users' files made fit for a terminal: what would move the cursor or hide itself is shown as an escape."""

from __future__ import annotations

import re
import unicodedata

# joiners hold emoji and some scripts together, and neither moves nor hides anything
_JOINERS = "\u200c\u200d"
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_PLAIN = re.compile(r"[ -~]*")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONGEST_BYTE, _LONGEST_PLANE = 0xFF, 0xFFFF

SYMBOLS = {"create": "+", "update": "~", "delete": "-"}


def printable(text: str) -> str:
    r"""Write `text` in one line of visible characters: ESC becomes `\x1b`, a right-to-left override `\u202e`."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(visible(character) for character in text)


def visible(character: str) -> str:
    """One character, or its escape where it is a control, format or line-separating character."""
    if character in _JOINERS or unicodedata.category(character) not in _HIDDEN:
        return character
    if character in _SHORT:
        return _SHORT[character]
    point = ord(character)
    if point <= _LONGEST_BYTE:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= _LONGEST_PLANE else f"\\U{point:08x}"
