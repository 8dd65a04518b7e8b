"""Build a shape once, fill it in for every service that shares it.

A service's *shape* is the service with every `Leaf` replaced by a mark. Text built from marked leaves is cut at the
marks into a `Template`; filling one in joins the pieces with a service's own leaves, escaped for JSON. Services of
the same shape differ in nothing else, so the result is what building them in full gives, byte for byte.

Marks are private-use characters, which `source.decode` refuses in every file a user writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from json.encoder import encode_basestring
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_OPEN, _CLOSE, _NUMBER, _END, _OPEN_RAW = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_MARK = re.compile(f"([{_OPEN}{_OPEN_RAW}])(\\d+){_CLOSE}")
_PLAIN = re.compile(r'[^"\\\x00-\x1f\x7f]*')

T = TypeVar("T")


def number(text: str) -> str:
    """`text`, a plain decimal, as a value that becomes a number in the finished JSON (see `unquoted`)."""
    return f"{_NUMBER}{text}{_END}"


def unquoted(json: str) -> str:
    """JSON text with the strings made by `number` turned into numbers."""
    return json.replace(f'"{_NUMBER}', "").replace(f'{_END}"', "")


def raw(text: str) -> str:
    """`text` with its marks changed so that leaves come unescaped: for block scalars, which quote nothing."""
    return text.replace(_OPEN, _OPEN_RAW)


def escaped(text: str) -> str:
    """`text` as it stands between the quotes of a JSON or double-quoted YAML string."""
    return text if _PLAIN.fullmatch(text) else encode_basestring(text)[1:-1]


@dataclass(frozen=True, slots=True)
class Template:
    """Text cut at its marks: `pieces[0]`, value `slots[0]`, `pieces[1]`, … , `pieces[-1]`.

    Values are the leaves escaped, then the leaves as they are (`values`); a slot counts into that list.
    """

    pieces: tuple[bytes, ...]
    slots: tuple[int, ...]

    @classmethod
    def cut(cls, text: str, leaves: int) -> Template:
        """The template in `text`, which was built from a service whose `leaves` leaves are marks."""
        parts = _MARK.split(text)
        kinds, numbers = parts[1::3], parts[2::3]
        slots = (int(n) + (leaves if kind == _OPEN_RAW else 0) for kind, n in zip(kinds, numbers, strict=True))
        return cls(tuple(part.encode() for part in parts[0::3]), tuple(slots))

    def fill(self, values: Sequence[bytes]) -> bytes:
        """The text with `values(leaves)` in place of the marks, in UTF-8."""
        parts = [b""] * (2 * len(self.slots) + 1)
        parts[0::2] = self.pieces
        parts[1::2] = [values[slot] for slot in self.slots]
        return b"".join(parts)


def values(leaves: Sequence[str]) -> list[bytes]:
    """What slots count into: the leaves escaped, then the leaves as they are."""
    return [leaf.encode() for leaf in (*map(escaped, leaves), *leaves)]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a dataclass is walked: readers for its leaves and for the rest, and the fields that hold more dataclasses."""

    leaves: Callable[[Any], tuple[str, ...]]
    plain: Callable[[Any], tuple[Any, ...]]
    nested: tuple[str, ...]
    leaf_names: tuple[str, ...]


def shape(value: Any) -> tuple[Any, list[str]]:
    """The shape of a dataclass as something hashable, and its leaves in the order in which marks count them."""
    leaves: list[str] = []
    return _strip(value, leaves), leaves


def _strip(value: Any, leaves: list[str]) -> Any:
    layout = _layout(value.__class__)
    leaves.extend(layout.leaves(value))
    key: list[Any] = [layout.plain(value)]
    for name in layout.nested:
        inner = getattr(value, name)
        if inner.__class__ is tuple:
            key.append(tuple([_strip(item, leaves) for item in inner]))
        else:
            key.append(inner if inner is None else _strip(inner, leaves))
    return tuple(key)


def marked(value: T) -> T:
    """The dataclass with every leaf replaced by its mark."""
    result: T = _marked(value, iter(range(1_000_000)))
    return result


def _marked(value: Any, counter: Any) -> Any:
    layout = _layout(value.__class__)
    changed: dict[str, Any] = {name: f"{_OPEN}{next(counter)}{_CLOSE}" for name in layout.leaf_names}
    for name in layout.nested:
        inner = getattr(value, name)
        if isinstance(inner, tuple):
            changed[name] = tuple(_marked(item, counter) for item in inner)
        elif inner is not None:
            changed[name] = _marked(inner, counter)
    kept = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in changed}
    return value.__class__(**kept, **changed)


@cache
def _layout(kind: type) -> _Layout:
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is not a dataclass")
    leaf = tuple(f.name for f in fields(kind) if f.type == "Leaf")
    nested = tuple(f.name for f in fields(kind) if f.name in getattr(kind, "NESTED", ()))
    plain = tuple(f.name for f in fields(kind) if f.name not in leaf and f.name not in nested)
    return _Layout(_getter(leaf), _getter(plain), nested, leaf)


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _value: ()
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda value: (one(value),)
    return attrgetter(*names)
