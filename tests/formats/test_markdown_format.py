"""The table in a pull request, rendered: text from files is text there, whatever it looks like."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from gitops_obs.errors import Diagnostic, Span
from gitops_obs.formats import Change, Report, render

OURS = {"<code>", "</code>", "<br>", "<!-- -->"}
STRUCTURE = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "html_block",
    "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
    "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
    "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
}  # fmt: skip


def tokens(text: str) -> list:
    """Block and inline tokens, flat, as a CommonMark parser with tables reads `text`."""
    flat = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        flat += [token, *(token.children or [])]
    return flat


def cell_texts(text: str) -> list[str]:
    """What a person reads in each cell of the body, in order."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    cells = re.findall(r"<td>(.*?)</td>", rendered, re.DOTALL)
    return [html.unescape(re.sub(r"<br>|<[^>]+>", lambda m: "\n" if m[0] == "<br>" else "", cell)) for cell in cells]


def test_hostile_text_stays_in_its_cell(hostile_report):
    """Two findings make two rows of four cells, and one file makes one item, whatever they say."""
    kinds = [token.type for token in tokens(render("markdown", hostile_report))]
    assert kinds.count("table_open") == kinds.count("bullet_list_open") == kinds.count("list_item_open") == 1
    assert kinds.count("tr_open") == 1 + 2
    assert kinds.count("td_open") == 2 * 4


def test_hostile_text_is_only_text(hostile_report):
    """No link, picture, emphasis, code block or foreign HTML comes of it."""
    flat = tokens(render("markdown", hostile_report))
    assert {token.type for token in flat} <= STRUCTURE | {
        "text",
        "html_inline",
        "strong_open",
        "strong_close",
        "text_special",
    }
    assert {token.content for token in flat if token.type == "html_inline"} <= OURS
    assert [token.type for token in flat].count("strong_open") == 1


def test_hostile_text_reaches_nobody_and_nothing(hostile_report):
    """What GitHub turns into mentions, references and links after rendering is parted by an invisible character."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(render("markdown", hostile_report))
    plain = html.unescape(re.sub(r"<code>.*?</code>", "", rendered, flags=re.DOTALL))
    assert not re.search(r"(?i)[@#]\w|://|\bwww\.|\bGH-\d", plain)


def test_hostile_text_is_not_an_address_to_a_parser(hostile_report):
    """GitHub's parser looks for addresses in the source, within code written as HTML too."""
    assert not re.search(r"(?i)://|www\.|@", render("markdown", hostile_report))


def test_hostile_text_can_be_read(hostile_report, hostile):
    """Escaping is for parsers: a person sees the text, its backticks gone where they marked code."""
    seen = cell_texts(render("markdown", hostile_report))[-1].replace("\u200b", "")
    cut = hostile if len(hostile) <= 500 else hostile[:500] + "…"
    expected = re.sub(r"`([^`]+)`", r"\1", re.sub(r"\r\n|\r", "\n", cut))
    shown = "".join(c if c.isprintable() or c in "\n\u200d\ufffe\uffff" else _escape(c) for c in expected)
    assert seen.strip() == shown.strip()


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


@pytest.mark.parametrize(
    ("message", "cell"),
    [
        ("unknown key `a|b`", "unknown key <code>a&#124;b</code>"),
        ("one ` alone", "one &#96; alone"),
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("``", "&#96;&#96;"),
    ],
)
def test_backticks_mark_code(message, cell):
    """Pairs become code, whatever is between them; what has no partner is a character."""
    out = render("markdown", Report((Diagnostic("OBS101", message, Span("a.yaml")),), 1, "lint", lambda _file: None))
    assert f"<code>OBS101</code> {cell} |" in out


def test_the_same_problem_in_many_services_is_one_row():
    """As in the terminal."""
    found = tuple(Diagnostic("OBS101", "m", Span(f"s{n}.yaml")) for n in range(5))
    out = render("markdown", Report(found, 5, "lint", lambda _file: None))
    assert "<code>s0.yaml</code> (and 4 more&#58; s1.yaml, s2.yaml, s3.yaml, …) |" in out


def test_long_reports_fit_a_comment(report):
    """GitHub refuses a comment of 65,536 characters, so the rest is counted instead."""
    found = tuple(Diagnostic("OBS101", f"key {n}" + "x" * 1000, Span(f"s{n}.yaml")) for n in range(1000))
    changes = tuple(Change("create", f"generated/rules/shop/s{n}.yaml") for n in range(5000))
    out = render("markdown", replace(report, diagnostics=found, changes=changes))
    assert len(out) < 65_000
    shown = out.count("| ❌ error |")
    assert shown > 10
    assert f"| … | | {1000 - shown} more findings | |" in out
    assert f"- … {5000 - out.count('- new')} more files" in out


def test_a_long_text_is_cut(report):
    """One message cannot fill the comment."""
    found = (Diagnostic("OBS101", "x" * 5000, Span("a.yaml")),)
    out = render("markdown", replace(report, diagnostics=found, changes=()))
    assert "x" * 500 + "… |" in out
