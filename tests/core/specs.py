"""Service files as data: any that holds to the schema, and ones that mean something for many presets."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from gitops_obs import preset as presets
from gitops_obs import schema, units
from tests.core.test_promql import HOSTILE

PRESETS = tuple(sorted(n for n in presets.builtin_names() if presets.builtin(n).requests))
ALERTS = ("error_ratio", "latency", "traffic_drift", "target_absent")
# what `source.decode` lets through
_REFUSED = "\u2028\u2029\u202e\ufeff\ufffe\uffff\ue000\ue001\ue002\ue003\ue004"
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=_REFUSED), max_size=30
) | st.sampled_from([text for text in HOSTILE if text.isprintable()])


def from_schema(described: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that hold to the part of JSON Schema in which the service file and the project file are written."""
    for several in ("oneOf", "anyOf"):
        if several in described and "properties" not in described:
            return st.one_of([from_schema(one) for one in described[several]])
    if "enum" in described:
        return st.sampled_from(described["enum"])
    kind = described.get("type")
    if isinstance(kind, list):
        return st.one_of([from_schema({**described, "type": one}) for one in kind])
    return _KINDS[str(kind)](described)


def _strings(described: dict[str, Any]) -> st.SearchStrategy[str]:
    most, pattern = described.get("maxLength", 40), described.get("pattern")
    if pattern:
        return st.from_regex(re.compile(pattern.replace("$", r"\Z"), re.ASCII)).filter(lambda text: len(text) <= most)
    return st.text(max_size=min(most, 40)) | TEXTS


def _objects(described: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    known, required = described.get("properties", {}), described.get("required", ())
    if not known:
        names = _strings({**described.get("propertyNames", {}), "type": "string"})
        return st.dictionaries(names, from_schema(described["additionalProperties"]), max_size=3)
    needed = {name: from_schema(known[name]) for name in known if name in required}
    optional = {name: from_schema(known[name]) for name in known if name not in required}
    return st.fixed_dictionaries(needed, optional=optional)


_KINDS = {
    "string": _strings,
    "object": _objects,
    "integer": lambda found: st.integers(found.get("minimum", -3), found.get("maximum", 10**6)),
    "number": lambda _: st.floats(0.0001, 10**6).map(lambda number: round(number, 4)) | st.integers(1, 100),
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
    "array": lambda found: st.lists(from_schema(found["items"]), max_size=4, unique=found.get("uniqueItems", False)),
}


def any_spec() -> st.SearchStrategy[dict[str, Any]]:
    """Service files that hold to the schema, most of which mean nothing; real presets now and then."""
    described = dict(schema.load("service"))
    described["properties"] = described["properties"] | {"telemetry": _telemetry(described["properties"]["telemetry"])}
    return from_schema(described)


def _telemetry(described: dict[str, Any]) -> dict[str, Any]:
    known = {"oneOf": [described["properties"]["preset"], {"enum": list(PRESETS)}, {"enum": list(PRESETS)}]}
    return {**described, "properties": described["properties"] | {"preset": known}}


@st.composite
def meaningful(draw: st.DrawFn) -> dict[str, Any]:
    """A service file that means something: objectives that its preset can answer, and hostile text all over."""
    name = draw(st.sampled_from(PRESETS))
    preset = presets.builtin(name)
    data: dict[str, Any] = {
        "service": draw(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)),
        "owner": draw(st.from_regex(r"[a-z]([a-z0-9-]{0,9}[a-z0-9])?", fullmatch=True)),
        "telemetry": {"preset": name, "select": draw(_select(name))},
    }
    if draw(st.booleans()):
        data["description"] = draw(TEXTS)
    if draw(st.booleans()):
        data["tier"] = draw(st.integers(1, 4))
    if preset.duration and preset.duration.native and draw(st.booleans()):
        data["telemetry"]["histogram"] = "native"
    if draw(st.booleans()):
        data["telemetry"]["instance"] = draw(st.booleans())
    slos = draw(_slos(preset))
    data |= {"slos": slos} if slos else {}
    return data | draw(_surroundings())


def _select(name: str) -> st.SearchStrategy[dict[str, Any]]:
    example = presets.builtin_data(name)["select"]["example"]
    values = TEXTS.filter(lambda text: text not in ("", ".*", ".+") and "{{" not in text)
    matches = (
        values | values.map(lambda text: {"eq": text}) | st.sampled_from([{"re": "a.*|b$"}, {"re": "shop-[0-9]+"}])
    )
    more = st.dictionaries(st.sampled_from(("namespace", "env", "cluster", "job")), matches, max_size=2)
    needed = st.fixed_dictionaries(dict.fromkeys(example, matches))
    return st.tuples(more, needed).map(lambda both: both[0] | both[1])


def _objective(draw: st.DrawFn) -> Any:
    text = units.plain(draw(st.decimals("94", "99.999", places=3))) + "%"
    return draw(st.sampled_from((text, {"objective": text, "window": "7d"}, {"objective": text, "window": "28d"})))


@st.composite
def _slos(draw: st.DrawFn, preset: presets.Preset) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if preset.errors and draw(st.booleans()):
        found["availability"] = _objective(draw)
    if preset.duration and preset.duration.buckets and draw(st.booleans()):
        found["latency"] = draw(_latency(preset.duration))
    if preset.errors and dict(preset.labels).get("route") and draw(st.booleans()):
        for route in draw(
            st.lists(TEXTS.filter(lambda text: 0 < len(text) <= 200), min_size=1, max_size=3, unique=True)
        ):
            found.setdefault("routes", {})[route] = {"availability": "99.5%"}
    return found


def _latency(histogram: presets.Histogram) -> st.SearchStrategy[str]:
    scale = 1000 if histogram.unit == "ms" else 1
    share = st.decimals("90", "99.9", places=1).map(units.plain)
    bound = st.sampled_from([bound for bound in histogram.buckets if bound]).map(
        lambda found: units.short_duration(found / scale)
    )
    return st.builds(lambda percent, time: f"{percent}% < {time}", share, bound)


@st.composite
def _surroundings(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        kind = draw(st.sampled_from(("deployment", "statefulset", "daemonset")))
        found["runs_on"] = {"kubernetes": {"namespace": "shop", kind: draw(st.sampled_from(("a", "a.b", "c-1")))}}
    if draw(st.booleans()):
        found["drift"] = draw(
            _some(
                {
                    "kubernetes": "deploy/a",
                    "terraform": "infra/x y",
                    "ansible": {"playbook": "a.yml"},
                    "argocd": draw(
                        st.sampled_from(
                            ("a.b", {"application": "a", "namespace": "shop"}, {"application": "a", "project": "p"})
                        )
                    ),
                    "flux": {draw(st.sampled_from(("kustomization", "helmrelease"))): "a", "namespace": "shop"},
                }
            )
        )
    if draw(st.booleans()):
        address = draw(st.sampled_from(("https://a.example/b?c=d&e=%20#f", "http://x/$y", "https://[::1]:80/")))
        found["links"] = draw(_some({"runbook": address, "repository": address, "logs": address, "traces": address}))
    if draw(st.booleans()):
        threshold = draw(st.sampled_from(("5%", 0.5, "250ms", 2)))
        tuned = {"threshold": threshold, "for": "1.5m", "severity": "ticket", "min_requests": 7}
        found["alerts"] = {draw(st.sampled_from(ALERTS)): draw(st.sampled_from(("off", "on", True)) | _some(tuned))}
    return found


def _some(found: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """`found` with at least one of its keys."""
    keys = st.lists(st.sampled_from(sorted(found)), min_size=1, unique=True)
    return keys.map(lambda chosen: {key: found[key] for key in chosen})
