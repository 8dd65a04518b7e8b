"""YAML text → plain values, with findings for what YAML readers disagree about, and places on request.

YAML is composed, never constructed: libyaml builds a tree of nodes, and this module alone decides what a scalar means
(YAML 1.2's core schema; what YAML 1.1 reads differently is a finding). Anchors, aliases, merge keys and tags are
refused by name, so no document can expand or run anything.
"""

from __future__ import annotations

import bisect
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # libyaml binding, untyped

from gitops_obs.errors import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MOST = 100  # findings of one kind in one file; nobody reads on, and a hostile file has thousands

# C0 and C1 controls, line breaks and directions that a reviewer does not see, surrogates, byte order marks, and the
# private-use marks with which templates are cut (see template.py)
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ue000-\ue00f\ufeff\ufffe\uffff]"
)
# whatever might hide an anchor, an alias, a tag, a merge key or deep nesting; a false alarm only costs time
_DEEP = re.compile(r"^ {64}|^(?: *[-?] ){16}", re.MULTILINE)
_SUSPECT = re.compile(r"[&*!]|<<|" + _DEEP.pattern, re.MULTILINE)
_AMBIGUOUS = re.compile(
    r"(?:[yYnN]|yes|Yes|YES|no|No|NO|[-+]?\d+(?:_\d*)*(?::[0-5]?\d)+(?:\.[\d_]*)?|[-+]?0[oO]?[\d_]+|[-+]?0\d+\.\d*"
    r"|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+|[-+]?\d+(?:_\d*)+(?:\.[\d_]*(?:[eE][-+]?\d+)?)?"
    r"|[-+]?\d+\.\d*_[\d_]*(?:[eE][-+]?\d+)?|-?\d+\.\d+0|[-+]?\.\d[\d_]*(?:[eE][-+]?\d+)?|\+\d[\d.]*|-?\d+\."
    r"|[-+]?\d[\d.]*[eE][-+]?\d+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
# the same after whatever a value can follow, for texts that a fast reader may take; a false alarm only costs time
_ODD_VALUE = re.compile(
    r"[&*!\t\r\\]|<<|:[,\]}]|(?:[\n:,\[{?] *|- +)(?=[-+.%|>?:\"'_\dyYnN])(?:---|\.\.\.|[%|>?:]"
    r"|(?:[yYnN]|[yY][eE][sS]|[nN][oO])\b|[-+]?(?:0[\dxXobBO_]|\.[\dinIN_]|\d[\d.]*[_:eE]|\d+\.(?:\d*0\b|\D|$))"
    r"|\+\d|[-+]?_|[\"']?\d{4}-|\d[\d.]{15})"
)
_KINDS = (str, bool, int, float)
_COMMENT = re.compile(r"(?:(?<=\s)|^)#.*$", re.MULTILINE)
_INT = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9]\d{0,14})\.\d{1,15}")
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its name relative to the project, its text, and the plain value in it."""

    file: str
    text: str
    value: Any

    def span(self, path: Sequence[str | int], *, key: bool = False) -> Span:
        """Place of the value at `path` (of its key with `key`), or of the nearest parent that exists."""
        root = _root(self.text)
        return _locate(self.file, root, path, key=key) if root is not None else Span(self.file)

    def within(self, path: Sequence[str | int], offset: int, length: int = 1) -> Span:
        """Place of what stands `offset` characters into the text at `path`; the whole text's where that is folded."""
        whole, node = self.span(path), _node_at(_root(self.text), path)
        if not isinstance(node, yaml.ScalarNode):
            return whole
        before = node.value[:offset]
        row, column = before.count("\n"), offset - (before.rfind("\n") + 1)
        wanted, lines = node.value.split("\n")[row], self.text.split("\n")
        line = node.start_mark.line + (node.style in ("|", ">")) + row
        start = lines[line].find(wanted, 0 if row or node.style in ("|", ">") else node.start_mark.column)
        if start < 0:
            return whole
        at = start + column + 1
        return Span(self.file, line + 1, at, line + 1, at + max(length, 1))


class _Composer(CParser):
    """libyaml's composer without PyYAML's YAML 1.1 resolver: every scalar stays the text it is."""

    def resolve(self, _kind: type, _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, _parent: object, _index: object) -> None: ...

    def ascend_resolver(self) -> None: ...

    def dispose(self) -> None: ...


@lru_cache(maxsize=1)  # a file with one finding often has more
def _root(text: str) -> Any:
    return _Composer(text).get_single_node()


class _Refused(Exception):  # noqa: N818  # control flow inside this module only
    def __init__(self, code: str, message: str, mark: Any, hint: str, label: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.mark, self.hint, self.label = code, message, mark, hint, label


_WRITE_OUT = "write the value out; shared values belong under `defaults:` in gitops-obs.yaml"
_FOUR_LINES = "four lines make a service: service, owner, telemetry.preset, telemetry.select"


def _too_deep(mark: Any) -> _Refused:
    hint = "no field of a service file is nested that deep"
    return _Refused("OBS010", f"nested deeper than {MAX_DEPTH} levels", mark, hint)


def decode(file: str, data: bytes) -> tuple[str, list[Diagnostic]]:
    """Bytes of `file` as text, or findings OBS002 (encoding, control characters), OBS003 (size) and OBS005 (empty)."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / MAX_BYTES:.1f} MiB"
        hint = "a service file is a few lines; split it, or move data out of it"
        return "", [Diagnostic("OBS003", f"file is {size} large, the limit is 1 MiB", Span(file), hint=hint)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8"
        return "", [Diagnostic("OBS002", message, Span(file, line, column, line, column + 1), hint=hint)]
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        message = f"character U+{ord(bad.group()):04X} cannot stand in a service file"
        span = Span(file, line, column, line, column + 1)
        return text, [Diagnostic("OBS002", message, span, hint="delete the control or private-use character")]
    if not text.strip():
        return text, [Diagnostic("OBS005", "file is empty", Span(file), hint=_FOUR_LINES)]
    return text, []


def read(file: str, text: str) -> tuple[Document, list[Diagnostic]]:
    """The document in `text` and the findings of reading it (OBS004 to OBS011).

    Its value is None where it could not be read at all, and as good as can be told where keys or values are doubtful.
    """
    findings: list[Diagnostic] = []
    try:
        if _SUSPECT.search(text) or _has_many_brackets(text):
            _audit(text)
        node = _Composer(text).get_single_node()
        value = _value(node, file, findings, 0) if node is not None else None
    except _Refused as refused:
        span = _point(file, refused.mark)
        findings.append(Diagnostic(refused.code, refused.message, span, hint=refused.hint, label=refused.label))
        value = None
    except yaml.YAMLError as error:
        findings.append(_syntax(file, text, error))
        value = None
    if value is None and not findings:
        findings.append(Diagnostic("OBS005", "file holds only comments", Span(file), hint=_FOUR_LINES))
    return Document(file, text, value), findings[:MOST]


def read_fast(text: str) -> Any:
    """The value in `text` by the optional fast reader, None wherever it might differ from `read`.

    The fast reader sees only text in which nothing is written that two readers could understand differently;
    a property test holds it to `read`.
    """
    loads = _fast_loads()
    if loads is None or _ODD_VALUE.search(f"\n{text}") or _DEEP.search(text) or _has_many_brackets(text):
        return None
    try:
        value = loads(text)
    except ValueError:  # YAMLDecodeError is one
        return None
    return value if _is_plain(value, 0) else None


def _has_many_brackets(text: str) -> bool:
    return text.count("[") + text.count("{") > MAX_DEPTH


def comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of every comment, from its `#` on; none where `text` is not YAML."""
    try:
        events = list(yaml.parse(text, yaml.CSafeLoader))
    except yaml.YAMLError:
        return
    # a `#` inside a scalar is text
    scalars: list[Any] = [event for event in events if isinstance(event, yaml.ScalarEvent)]
    starts = [event.start_mark.index for event in scalars]
    for found in _COMMENT.finditer(text):
        before = bisect.bisect_right(starts, found.start())
        if not before or scalars[before - 1].end_mark.index <= found.start():
            line = text.count("\n", 0, found.start()) + 1
            yield line, found.start() - text.rfind("\n", 0, found.start()), found[0]


def _is_plain(value: Any, depth: int) -> bool:
    """Whether every key is text and every value of a kind that `read` gives, and nothing is nested too deeply."""
    if value.__class__ is dict:
        return depth < MAX_DEPTH and all(
            # a key over two lines, which not all readers take, has a blank where they meet
            key.__class__ is str
            and " " not in key
            and "\n" not in key
            and (item.__class__ is str or _is_plain(item, depth + 1))
            for key, item in value.items()
        )
    if value.__class__ is list:
        return depth < MAX_DEPTH and all(_is_plain(item, depth + 1) for item in value)
    return value is None or value.__class__ in _KINDS


_FAST: list[Any] = []


def _fast_loads() -> Any:
    if not _FAST:
        wanted = os.environ.get("GITOPS_OBS_READER") != "pyyaml"
        try:
            import yaml_rs  # noqa: PLC0415  # optional, and only where used
        except ImportError:
            wanted = False
        _FAST.append(yaml_rs.loads if wanted else None)
    return _FAST[0]


def _audit(text: str) -> None:
    """Walk the events, which needs no recursion, and refuse what must not be composed."""
    depth = 0
    event: Any
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("OBS008", f"anchor or alias `{event.anchor}` is not supported", event.start_mark, _WRITE_OUT)
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            hint = "delete the tag; values are text, numbers, true and false, lists and mappings"
            raise _Refused("OBS009", f"tag `{shown}` is not supported", event.start_mark, hint)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _too_deep(event.start_mark)


def _value(node: Any, file: str, findings: list[Diagnostic], depth: int) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, file, findings)
    if depth >= MAX_DEPTH:
        raise _too_deep(node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, file, findings, depth + 1) for item in node.value]
    result: dict[str, Any] = {}
    for key, item in node.value:
        name = _key(key)
        if name in result:
            message = f"key `{name}` stands here twice"
            hint = "readers silently keep one of the two; delete one"
            findings.append(Diagnostic("OBS007", message, _extent(file, key), hint=hint, label="second time"))
        result[name] = _value(item, file, findings, depth + 1)
    return result


def _key(node: Any) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _Refused("OBS103", "a key must be text", node.start_mark, "write `key: value`")
    name: str = node.value
    _refuse_escapes(node)
    if name == "<<":
        raise _Refused("OBS008", "merge key `<<` is not supported", node.start_mark, _WRITE_OUT)
    return name


def _refuse_escapes(node: Any) -> None:
    """`decode` has seen the text; only an escape in double quotes can bring a control character past it."""
    if node.style == '"' and (bad := _CONTROL.search(node.value)):
        raise _Refused("OBS002", f"character U+{ord(bad.group()):04X} cannot stand in a service file",
                       node.start_mark, "delete the escape for the control or private-use character")  # fmt: skip


def _scalar(node: Any, file: str, findings: list[Diagnostic]) -> Any:
    text: str = node.value
    if node.style:  # quoted or block: text as it stands
        _refuse_escapes(node)
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return _number_or_text(node, file, findings) if text[0] in "0123456789-+.yYnN" else text


def _number_or_text(node: Any, file: str, findings: list[Diagnostic]) -> int | float | str:
    text: str = node.value
    if _AMBIGUOUS.fullmatch(text):
        message = f"`{text}` means different things to different YAML readers"
        other = "write true or false for a switch" if text.isalpha() else f"else write {_plain_number(text)}"
        hint = f'quote it (`"{text}"`) if it is text; {other}'
        findings.append(Diagnostic("OBS011", message, _extent(file, node), hint=hint, label="ambiguous"))
    elif _INT.fullmatch(text):
        return int(text)
    elif _FLOAT.fullmatch(text):
        return float(text)
    return text


def _plain_number(text: str) -> str:
    try:
        return "the plain number" if re.match(r"[-+]?0\d|.*(?:inf|nan)$", text.lower()) else f"{float(text):g}"
    except ValueError:
        return "the plain number"


def _syntax(file: str, text: str, error: yaml.YAMLError) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if (
        problem == "but found another document"
        or getattr(error, "context", "") == "expected a single document in the stream"
    ):
        span = _point(file, mark) if mark else Span(file)
        return Diagnostic("OBS006", "a second document starts here", span, hint="one file describes one service")
    span = _point(file, mark) if mark else Span(file)
    line = text.split("\n")[span.line - 1] if span.line and span.line <= text.count("\n") + 1 else ""
    if "\t" in line and ("cannot start any token" in problem or "tab" in problem or "\t" in line[: span.column]):
        hint = "indent with spaces: YAML does not allow tabs there"
    elif "mapping values are not allowed" in problem:
        hint = "quote the value if it contains `: `, or check the indentation of this line and the one above"
    else:
        hint = "check indentation, quotes and brackets on this line and the one above"
    return Diagnostic("OBS004", f"not valid YAML: {problem}", span, hint=hint)


def _locate(file: str, node: Any, path: Sequence[str | int], *, key: bool) -> Span:
    key_node = None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if getattr(k, "value", None) == step), None)
            if found is None:
                break
            key_node, node = found
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            key_node, node = None, node.value[step]
        else:
            break
    else:
        if key and key_node is not None:
            return _extent(file, key_node)
        return _extent(file, node)
    return _extent(file, key_node if key_node is not None else node)


def _node_at(node: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if getattr(key, "value", None) == step), None)
        else:
            items = isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
            node = node.value[step] if items else None
    return node


def _point(file: str, mark: Any) -> Span:
    return Span(file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


def _extent(file: str, node: Any) -> Span:
    start, end = node.start_mark, node.end_mark
    if end.line > start.line:  # a block ends where the next begins; show its first line only
        return Span(file, start.line + 1, start.column + 1, start.line + 1, start.column + 2)
    return Span(file, start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)
