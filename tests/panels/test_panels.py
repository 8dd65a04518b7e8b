"""What every panel offers, and what each service gets."""

from __future__ import annotations

import re

import pytest

from gitops_obs import panels
from gitops_obs.dashboards.service import ROWS
from gitops_obs.panels import _further
from gitops_obs.rules import Omitted
from tests import factory

PLACED = [name for row in ROWS for name, _ in row.panels]


@pytest.mark.parametrize("name", panels.ids())
def test_every_panel_has_a_page_that_answers_three_things(name: str) -> None:
    """The question, what good looks like, what to do; its first line is a sentence."""
    page = panels.module(name).__doc__ or ""
    lead = page.split("\n\n")[0].replace("\n", " ")
    assert lead.endswith(".")
    assert re.findall(r"\*\*(.+?):\*\*", page) == ["Question", "Good", "What to do"]
    assert re.search(r"\*\*Question:\*\*[^*]+\?", page)


def test_every_panel_has_a_place_on_the_page() -> None:
    """And each place names one panel."""
    assert sorted(PLACED) == list(panels.ids())


def test_an_unknown_panel_is_a_key_error() -> None:
    """As for every registry."""
    with pytest.raises(KeyError):
        panels.module("nothing")


@pytest.mark.parametrize("name", factory.PRESETS)
def test_a_panel_that_is_left_out_says_why(name: str) -> None:
    """In one sentence, whatever the preset and however little the service says."""
    for service in (factory.service(name), factory.bare(name)):
        for panel in panels.ids():
            found = panels.build(panel, service)
            if isinstance(found, Omitted):
                assert len(found.reason) > 15


@pytest.mark.parametrize("name", factory.PRESETS)
def test_every_query_of_a_preset_is_shown_somewhere(name: str) -> None:
    """By a panel of its own, or under what is also measured."""
    service = factory.service(name)
    shown = {key.removeprefix("query_") for key, _ in _further.build(service)}
    assert (
        shown | {"queue_lag", "queue_lag_seconds", "queue_members", "queue_stuck"}
        >= dict(service.signal.preset.queries).keys()
    )
