"""The page of a preset, written from its data: what to put into a service file, and what to expect of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import preset, yamltext

if TYPE_CHECKING:
    from collections.abc import Iterator


def markdown(data: dict[str, Any]) -> str:
    """Markdown of the preset in `data`, which holds to `preset.schema.json`."""
    parts = [f"# Preset `{data['preset']}`: {data['title']}", data["summary"]]
    parts += _usage(data)
    parts += _section("Metrics", _metrics(data))
    parts += _section("Labels", _labels(data))
    parts += _section("Further queries", (f"- `{name}`: {q['help']}" for name, q in data.get("queries", {}).items()))
    parts += _section("What it cannot answer", (f"- {ask}: {why}" for ask, why in data.get("cannot", {}).items()))
    parts += _section("Good to know", (f"- {_line(caveat)}" for caveat in data.get("caveats", ())))
    parts += _section("Sources", (f"- {place}" for place in data.get("sources", ())))
    return "\n\n".join(parts) + "\n"


def _section(title: str, lines: Iterator[str]) -> list[str]:
    text = "\n".join(lines)
    return [f"## {title}", text] if text else []


def _usage(data: dict[str, Any]) -> list[str]:
    if data["kind"] == "companion":
        return ["Used by itself wherever a service file says `runs_on`; nobody names it."]
    select = yamltext.flow(data["select"]["example"])
    needed = ", ".join(f"`{label}`" for label in data["select"].get("required", ()))
    text = f"```yaml\ntelemetry:\n  preset: {data['preset']}\n  select: {select}\n```"
    return [text, f"`select` must name {needed}."] if needed else [text]


def _metrics(data: dict[str, Any]) -> Iterator[str]:
    requests, errors, duration = (data.get(part) for part in ("requests", "errors", "duration"))
    if requests:
        yield f"- requests: {_names(requests['metrics'])}"
    if errors:
        yield f"- errors: {_errors(errors)}"
    if duration:
        buckets = ", ".join(str(bound) for bound in duration.get("buckets", ()))
        native = "; native histograms too" if duration.get("native") else ""
        yield f"- durations: `{duration['metric']}`, buckets in {duration.get('unit', 's')}: {buckets}{native}"
    for name, expr in data.get("gauges", {}).items():
        yield f"- {name} of durations: `{expr}`"
    if info := data.get("version_info"):
        yield f"- version: label `{info.get('label', 'version')}` of `{info['metric']}`"


def _errors(errors: dict[str, Any]) -> str:
    match = ((label, op, value) for label, ops in errors.get("match", {}).items() for op, value in ops.items())
    where = " and ".join(f"{label} {_OPERATORS[op]} `{value}`" for label, op, value in match)
    counted = _names(errors["metrics"]) if "metrics" in errors else "requests"
    return f"{counted} where {where}" if where else counted


_OPERATORS = {"eq": "is", "ne": "is not", "re": "matches", "nre": "does not match"}


def _labels(data: dict[str, Any]) -> Iterator[str]:
    labels = data.get("labels", {})
    for role in preset.ROLES:
        if role in labels:
            yield f"- {role}: `{labels[role]}`"
    if target := data["select"].get("target"):
        yield f"- also on `up`: {_names(target)}"


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _line(text: str) -> str:
    return " ".join(text.split())
