"""YAML as people, programs and enemies write it, for properties of the readers."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

SERVICES = Path(__file__).parents[2] / "services"
FILES = tuple(file.read_text("utf-8") for file in sorted(SERVICES.glob("*.yaml")))

WORDS = """
    no No y N on off yes true True null ~ NULL Null = << - -- --- 1.10 1.1 1.0 10.0 -0 -0.0 +1 .5 -.5 1. 0644 -0644 0o17
    0x1F -0x1f 0b11 1_000 1_0.5 1.5_0 1e3 1.5e-3 .5e3 12:30 -1:30 1:2:3 10:20.5 .inf -.INF .nan .NaN 2024-01-01
    12345678901234567890 0.1234567890123456789 99.9% 250ms 10.0.0.1 1.2.3 a:b a#b # ' '' it''s " "x" "\\n" "\\u00e9"
    "\\t" | |- > |2 >+ *a @x `x` %x ? : , [] {} [a,b] [no] [1.10] {a:1} {"a":1} {"a":no} {a} [,] [a,] a\\b C:\\x
    http://x:80/y?a=b&c shop/checkout -1 -x
"""
PHRASES = """
    99% < 250ms;a b;a: b;a #b;'a: b';&a x;!!str x;! x;? x;: ;[a, b];{a: 1};[a: b];{a: , b: };- x;\u00e9;\u00a0;\u3000x
"""
ODD = (*WORDS.split(), *PHRASES.strip().split(";"), "\U0001f600", "x" * 130)
BREAKS = ("\n", "\n  ", "\n    ", "\n- ", "\n  - ", "\n# c\n", "\n\n", "\r\n", "\r", "\n---\n")
GLUE = (*BREAKS, " ", "", ": ", ":", ", ", " # c\n", "\t")

scalars = st.one_of(
    st.sampled_from(ODD),
    st.from_regex(r"[-+]?[0-9_.:eExXobnay%]{1,6}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
)
keys = st.one_of(
    st.sampled_from(("a", "b", "service", "select", "/pay", "n", "y", "1", "~", "true", "<<", '"q"', "'k'")), scalars
)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


values = st.one_of(scalars, scalars.map(_quoted), scalars.map(lambda text: "'" + text.replace("'", "''") + "'"))


def _block(pairs: list[tuple[str, object]], indent: int = 0) -> str:
    lead = " " * indent
    lines = []
    for key, value in pairs:
        if isinstance(value, list):
            inner = _block(value, indent + 2)
            lines.append(f"{lead}{key}:\n{inner}")
        else:
            lines.append(f"{lead}{key}: {value}")
    return "\n".join(lines)


pairs = st.recursive(
    st.lists(st.tuples(keys, values), min_size=1, max_size=4),
    lambda inner: st.lists(st.tuples(keys, values | inner), min_size=1, max_size=4),
    max_leaves=8,
)
mappings = pairs.map(lambda found: _block(found) + "\n")
sequences = st.lists(
    values | mappings.map(lambda text: text.rstrip().replace("\n", "\n  ")), min_size=1, max_size=4
).map(lambda found: "".join(f"- {value}\n" for value in found))
flows = st.lists(values, max_size=4).map(lambda found: "a: [" + ", ".join(found) + "]\n") | st.lists(
    st.tuples(keys, values), max_size=4
).map(lambda found: "a: {" + ", ".join(f"{k}: {v}" for k, v in found) + "}\n")
soup = st.lists(st.sampled_from(ODD + GLUE + GLUE), max_size=12).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A real service file with a few pieces cut out and others put in."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 2, 7)))
        text = text[:start] + draw(st.sampled_from(ODD + GLUE) | st.just("")) + text[end:]
    return text


documents = st.one_of(mappings, sequences, flows, soup, mutated(), values)
"""Texts of whole files; most are YAML."""
