"""Numbers that Grafana wants for panels, made from names, so that a new panel renumbers none of the others.

Links to a panel (`?viewPanel=…`), alert annotations and diffs then survive every insertion.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LARGEST = 2**31 - 1  # what a signed 32-bit column holds


def panel_id(key: str) -> int:
    """Id of the panel with `key` (the name of its file, such as `error_ratio`): 1 to 2^31 - 1, the same everywhere."""
    return zlib.crc32(key.encode()) % _LARGEST + 1


def panel_ids(keys: Sequence[str], taken: Iterable[int] = ()) -> list[int]:
    """Ids of all panels of one dashboard, in the order of `keys`, none twice and none in `taken`.

    A key that comes again counts up (`key#2`). Where two keys meet on one number, the later in the alphabet gives way,
    wherever it stands on the page.
    """
    used, ids = set(taken), {}
    named = _distinct(keys)
    for name in sorted(named):
        found, attempt = panel_id(name), 1
        while found in used:
            attempt += 1
            found = panel_id(f"{name}~{attempt}")
        used.add(found)
        ids[name] = found
    return [ids[name] for name in named]


def _distinct(keys: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for key in keys:
        seen[key] += 1
        names.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return names
