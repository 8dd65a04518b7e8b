"""Says whether a document holds to its schema, and if not, what exactly its author should change.

`holds` answers quickly for every file (jsonschema-rs); `explain` reads a file that does not hold once more and turns
each violation into a finding with its place (jsonschema). A `Problem` is a finding whose place is still a path.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from gitops_obs import schema
from gitops_obs.errors import Diagnostic, Severity
from gitops_obs.source import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitops_obs.source import Document, Path

_TYPES = {"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
          "boolean": "true or false", "null": "nothing"}  # fmt: skip
_SEE_SCHEMA = "`gitops-obs schema` says what each field takes"
_NAME_HINT = "use small letters, digits and dashes, at most 36, such as `checkout-api`"


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding at a path of a document; `key` points at the key instead of the value."""

    code: str
    path: Path
    message: str
    hint: str = ""
    label: str = ""
    severity: Severity = Severity.ERROR
    key: bool = False

    def at(self, document: Document) -> Diagnostic:
        """The finding with its place in `document`."""
        span = document.span(self.path, key=self.key)
        return Diagnostic(self.code, self.message, span, self.severity, self.label, self.hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """Hint at the known word that is meant, or list what is known; empty where nothing is known."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    listed = ", ".join(f"`{name}`" for name in known[:12])
    return f"known: {listed}" + (f" and {len(known) - 12} more" if len(known) > 12 else "") if known else ""  # noqa: PLR2004


@cache
def _fast(name: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415  # 36 ms that `--help` need not pay

    return jsonschema_rs.validator_for(schema.load(name))


def holds(data: Any, name: str) -> bool:
    """Whether `data` holds to the schema `name`."""
    valid: bool = _fast(name).is_valid(data)
    return valid


def explain(data: Any, name: str) -> list[Problem]:
    """Each violation of schema `name` by `data`, as problems (OBS101 to OBS104, OBS115, OBS121)."""
    errors = sorted(_explainer(name).iter_errors(data), key=lambda error: [str(step) for step in error.absolute_path])
    problems = list(islice((problem for error in errors for problem in _problems(error)), MOST))
    if not problems:  # should the two validators ever disagree, the quick one's words are better than none
        problems = [Problem("OBS104", tuple(e.instance_path), str(e.message)) for e in _fast(name).iter_errors(data)]
    return problems


@cache
def _explainer(name: str) -> Any:
    import jsonschema  # noqa: PLC0415  # slow to import, and only where there is something to say

    def matches(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
        # Python's `$` also stands before a line break at the end
        if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
            yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")

    def unique(_validator: Any, wanted: bool, instance: Any, _schema: Any) -> Iterator[Any]:  # noqa: FBT001
        # jsonschema compares each with each where items differ in kind
        if wanted and isinstance(instance, list) and len({repr(item) for item in instance}) < len(instance):
            yield jsonschema.ValidationError("has non-unique elements")

    extend: Any = jsonschema.validators.extend
    checks = {"pattern": matches, "uniqueItems": unique}
    return extend(jsonschema.Draft202012Validator, checks)(schema.load(name))


def _problems(error: Any) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    kind = str(error.validator)
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_key(error, path)
    elif kind in ("oneOf", "anyOf"):
        yield from _alternatives(error)
    elif kind == "additionalProperties":
        yield from _unknown_keys(error, path)
    elif kind == "required":
        missing = next(k for k in error.validator_value if k not in error.instance and f"'{k}'" in error.message)
        described = error.schema.get("properties", {}).get(missing, {}).get("description", _SEE_SCHEMA)
        yield Problem("OBS102", path, f"key `{missing}` is missing", hint=described, key=True)
    elif kind == "type":
        yield _wrong_type(error, path, _wanted(error))
    else:
        yield _not_allowed(error, path, kind)


def _alternatives(error: Any) -> Iterator[Problem]:
    """Speak of the alternative the author meant: the one whose type fits what is written."""
    branches: dict[int, list[Any]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    fitting = [inner for inner in branches.values() if not any(_is_of_other_type(e) for e in inner)]
    path: Path = tuple(error.absolute_path)
    if not branches and not isinstance(error.instance, dict):
        return  # several fit what they do not speak of; that it is no mapping is said elsewhere
    if not branches:
        names = [branch["required"][0] for branch in error.validator_value if "required" in branch]
        yield Problem("OBS104", path, f"only one of {_either(names)} can stand here", "delete the others", key=True)
    elif error.instance.__class__ is dict and all(_only_required(inner) for inner in branches.values()):
        names = [e.validator_value[0] for inner in branches.values() for e in inner]
        yield Problem("OBS102", path, f"one of {_either(names)} is needed", "add one of them", key=True)
    elif len(fitting) == 1:
        yield from (problem for inner in fitting[0] for problem in _problems(inner))
    elif not fitting:
        yield _wrong_type(error, path, [word for inner in branches.values() for word in _wanted(inner[0])])
    else:
        yield _not_allowed(error, path, "oneOf")


def _is_of_other_type(error: Any) -> bool:
    kinds = ("type",) if isinstance(error.instance, str) else ("type", "enum")
    return error.validator in kinds and not error.relative_path


def _only_required(errors: list[Any]) -> bool:
    return all(e.validator == "required" for e in errors)


def _either(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _unknown_keys(error: Any, path: Path) -> Iterator[Problem]:
    known, patterns = error.schema.get("properties", {}), error.schema.get("patternProperties", {})
    code = "OBS115" if len(path) > 1 and path[-2] == "alerts" else "OBS101"
    where = f" of `{_dotted(path)}`" if path else ""
    for key in error.instance:
        if key not in known and not any(re.search(pattern, key) for pattern in patterns):
            message = f"unknown key {shown(key)}"
            yield Problem(code, (*path, key), message, nearest(key, known), f"not a field{where}", key=True)


def _bad_key(error: Any, path: Path) -> Problem:
    key, where = error.instance, path[-1]
    names = where in ("owners", "environments")
    codes = {"owners": "OBS121", "alerts": "OBS115"}
    hints = {"pattern": f"it must match `{error.validator_value}`", "maxLength": "shorten it"}
    hint = _NAME_HINT if names else hints.get(str(error.validator), "write one")
    message = f"{shown(key)} cannot be a key of `{_dotted(path)}`"
    return Problem(codes.get(str(where), "OBS104"), (*path, key), message, hint, key=True)


def _wanted(error: Any) -> list[str]:
    """What the author may write, in words."""
    value = error.validator_value
    if error.validator == "type":
        return [_TYPES[word] for word in ([value] if isinstance(value, str) else value)]
    return [f"`{choice}`" for choice in value] if error.validator == "enum" else []


def _wrong_type(error: Any, path: Path, wanted: list[str]) -> Problem:
    words = " or ".join(dict.fromkeys(wanted))
    got, hint = _described(error.instance), str(error.schema.get("description", _SEE_SCHEMA))
    if "text" in wanted and isinstance(error.instance, (bool, int, float)):
        hint = f'quote it: "{str(error.instance).lower() if isinstance(error.instance, bool) else error.instance}"'
    return Problem("OBS103", path, f"`{_dotted(path) or 'the file'}` must be {words}, not {got}", hint)


def _described(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "text"


def _not_allowed(error: Any, path: Path, kind: str) -> Problem:
    name = _dotted(path) or "the file"
    described = str(error.schema.get("description", _SEE_SCHEMA))
    text = shown(error.instance)
    if kind in ("pattern", "maxLength") and path[-1:] in (("service",), ("owner",)):
        return Problem("OBS121", path, f"{text} cannot be the name of a {path[-1]}", _NAME_HINT)
    messages = {
        "enum": (f"{text} is not a value of `{name}`", _choices(error) if kind == "enum" else ""),
        "pattern": (f"{text} is not a value of `{name}`", described),
        "maxLength": (f"`{name}` is longer than {error.validator_value} characters", "shorten it"),
        "minimum": (f"`{name}` must be at least {error.validator_value}", described),
        "maximum": (f"`{name}` must be at most {error.validator_value}", described),
        "exclusiveMinimum": (f"`{name}` must be more than {error.validator_value}", described),
        "minProperties": (f"`{name}` is empty", described or "give at least one, or delete the key"),
        "minItems": (f"`{name}` is empty", described or "give at least one, or delete the key"),
        "maxProperties": (f"`{name}` has more entries than {error.validator_value}", described or "delete the others"),
        "maxItems": (f"`{name}` has more entries than {error.validator_value}", described or "delete the others"),
        "uniqueItems": (f"`{name}` names something twice", "delete one of the two"),
    }
    message, hint = messages.get(kind, (f"{text} is not a value of `{name}`", described))
    return Problem("OBS104", path, message, hint)


def shown(value: Any) -> str:
    """`value` in backticks, on one line and not too long for a message."""
    text = " ".join(str(value).split())
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}…`"  # noqa: PLR2004


def _choices(error: Any) -> str:
    choices = [str(value) for value in error.validator_value]
    close = difflib.get_close_matches(str(error.instance), choices, n=1)
    return f"did you mean `{close[0]}`?" if close else "one of " + ", ".join(f"`{choice}`" for choice in choices)


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)
