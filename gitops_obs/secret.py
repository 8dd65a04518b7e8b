"""Slack tokens and webhook addresses: whoever has one can post, so none belongs into a file that Git keeps.

What they look like: https://docs.slack.dev/authentication/tokens and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.source import Path

_SECRET = re.compile(
    r"hooks\.slack(?:-gov)?\.com/+[^\s\"'<>]+|\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9%._-]{6,}",
    re.IGNORECASE,
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Path of every text in `value` that holds one, as a key too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if _SECRET.search(str(key)):
                yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))
    elif isinstance(value, str) and _SECRET.search(value):
        yield path


def masked(text: str) -> str:
    """`text` with a dot for each character of a secret, so that no excerpt and no log repeats it."""
    return _SECRET.sub(lambda found: "•" * len(found[0]), text)
